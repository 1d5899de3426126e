"""What waits for a person: each sort is found, in the order of urgency, and says what a person needs to decide."""

import shutil
from datetime import datetime, timedelta
from functools import partial

import duckdb
import pytest

from pipelines.board import desk_office
from pipelines.board.asking import look
from pipelines.board.desk import SORTS, Desk, find_queues
from pipelines.bulletin.shelf import RECORD, Record
from pipelines.decide.record import Decision, Decisions
from pipelines.ground.home import Home
from pipelines.notice import list_notices, load_notice
from pipelines.notice.bulletins import Approval
from pipelines.notice.folder import NOTICES
from pipelines.notice.model import Notice
from tests.board.conftest import NOW

FOLDER = "教育厅收件/无名学院"
LATER = NOW + timedelta(hours=1)
JINAN = "EDU-3701"


@pytest.fixture
def own(shown: Home, tmp_path) -> Home:
    shutil.copytree(shown.path, tmp_path / "own")
    return Home(tmp_path / "own")


def queues_of(home: Home, notice: Notice, decisions=(), at: datetime = LATER):
    with look(home.published, notice.id) as snapshot:
        found = find_queues(Desk(snapshot, notice, Decisions.of(decisions), at, home))
    return {queue.title: queue.entries for queue in found}


def put(home: Home, *statements: tuple[str, list[object]]) -> None:
    """Rows in the published snapshot, as other parts of the program would have put them there."""
    with duckdb.connect(home.published) as connection:
        for statement, values in statements:
            connection.execute(statement, values)


def decided(kind: str, number: int, **subject: object) -> Decision:
    return Decision("sd-vocational-week-2020", kind, subject, {}, "说明", "li", NOW, id=f"D{number:04d}")


def test_a_name_that_was_assigned_twice_can_be_learnt_with_the_files_it_settles(shown, notice):
    made = [decided("assign", number, path=f"{FOLDER}/{number}.csv", recipients=[JINAN]) for number in (1, 2)]
    (entry,) = queues_of(shown, notice, made)["认领过两次、可以记住的名称"]
    assert (entry.what, entry.unit) == ("无名学院", "济南市教育局")
    assert entry.lines == (f"{FOLDER}/日报.csv",)
    assert (entry.offers[0].kind, entry.offers[0].given) == (
        "know_as",
        {"alias": "无名学院", "recipients": JINAN},
    )
    settled = [*made, decided("settle", 3, id=entry.id)]
    assert "认领过两次、可以记住的名称" not in queues_of(shown, notice, settled)


def test_our_own_troubles_stand_first(own, notice):
    scan = "UPDATE raw.scans SET {} WHERE notice_id = $1 AND source = $2"
    education, human = "education_folder", "human_resources_folder"
    put(
        own,
        (scan.format("scanned_at = $3"), [notice.id, human, NOW - timedelta(hours=3)]),
        (scan.format("failed_at = $3, failure = '共享没有挂上'"), [notice.id, education, LATER]),
        (
            "INSERT INTO raw.held_entries VALUES ($1, $2, $3, $4, $5)",
            [notice.id, education, "某/大.mp4", "太大", NOW],
        ),
        (
            "INSERT INTO raw.pushes VALUES ($1, 'k', 'news', 'package', 'i', 'i.zip', 9, 'unsure', $2, $2, NULL, $2, 1, '断电', NULL, NULL, NULL, NULL)",
            [notice.id, NOW],
        ),
    )
    record = Record(
        stem="2020-11-13T180000-daily",
        kind="daily",
        as_of=NOW,
        title="情况通报",
        subtitle="（第6期）",
        label="第6期",
        publisher="某厅",
        signed="2020年11月13日",
        summary=(),
        names={},
        states={},
        files=(),
    )
    place = own.bulletins(notice.id) / "drafts" / record.stem
    place.mkdir(parents=True)
    (place / RECORD).write_text(record.model_dump_json(), "utf-8")
    approved = notice.bulletins.model_copy(update={"approval": Approval(otherwise="withhold")})
    signed = notice.model_copy(update={"bulletins": approved})
    found = queues_of(own, signed)
    assert list(found) == [title for title in SORTS if title in found], "in the order of urgency"
    sources = found["没有读全、没有按时读的来源"]
    assert {one.what: one.sentence for one in sources}["教育厅收件"] == "共享没有挂上"
    assert "2020-11-13 09:00:00" in {one.what: one.sentence for one in sources}["人社厅收件"]
    (bulletin,) = found["等着审签的通报"]
    assert bulletin.link.endswith(f"/drafts/{record.stem}")
    assert not bulletin.offers, "it is signed, not settled"
    (held,) = found["没能收下的文件、邮件和答卷"]
    assert (held.what, held.sentence) == ("某/大.mp4", "太大")
    (pushed,) = found["没推成或收下与否不明的推送"]
    assert (pushed.id, pushed.what, pushed.sentence) == (
        "push:k:unsure",
        "收下与否不明：i.zip 推到 news",
        "断电",
    )
    assert "等着审签的通报" not in queues_of(own, notice), "no signature is asked for by this notice"


def test_a_broken_notice_is_told_on_the_desk_of_the_others(shown, notice, tmp_path, monkeypatch):
    (tmp_path / "broken-2020").mkdir()
    (tmp_path / "broken-2020" / "notice.yaml").write_text("id: [", "utf-8")
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    monkeypatch.setattr(desk_office, "list_notices", partial(list_notices, tmp_path))
    monkeypatch.setattr(desk_office, "load_notice", partial(load_notice, folder=tmp_path))
    (entry,) = queues_of(shown, notice)["有误的通知文件夹"]
    assert entry.what == "broken-2020"
    assert "notice.yaml" in entry.sentence


def test_units_nobody_reaches_and_numbers_far_off_are_listed(own, notice):
    item = "UPDATE core.items SET participants = 9000, activity_date = DATE '2020-11-12' WHERE item_id = (SELECT min(item_id) FROM core.items)"
    more = "INSERT INTO core.items BY NAME SELECT * REPLACE (item_id || $1 AS item_id, activity_date - $2::INTEGER AS activity_date, 50 AS participants) FROM core.items WHERE participants = 9000"
    put(
        own,
        (item, []),
        *((more, [f"-{day}", day]) for day in (1, 2, 3)),
        ("INSERT INTO raw.mailboxes VALUES ($1, $2, NULL, $3)", [notice.id, JINAN, NOW]),
    )
    found = queues_of(own, notice)
    (far,) = found["大得反常的数"]
    assert far.what == "9,000"
    assert far.file
    (unreached,) = found["联系不上的欠报单位"]
    assert (unreached.unit, unreached.what) == ("济南市教育局", "没有邮箱")
