"""Whose an answer or a mail is, from what its source knew."""

from datetime import datetime
from pathlib import Path

import pytest

from pipelines.collect.forms import envelope
from pipelines.collect.service import Answer
from pipelines.collect.source import ANSWER_MARK
from pipelines.collect.sources import OPEN
from pipelines.ground.connections import Connection
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import MailboxSource, OdkSource
from pipelines.read.names import Roster
from pipelines.read.piece import Places
from pipelines.read.reader import Reader
from pipelines.read.recognise import DeliverableNames
from pipelines.read.submission import Job

INNER, OUTER = "inner@example.cn", "outer@example.cn"


def job(**evidence: str) -> Job:
    return Job("r", "s", "邮箱/1.eml", "", "0" * 64, 1, datetime(2020, 11, 9), evidence)


@pytest.fixture
def known(notice: Notice) -> Notice:
    """Two units whose addresses the roster knows, and two that share one."""
    first, second, third, fourth, *_ = [one for one in notice.recipients if one.line == "education"]
    given = {
        first.code: INNER,
        second.code: OUTER,
        third.code: "both@example.cn",
        fourth.code: "both@example.cn",
    }
    return notice.model_copy(
        update={
            "recipients": tuple(
                one.model_copy(update={"email": given.get(one.code)}) for one in notice.recipients
            )
        }
    )


def places(notice: Notice) -> Places:
    return Places(notice, Roster(notice), DeliverableNames(notice))


def test_a_forwarded_mail_is_the_inner_senders_before_the_outer_ones(known: Notice) -> None:
    first, second, *_ = [one.code for one in known.recipients if one.line == "education"]
    of = places(known).recipient_of_source
    assert of(job(unit=second), "education", (INNER, OUTER)) == first
    assert of(job(unit=second), "education", ("nobody@example.cn", OUTER)) == second
    assert of(job(unit=second), "education", ("both@example.cn",)) == second, "of two it says nothing"


def test_who_could_not_be_proven_proves_nobody_else(known: Notice) -> None:
    of = places(known).recipient_of_source
    assert of(job(unproven_sender=OUTER), "education", (INNER, OUTER)) is None


def test_the_notices_own_header_for_the_unit_names_it_in_a_form(notice: Notice) -> None:
    statistics = notice.deliverables["statistics"]
    column = statistics.columns["unit_name"].model_copy(update={"headers": ("学校全称",)})
    changed = statistics.model_copy(update={"columns": {**statistics.columns, "unit_name": column}})
    source = OdkSource(
        id="odk", kind="odk_central", connection="odk", path="问卷", line="education", project=1, form="f",
        fields={"school": "学校全称"},
    )  # fmt: skip
    own = notice.model_copy(
        update={"sources": (source,), "deliverables": {**notice.deliverables, "statistics": changed}}
    )
    counts = {code: 3 for code in statistics.columns if code != "unit_name"}
    answer = Answer("1", "v", None, {"school": "济南市教育局", **counts})
    form = OPEN["odk_central"](own, source, Path(), lambda _: Connection("odk", "http", "127.0.0.1"))
    assert form._unit(answer) == "济南市教育局"
    reader, content = Reader(own, Settings()), envelope(answer)
    one = Job("r", "odk", f"问卷/{ANSWER_MARK}1", "", "0" * 64, len(content), datetime(2020, 11, 9))
    found = reader._answers.read_answer(reader._piece(one, None), source, content)
    assert (found.outcome, found.deliverable) == ("read", "statistics")
    assert found.recipient_code is not None


def test_a_reading_of_an_answer_is_noted_without_a_row(notice: Notice, tmp_path: Path) -> None:
    source = OdkSource(
        id="odk", kind="odk_central", connection="c", project=1, form="f", path="表单", line="education"
    )
    record = {"单位名称": notice.recipients[0].name, "activity_date": "2020-11-09", "material_type": "稿件", "title": "甲",
              "category": "宣传活动", "link": "www.example.cn"}  # fmt: skip
    content = envelope(Answer("1", "1", None, record))
    (file := tmp_path / "answer").write_bytes(content)
    job = Job("r", "odk", f"表单/{ANSWER_MARK}1", str(file), "0" * 64, len(content), datetime(2020, 11, 9))
    (found,) = Reader(notice.model_copy(update={"sources": (source,)}), Settings()).read(job)
    assert [(one.code, one.sentence[:3]) for one in found.notes] == [("scheme_added", "网址“")]


@pytest.mark.parametrize(
    ("second", "outcome"), [("青岛市教育局", "rejected"), ("济南市教育局", "read"), ("某学校", "read")]
)
def test_a_letter_in_which_two_units_are_declared_is_nobodys(
    second: str, outcome: str, notice: Notice, tmp_path: Path
) -> None:
    source = MailboxSource(id="mail", kind="mailbox", connection="c", path="邮箱", line="education")
    header = "".join(f"<td>{one}</td>" for one in ("活动日期", "材料类型", "标题", "活动类别"))
    row = "".join(f"<td>{one}</td>" for one in ("2020-11-09", "稿件", "甲", "宣传活动"))
    page = "".join(
        f"<p>填报单位：{unit}</p><table><tr>{header}</tr><tr>{row}</tr></table>"
        for unit in ("济南市教育局", second)
    )
    mail = f"From: a@example.cn\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
    (file := tmp_path / "1.eml").write_bytes(mail)
    job = Job("r", "mail", "邮箱/1.eml", str(file), "0" * 64, len(mail), datetime(2020, 11, 9))
    (found,) = Reader(notice.model_copy(update={"sources": (source,)}), Settings()).read(job)
    assert (found.outcome, found.reason) == (outcome, "recipient_conflict" if outcome == "rejected" else None)
    assert (second in (found.sentence or "")) == (outcome == "rejected")
