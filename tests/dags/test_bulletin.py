"""The bulletin DAG, run by Airflow itself: each moment's bulletin once, as it would have been, and corrected."""

import json
from pathlib import Path

import openpyxl
import pytest

from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.sample import write_sample
from pipelines.send.outbox import Outbox
from tests.dags.airflow_runs import Nursery, Standing, standing
from tests.dags.bulletin_world import APPROVED, LISTS, Tree
from tests.dags.by_hand import backfill, decide_by_hand, start, wait_for_backfills
from tests.dags.conftest import NOTICE, GiveAirflow
from tests.dags.page import airflow_page, call, wait_for
from tests.send.post_office import PostOffice

pytestmark = pytest.mark.airflow
DAYS = [f"2020-11-{day:02}T200000-daily" for day in range(8, 11)]


@pytest.fixture
def tree(tmp_path: Path, give_airflow: GiveAirflow) -> Tree:
    return Tree(tmp_path, give_airflow)


@pytest.fixture
def inbox(tree: Tree, tmp_path: Path) -> Path:
    return write_sample(load_notice(NOTICE), tmp_path / "sample", recipients=2, rows=2).inbox


@pytest.fixture
def office():
    with PostOffice() as opened:
        yield opened


def export_answer(path: Path) -> None:
    """A questionnaire's export with one good answer, given on the first day."""
    asked = {
        "序号": 1,
        "提交答卷时间": "2020/11/8 10:00:00",
        "1、单位名称": "济南市教育局",
        "2、活动日期": "2020-11-08",
        "3、材料类型": "稿件",
        "4、标题": "补导出的答卷",
        "5、活动类别": "宣传活动",
    }
    book = openpyxl.Workbook()
    for row in (list(asked), list(asked.values())):
        book.active.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)


def run_days(airflow: Standing, *days: int, box: bool = True) -> list[dict[str, str]]:
    """The states of the tasks of each day's run; the box that lets the past be sent is ticked."""
    return airflow.run(*((f"2020-11-{day:02}T20:00:00", {"wait_hours": 0, "send": box}) for day in days))


@pytest.mark.slow
def test_days_go_out_once_and_are_corrected_once(tree, inbox, office, nursery: Nursery):
    # One process of Airflow for all of it: each is ten seconds of starting.
    env = tree.environment(office.port)
    with standing(nursery, f"bulletin__{NOTICE}", env, tree.root.with_name("log"), tree.root) as airflow:
        # An hour is not spoken of before it was collected.
        tree.collect(inbox, "2020-11-08T20:00:00")
        (states,) = run_days(airflow, 8)
        assert (states["wait"], states["publish"]) == ("failed", "upstream_failed")

        # The past is made up for without a mail unless the box says so.
        tree.collect(inbox, "2020-12-01T00:00:00")
        (states,) = run_days(airflow, 8, box=False)
        assert (states["publish"], states["send"]) == ("success", "skipped")
        assert tree.stems() == DAYS[:1]
        with Outbox(Home(tree.home).mail) as outbox:
            assert list(outbox.rows()) == []
        documents = tree.documents()

        first, second, again = run_days(airflow, 8, 9, 8)
        assert {
            name: second[name] for name in ("wait", "draft", "publish", "send", "compare")
        } == dict.fromkeys(("wait", "draft", "publish", "send", "compare"), "success")
        assert first["publish_correction"] == second["publish_correction"] == "skipped"
        assert again["publish"] == "success"
        assert tree.stems() == DAYS[:2]
        assert [address for address, _ in office.accepted] == LISTS * 2, (
            "told so later, the first is sent, and once"
        )
        assert {place: tree.documents()[place] for place in documents} == documents
        documents = tree.documents()

        # The questionnaire's export turns up after the bulletins: its answers were received on their own days.
        export_answer(inbox / "表单导出" / "export_20201201.xlsx")
        tree.collect(inbox, "2020-12-02T00:00:00")
        third, fourth = run_days(airflow, 10, 10)
        assert third["publish_correction"] == third["send_correction"] == "success"
    assert fourth["publish_correction"] == "skipped"
    correction = "2020-12-02T000000-correction"
    assert tree.stems() == [*DAYS, correction]
    assert {place: tree.documents()[place] for place in documents} == documents
    subjects = [message["Subject"] for message in office.messages[4:]]
    assert [("更正通报" in subject) for subject in subjects] == [False, False, True, True]
    (text,) = [
        content.decode()
        for place, content in tree.documents().items()
        if place.startswith(correction) and place.endswith(".txt")
    ]
    assert "第2期（截至2020年11月8日20时）" in text
    assert "第3期（截至2020年11月9日20时）" in text
    assert "第4期（截至2020年11月10日20时）：" in text, "the newest bulletin is not among the corrected ones"
    assert "涉及济南市" in text
    index = (tree.home / "bulletins" / NOTICE / "index.html").read_text("utf-8")
    assert index.index(correction) < index.index(DAYS[2]) < index.index(DAYS[0])


@pytest.mark.soak  # four minutes of Airflow starting tasks; test_ui.py backfills a day of it, and above days are repeated
def test_airflow_backfills_days_once_and_a_person_decides(tree, inbox, office, port):
    tree.wait_shortly()
    for notice_id in (NOTICE, APPROVED):
        tree.collect(inbox, "2020-12-01T00:00:00", notice_id)
    with airflow_page(tree.root, tree.environment(office.port), port) as (page, token):
        dags = f"{page}/api/v2/dags"
        wait_for(lambda: call(f"{dags}/bulletin__{NOTICE}", token)["is_paused"] is False)
        unanswered = start(dags, token, "2020-11-10T20:00:00")
        backfill(tree, f"bulletin__{NOTICE}")
        first = wait_for_backfills(page, token, f"bulletin__{NOTICE}", 1, len(DAYS))
        documents = tree.documents()
        assert tree.stems() == DAYS
        sent = sorted(
            (address, message["Subject"])
            for (address, _), message in zip(office.accepted, office.messages, strict=True)
        )
        assert len(sent) == len(set(sent)) == len(DAYS) * len(LISTS)
        assert {address for address, _ in sent} == set(LISTS)

        backfill(tree, f"bulletin__{NOTICE}", "--reprocess-behavior", "completed")
        second = wait_for_backfills(page, token, f"bulletin__{NOTICE}", 2, len(DAYS))
        assert all(first[run] < second[run] for run in first), "every day was made again"
        assert (tree.documents(), len(office.accepted)) == (documents, len(DAYS) * len(LISTS))

        wait_for(lambda: call(unanswered, token)["state"] == "success")
        decide_by_hand(dags, token, "2020-11-08T20:00:00", "发出", None)
        decide_by_hand(dags, token, "2020-11-09T20:00:00", "不发", "数据待核")
    assert tree.stems(APPROVED) == DAYS[:1]
    assert len(office.accepted) == (len(DAYS) + 1) * len(LISTS)
    decisions = {
        path.parent.name: json.loads(path.read_text("utf-8"))
        for path in (tree.home / "bulletins" / APPROVED).rglob("decision.json")
    }
    assert {stem: (one["choice"], one["words"], one["by"]) for stem, one in decisions.items()} == {
        DAYS[0]: ("release", "", "admin"),
        DAYS[1]: ("withhold", "数据待核", "admin"),
        DAYS[2]: ("withhold", "", ""),
    }
