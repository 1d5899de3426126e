"""What is wrong is found, what is in order is not, and what cannot be looked at is said."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.alarms.look import (
    find_approvals,
    find_form_changes,
    find_mails,
    find_quiet,
    find_silence,
    look,
)
from pipelines.alarms.look_pushes import find_pushes
from pipelines.archive.store import Journal, Receipt
from pipelines.bulletin.shelf import Record, Shelf, write_record
from pipelines.decide.record import Decision, Decisions
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.bulletins import Approval
from pipelines.send.compose import Mail
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.push_records import Push, Target
from pipelines.send.pushes import Pushes
from tests.alarms.conftest import NOTICE, NOW

NOON = datetime(2020, 11, 10, 12)
LONG_AGO = datetime(2020, 10, 1)
HOUR = timedelta(hours=1)


def kinds(found):
    return [(one.kind, one.subject) for one in found]


@pytest.mark.parametrize(
    ("scanned", "failed", "now", "found"),
    [
        ({}, {}, NOON, ["no_collection"]),
        ({"*": NOON - HOUR / 2}, {}, NOON, []),
        ({"*": NOON - 2 * HOUR}, {}, NOON, ["no_collection"]),
        ({"*": NOON - 2 * HOUR}, {"0": NOON - HOUR / 2}, NOON, ["source_silent"] * 3),
        ({"*": NOON, "0": NOON - 2 * HOUR}, {"0": NOON}, NOON, ["source_silent"]),
        ({"*": NOON, "0": NOON - HOUR / 2}, {"0": NOON}, NOON, []),
        ({"1": NOON}, {}, NOON, []),
        ({"1": NOON}, {"0": NOON}, NOON, ["source_silent"]),
        ({"*": LONG_AGO}, {}, datetime(2020, 12, 20), []),
        ({"*": LONG_AGO}, {}, datetime(2020, 9, 1), []),
    ],
    ids=[
        "never collected",
        "collected half an hour ago",
        "not for two hours",
        "tried, and nothing read for two hours",
        "one source fails for two hours",
        "one source failed just now",
        "a folder that nobody made",
        "a source that was never read",
        "after it closed",
        "before it opened",
    ],
)
def test_silence(notice: Notice, tmp_path: Path, scanned, failed, now, found):
    ids = [source.id for source in notice.sources]
    journal = Journal(tmp_path / "none.jsonl")
    journal.scanned = dict.fromkeys(ids, scanned["*"]) if "*" in scanned else {}
    journal.scanned |= {ids[int(place)]: moment for place, moment in scanned.items() if place != "*"}
    journal.failed = {ids[int(place)]: (moment, "连不上。") for place, moment in failed.items()}
    seen = list(find_silence(notice, journal, now, LONG_AGO, HOUR))
    assert [one.kind for one in seen] == found
    if found == ["source_silent"]:
        assert (seen[0].subject, "连不上" in seen[0].sentence) == (ids[0], True)


def test_what_nobody_did_before_the_home_was_looked_after_is_not_wrong(notice: Notice, tmp_path: Path):
    journal = Journal(tmp_path / "none.jsonl")
    assert list(find_silence(notice, journal, NOON, NOON - HOUR / 2, HOUR)) == []
    assert kinds(find_silence(notice, journal, NOON, NOON - 2 * HOUR, HOUR)) == [("no_collection", "")]


DAILY = [datetime(2020, 11, day, 15) for day in (6, 7, 8, 9)]


@pytest.mark.parametrize(
    ("came", "now", "is_quiet"),
    [
        (DAILY, datetime(2020, 11, 11, 14), False),
        (DAILY, datetime(2020, 11, 11, 16), True),
        (DAILY[:2], datetime(2020, 11, 12), False),
        (
            [one + timedelta(minutes=5 * step) for one in DAILY for step in range(5)],
            datetime(2020, 11, 12),
            True,
        ),
        ([*DAILY[:3], datetime(2020, 11, 20, 23, 59, 59)], datetime(2020, 11, 30), False),
    ],
    ids=["within its rhythm", "beyond it", "no rhythm yet", "several a day", "nothing was owed any more"],
)
def test_a_source_that_brings_nothing(notice: Notice, tmp_path: Path, came, now, is_quiet):
    source = notice.sources[0].id
    journal = Journal(tmp_path / "none.jsonl")
    journal.receipts = [
        Receipt(
            id=str(place),
            source=source,
            key=str(place),
            path="x",
            size=1,
            modified_ns=0,
            sha256="0",
            received_at=moment,
            scanned_at=moment,
            version="",
            evidence=None,
        )
        for place, moment in enumerate(came)
    ]
    assert kinds(find_quiet(notice, journal, now)) == ([("source_quiet", source)] if is_quiet else [])


def mail(what: str) -> Mail:
    return Mail("reminder", "EDU-3701", what, Mailbox("", "unit@example.org"), "催报", "请报送")


def test_mails_that_cannot_leave(home: Home, notice: Notice):
    none, settings = Decisions(), Settings()
    assert list(find_mails(home, notice, none, NOON, settings)) == []
    with Outbox(home.mail) as outbox:
        outbox.queue(notice, [mail("a"), mail("b"), mail("c")], NOON)
        keys = [row.key for row in outbox.rows()]
        assert list(find_mails(home, notice, none, NOON + HOUR / 2, settings)) == []
        assert [one.sentence for one in find_mails(home, notice, none, NOON + 2 * HOUR, settings)] == [
            "邮件到时 60 分钟以上还没有发出 3 封"
        ]
        assert list(find_mails(home, notice, none, NOON.replace(hour=23), settings)) == [], (
            "it is quiet by night"
        )
        outbox.note_failed(keys[0], NOON, "550 查无此人", None)
        outbox.note_handing_over(keys[1], "smtp_default", NOON)
        outbox.note_unsure(keys[1], NOON, "断电")
        outbox.cancel([keys[2]], "撤回", NOON)
    assert [one.sentence for one in find_mails(home, notice, none, NOON, settings)] == [
        "邮件没发成 1 封、收下与否不明 1 封"
    ]
    settled = Decisions.of(
        Decision(notice.id, "settle", {"id": f"mail:{key}:{state}"}, {}, "已电话告知", "li", NOON)
        for key, state in ((keys[0], "failed"), (keys[1], "unsure"))
    )
    assert list(find_mails(home, notice, settled, NOON, settings)) == []


def test_pushes_that_cannot_leave(home: Home, notice: Notice):
    none, settings = Decisions(), Settings()
    assert list(find_pushes(home, notice, none, NOON, settings)) == []
    news, paper = Target("news", "a"), Target("paper", "b")
    made = [Push("package", name, name, "application/zip", b"zip") for name in ("one", "two", "three")]
    with Pushes(home.pushes) as pushes:
        pushes.queue(notice.id, [*((news, one) for one in made), (paper, made[0])], NOON, 72 * HOUR)
        keys = [row.key for row in pushes.rows()]
        assert list(find_pushes(home, notice, none, NOON + HOUR / 2, settings)) == []
        pushes.note_failed(keys[0], NOON, "对方拒收", None)
        pushes.note_handing_over(keys[1], NOON)
        pushes.note_unsure(keys[1], NOON, "断电")
    found = list(find_pushes(home, notice, none, NOON + 2 * HOUR, settings))
    assert [(one.subject, one.sentence) for one in found] == [
        ("news", "推送到 news 的没推成 1 件、收下与否不明 1 件、等了 60 分钟以上还没有推出 1 件"),
        ("paper", "推送到 paper 的等了 60 分钟以上还没有推出 1 件"),
    ]
    settled = Decisions.of(
        Decision(notice.id, "settle", {"id": f"push:{key}:{state}"}, {}, "已电话告知", "li", NOON)
        for key, state in ((keys[0], "failed"), (keys[1], "unsure"))
    )
    assert list(find_pushes(home, notice, settled, NOON, settings)) == []


def test_a_draft_that_waits_for_a_signature(home: Home, notice: Notice):
    asked = notice.bulletins.model_copy(update={"approval": Approval(wait_hours=2, otherwise="withhold")})
    signed = notice.model_copy(update={"bulletins": asked})
    shelf = Shelf(home, notice.id)
    shelf.root.mkdir(parents=True)
    record = Record(stem="2020-11-09T200000-daily", kind="daily", as_of=NOON, title="通报", subtitle="", label="第2期",
                    publisher="厅", signed="", summary=(), names={}, states={}, files=())  # fmt: skip
    with shelf.drafting(record.stem) as folder:
        write_record(record, folder)
    moment = (NOON - timedelta(minutes=40)).replace(tzinfo=notice.zone).timestamp()
    os.utime(shelf.draft(record.stem) / "record.json", (moment, moment))
    (found,) = find_approvals(home, signed, NOON, Settings())
    assert found.sentence == "第2期从 11-10 11:20 起等人审签，11-10 13:20 没有答复则不发"
    assert list(find_approvals(home, signed, NOON - timedelta(minutes=15), Settings())) == []
    assert list(find_approvals(home, notice, NOON, Settings())) == [], "this notice asks nobody"
    shelf.publish(record.stem, {"by": "li"})
    assert list(find_approvals(home, signed, NOON, Settings())) == []


def publish_changes(home: Home, rows: list[tuple[str, str, str, str, str, str]]) -> None:
    """A snapshot that holds nothing else."""
    home.published.parent.mkdir(parents=True)
    with duckdb.connect(str(home.published)) as made:
        made.execute("CREATE SCHEMA marts")
        made.execute(
            "CREATE TABLE t (notice_id VARCHAR, source VARCHAR, path VARCHAR, changed_at TIMESTAMP, kind VARCHAR,"
            " before VARCHAR, after VARCHAR, sentence VARCHAR)"
        )
        made.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, '', ?)", [[NOTICE, *row] for row in rows])
        made.execute("CREATE VIEW marts.source_changes AS FROM t")


def test_a_form_that_somebody_changed(home: Home, notice: Notice):
    assert list(find_form_changes(home, notice, NOON)) == []
    first, later = "2020-11-09 08:00:00", "2020-11-10 09:30:00"
    publish_changes(
        home,
        [
            ("form", "表单导出", first, "question_removed", "材料类型", "少了一题“材料类型”"),
            ("form", "表单导出", first, "question_added", "", "多了一题“拍摄地点”，通知不读它"),
            *(("form", "表单导出", later, "option_added", str(n), f"多了选项“{n}”") for n in range(7)),
        ],
    )
    found = list(find_form_changes(home, notice, NOON))
    assert [one.subject for one in found] == ["form 2020-11-09T08:00:00", "form 2020-11-10T09:30:00"]
    assert found[0].sentence == (
        "来源 表单导出 11-09 08:00 看到：多了一题“拍摄地点”，通知不读它；少了一题“材料类型”"
    )
    assert "（共 7 处）" in found[1].sentence
    assert list(find_form_changes(home, notice, datetime(2021, 1, 1))) == []


def test_a_snapshot_that_knows_no_changes_tells_none(home: Home, notice: Notice):
    home.published.parent.mkdir(parents=True)
    duckdb.connect(str(home.published)).close()
    assert list(find_form_changes(home, notice, NOON)) == []


def test_a_disk_that_fills_up(home: Home, notices: Path):
    plenty, never = Settings(low_disk_bytes=1), Settings(low_disk_bytes=1 << 62)
    assert "disk" not in dict(kinds(look(home, NOW, NOW, plenty, notices).conditions))
    seen = look(home, NOW, NOW, never, notices)
    assert ("disk", "") in kinds(seen.conditions)
    assert ("", "disk") in seen.looked


def test_a_broken_folder_is_found_and_what_it_hides_stays_as_it_was(
    home: Home, notices: Path, tmp_path: Path
):
    folder = tmp_path / "notices"
    shutil.copytree(notices, folder)
    path = folder / NOTICE / "notice.yaml"
    path.write_text(path.read_text("utf-8").replace("opens:", "opens: soon #", 1), "utf-8")
    seen = look(home, NOW, NOW, Settings(low_disk_bytes=1), folder)
    (found,) = seen.conditions
    assert (found.kind, found.notice_id) == ("notice_folder", NOTICE)
    assert "opens" in found.sentence
    assert seen.looked == {(NOTICE, "notice_folder"), ("", "disk"), ("", "robots"), ("", "lake")}


def test_what_cannot_be_looked_at_is_said_and_the_rest_is(home: Home, notices: Path):
    journal = home.archive / "receipts" / f"{NOTICE}.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"chain":2,"lines":1,"before":"x","here":"y"}\n{}\n', "utf-8")
    seen = look(home, NOW, NOW, Settings(low_disk_bytes=1), notices)
    (error,) = seen.errors
    assert "没能查" in error
    assert (NOTICE, "no_collection") not in seen.looked
    assert (NOTICE, "mails") in seen.looked
