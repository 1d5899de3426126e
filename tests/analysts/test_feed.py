"""The change feed: applied in order to nothing it gives what is published, its numbers stay, and nothing is read twice."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.ask.feed import read_feed
from pipelines.cli import app
from pipelines.ground.durable import open_base
from pipelines.ground.errors import KeptFault, NoticesError
from pipelines.notice import load_notice
from pipelines.warehouse import feed
from pipelines.warehouse.feed import (
    EVERYTHING,
    FILE,
    extend_feed,
    last_number,
    mark_uncounted,
    mark_unfed,
    widen_unfed,
)
from pipelines.warehouse.kept_feed import KeptFeed
from pipelines.warehouse.masker import Masker
from tests.analysts.conftest import NOTICE_ID, World
from tests.warehouse.empty import empty, empty_warehouse
from tests.warehouse.received import UNIT, Line, Sent, load

MASKER = Masker(b"key")
FORMAT_1 = """
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY, known_at TEXT NOT NULL, notice_id TEXT NOT NULL, relation TEXT NOT NULL,
    recipient_code TEXT NOT NULL, row_key TEXT NOT NULL, row_now TEXT, previous_seq INTEGER, receipt_id TEXT, decision_id TEXT
) STRICT;
"""
Rows = dict[tuple[str, str], str]


Warehouse = tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def warehouses() -> Iterator[list[Warehouse]]:
    """Two, to be emptied before each use: making one takes longer than filling it."""
    with empty_warehouse() as one, empty_warehouse() as other:
        yield [one[:2], other[:2]]


class Kept:
    """An emptied warehouse over a folder in which the feed is kept."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder, self.loads = folder, 0
        self.connection, self._private = warehouse
        empty(self.connection)

    def load(self, *files: Sent) -> None:
        self.loads += 1
        folder = self.folder / f"{id(self)}-{self.loads}"
        load(self.connection, self._private, load_notice(NOTICE_ID), list(files), folder)

    def publish(self, masker: Masker = MASKER) -> int:
        self.connection.begin()
        widen_unfed(self.connection)
        added = extend_feed(self.connection, self.folder / "feed", masker)
        self.connection.commit()
        return added

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        return [row for batch in read_feed(self.connection, after)[1] for row in batch.to_pylist()]

    def published(self) -> Rows:
        """What a reader must come to: every row that the feed speaks of, as it stands."""
        with self.connection.cursor() as cursor:
            cursor.begin()
            cursor.execute(
                "INSERT INTO raw.unfed SELECT $1, recipient_code FROM core.recipients", [NOTICE_ID]
            )
            cursor.execute("INSERT INTO raw.unfed VALUES ($1, ''), ($1, '*')", [NOTICE_ID])
            rows = cursor.execute("SELECT relation, row_key, row_now FROM core.feed_rows").fetchall()
            cursor.rollback()
        assert len({row[:2] for row in rows}) == len(rows), "keys are unique"
        return {(relation, key): row for relation, key, row in rows}


def apply(rows: Rows, changes: list[dict[str, Any]]) -> None:
    """As another system does: what each change says was there before must be what is there."""
    for one in changes:
        key = (one["relation"], one["row_key"])
        assert rows.get(key) == one["row_before"]
        if one["change"] == "removed":
            del rows[key]
        else:
            assert (one["change"] == "added") == (key not in rows)
            rows[key] = one["row_after"]


LINES = st.builds(
    Line,
    title=st.sampled_from("甲乙丙"),
    day=st.sampled_from([9, 10]),
    participants=st.sampled_from([None, 1, 2]),
    is_faulty=st.booleans(),
)
FILES = st.builds(
    Sent,
    path=st.sampled_from(["甲.xlsx", "乙.xlsx"]),
    hour=st.integers(1, 30),
    lines=st.lists(LINES, min_size=1, max_size=3).map(tuple),
)


PARTS = st.lists(st.tuples(st.lists(FILES, max_size=3), st.booleans()), min_size=2, max_size=3)


@settings(max_examples=3, deadline=None, derandomize=True)
@given(parts=PARTS)
def test_a_reader_misses_nothing_and_reads_nothing_twice(
    parts: list[tuple[list[Sent], bool]], warehouses: list[Warehouse]
) -> None:
    read_on(parts, warehouses)


@pytest.mark.soak  # three seconds a world; a few of them are played above
@settings(max_examples=60, deadline=None)
@given(parts=PARTS)
def test_readers_of_many_worlds_miss_nothing(
    parts: list[tuple[list[Sent], bool]], warehouses: list[Warehouse]
) -> None:
    read_on(parts, warehouses)


def read_on(parts: list[tuple[list[Sent], bool]], warehouses: list[Warehouse]) -> None:
    """Files come in any order of time; a snapshot is published after some of the loads."""
    numbered = [
        [replace(one, hour=one.hour * 100 + 10 * part + place) for place, one in enumerate(files)]
        for part, (files, _) in enumerate(parts)
    ]
    with TemporaryDirectory() as opened:
        kept = Kept(Path(opened), warehouses[0])
        rows: Rows = {}
        numbers: list[int] = []
        for files, (_, is_published) in zip(numbered, parts, strict=True):
            kept.load(*files)
            if is_published:
                added = kept.publish()
                changes = kept.read(after=numbers[-1] if numbers else 0)
                assert len(changes) == added
                apply(rows, changes)
                numbers += [one["seq"] for one in changes]
                assert rows == kept.published()
        kept.publish()
        apply(rows, kept.read(after=numbers[-1] if numbers else 0))
        assert rows == kept.published()
        assert [one["seq"] for one in kept.read()] == list(range(1, last_number(kept.connection) + 1))
        anew = Kept(kept.folder, warehouses[1])
        anew.load(*(one for files in numbered for one in files))
        assert anew.publish() == 0, "made anew, nothing has changed"
        assert anew.read() == kept.read()


@pytest.fixture
def kept(tmp_path: Path, warehouses: list[Warehouse]) -> Kept:
    made = Kept(tmp_path, warehouses[0])
    made.load(Sent("甲.xlsx", 1, (Line("开幕", participants=20), Line("走访"))))
    made.publish()
    return made


def _cells(changes: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in names) for one in changes]


def test_each_change_says_what_was_before_and_which_receipt_did_it(kept: Kept) -> None:
    last = last_number(kept.connection)
    kept.load(Sent("甲.xlsx", 2, (Line("开幕", participants=8), Line("座谈", is_faulty=True))))
    assert kept.publish() == 4
    told = kept.read(last)
    assert _cells(told, "relation", "change", "recipient_code", "receipt_id", "decision_id") == [
        ("files", "added", UNIT, "甲.xlsx@2", None),
        ("verdicts", "added", UNIT, "甲.xlsx@2", None),
        ("counted_rows", "changed", UNIT, "甲.xlsx@2", None),
        ("counted_rows", "removed", UNIT, "甲.xlsx@2", None),
    ]
    before, after = (json.loads(told[2][name]) for name in ("row_before", "row_after"))
    assert (before["participants"], after["participants"]) == (20, 8)
    assert json.loads(told[3]["row_before"])["title"] == "走访"
    assert told[3]["row_after"] is None


@pytest.mark.parametrize(
    "loads",
    [
        pytest.param(
            [[Sent("甲.xlsx", 2, (Line("开幕", participants=8),))]], id="a later version without one row"
        ),
        pytest.param(
            [[Sent("丙.xlsx", 2, (Line("走访"), Line("走访")))]], id="another file with rows of one identity"
        ),
        pytest.param(
            [[Sent("乙.xlsx", 2, (Line("讲座", is_faulty=True),))]], id="a file that takes nothing back now"
        ),
        pytest.param(
            [[Sent("丙.xlsx", 2, (Line("走访"),))], [Sent("丙.xlsx", 3, (Line("座谈"),))]],
            id="two loads: a row that another file took over and gave up",
        ),
    ],
)
def test_asking_named_files_tells_what_asking_all_of_their_units_tells(
    kept: Kept, loads: list[list[Sent]]
) -> None:
    kept.load(Sent("丁.xlsx", 1, (Line("不相干"),)), Sent("乙.xlsx", 1, (Line("讲座"),)))
    kept.publish()
    for files in loads:
        kept.load(*files)
    asked = "SELECT * FROM core.feed_changes ORDER BY relation, row_key"
    named = kept.connection.execute(asked).fetchall()
    paths = kept.connection.execute(
        "SELECT DISTINCT path FROM raw.unfed_files INNER JOIN raw.submissions USING (submission_id)"
    ).fetchall()
    kept.connection.execute("DELETE FROM raw.unfed_files")
    assert named == kept.connection.execute(asked).fetchall() != []
    assert ("丁.xlsx",) not in paths != []


def test_a_unit_that_is_to_be_compared_whole_stays_so(kept: Kept) -> None:
    kept.load(Sent("乙.xlsx", 2, (Line("座谈"),)))
    named = "SELECT count(*) FROM raw.unfed_files"
    assert kept.connection.execute(named).fetchone() == (1,)
    mark_unfed(kept.connection, NOTICE_ID, [UNIT])
    kept.load(Sent("丙.xlsx", 3, (Line("讲座"),)))
    assert kept.connection.execute(named).fetchone() == (0,)
    mark_unfed(kept.connection, NOTICE_ID, [EVERYTHING])
    kept.load(Sent("丁.xlsx", 4, (Line("展览"),)))
    assert kept.connection.execute(named).fetchone() == (0,)
    assert kept.publish() == 6


def test_a_unit_whose_obligations_alone_are_others_is_not_compared_whole_until_more_is(kept: Kept) -> None:
    asked = "SELECT count(*) FROM core.unfed_items()"
    mark_uncounted(kept.connection, NOTICE_ID, [UNIT])
    assert kept.connection.execute(asked).fetchone() == (0,)
    assert kept.connection.execute("SELECT count(*) FROM core.feed_rows").fetchone() > (0,), (
        "files, obligations"
    )
    kept.load(Sent("乙.xlsx", 2, (Line("座谈"),)))
    assert kept.connection.execute(asked).fetchone() == (1,), "of the file that was loaded"
    mark_unfed(kept.connection, NOTICE_ID, [UNIT])
    mark_uncounted(kept.connection, NOTICE_ID, [UNIT])
    assert kept.connection.execute(asked).fetchone() == (3,), "marked whole, it stays so"
    assert kept.publish() == 2
    mark_unfed(kept.connection, NOTICE_ID, [EVERYTHING])
    mark_uncounted(kept.connection, NOTICE_ID, [UNIT])
    widen_unfed(kept.connection)
    assert kept.connection.execute(asked).fetchone() == (3,), "as is a notice of which all is marked"


def test_more_files_than_are_named_are_compared_with_all_of_their_units(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_FILES", 1)
    kept.load(Sent("乙.xlsx", 2, (Line("座谈"),)), Sent("丙.xlsx", 2, (Line("讲座"),)))
    assert kept.connection.execute("SELECT count(*) FROM raw.unfed_files").fetchone() == (0,)
    assert kept.publish() == 4


def test_nothing_new_adds_nothing(kept: Kept) -> None:
    assert kept.publish() == 0
    mark_unfed(kept.connection, NOTICE_ID, [EVERYTHING])
    assert kept.publish() == 0


def test_numbers_that_a_broken_off_publish_gave_stay_given(kept: Kept) -> None:
    last = last_number(kept.connection)
    kept.load(Sent("乙.xlsx", 2, (Line("座谈"),)))
    kept.connection.begin()
    added = extend_feed(kept.connection, kept.folder / "feed", MASKER)
    told = kept.read(last)
    kept.connection.rollback()
    assert (added, len(told)) == (2, 2)
    assert kept.read(last) == []
    assert kept.publish() == 0
    assert kept.read(last) == told


def test_a_file_from_an_older_backup_is_brought_up_to_date(kept: Kept) -> None:
    old = kept.folder / "old"
    shutil.copytree(kept.folder / "feed", old)
    kept.load(Sent("乙.xlsx", 2, (Line("座谈"),)))
    kept.publish()
    told = kept.read()
    shutil.rmtree(kept.folder / "feed")
    shutil.copytree(old, kept.folder / "feed")
    kept.publish()
    with closing(KeptFeed(kept.folder / "feed" / FILE)) as file:
        numbers = [seq for table in file.behind(0) for seq in table.column("seq").to_pylist()]
        assert (file.last, sorted(numbers)) == (len(told), list(range(1, len(told) + 1)))


def test_rows_that_an_older_program_kept_become_parts(kept: Kept, warehouses: list[Warehouse]) -> None:
    path = kept.folder / "feed" / FILE
    asked = "SELECT * REPLACE (known_at::VARCHAR AS known_at) FROM core.feed ORDER BY seq"
    rows = kept.connection.execute(asked).fetchall()
    shutil.rmtree(path.parent)
    with closing(open_base(path, FORMAT_1)) as base:
        base.executemany(f"INSERT INTO feed VALUES ({', '.join('?' * 10)})", rows)
    anew = Kept(kept.folder, warehouses[1])
    assert anew.publish() == 0
    assert anew.connection.execute(asked).fetchall() == rows != []
    with pytest.raises(KeptFault, match="更新版本的程序写的（格式 2，本程序只认到 1）"):
        open_base(path, FORMAT_1)


def test_a_part_that_is_not_what_was_written_is_said_and_not_taken(
    kept: Kept, warehouses: list[Warehouse]
) -> None:
    with closing(sqlite3.connect(kept.folder / "feed" / FILE)) as base:
        base.execute("UPDATE parts SET changes = zeroblob(length(changes))")
        base.commit()
    anew = Kept(kept.folder, warehouses[1])
    with pytest.raises(KeptFault, match=r"feed\.sqlite 损坏.*notices restore"):
        anew.publish()
    anew.connection.rollback()
    assert anew.read() == []


def test_a_name_that_is_learnt_later_is_masked_when_all_is_made_anew(
    kept: Kept, warehouses: list[Warehouse]
) -> None:
    kept.load(Sent("乙.xlsx", 2, (Line("欧阳测试讲座", participants=13_800_001_111),)))
    kept.publish()
    told = kept.read()
    anew = Kept(kept.folder, warehouses[1])
    anew.publish(Masker(b"key", frozenset({"欧阳测试"})))
    masked = anew.read()
    assert "欧阳测试" in str(told)
    assert "欧阳测试" not in str(masked)
    assert [one["seq"] for one in masked] == [one["seq"] for one in told]
    rows = [json.loads(one["row_after"]) for one in masked if one["relation"] == "counted_rows"]
    assert [row["title"][:3] for row in rows] == ["开幕", "走访", "〔姓名"]
    assert rows[2]["participants"] == 13_800_001_111


def test_a_number_that_was_never_given_out_is_refused(kept: Kept) -> None:
    last = last_number(kept.connection)
    assert read_feed(kept.connection, last)[0].names[:2] == ["notice_id", "seq"]
    with pytest.raises(NoticesError, match=f"只到第 {last} 号"):
        read_feed(kept.connection, last + 1)


def test_the_command_goes_on_from_the_last_number(small: World) -> None:
    def run(*words: str) -> list[str]:
        said = CliRunner().invoke(app, ["--home", str(small.home.path), "feed", *words])
        assert said.exit_code == 0, said.output
        return said.stdout.splitlines()

    everything = [json.loads(line) for line in run(NOTICE_ID)]
    assert [one["seq"] for one in everything] == list(range(1, len(everything) + 1))
    assert {one["relation"] for one in everything} == {"files", "verdicts", "counted_rows", "obligations"}
    assert {one["row_after"]["state"] for one in everything if one["relation"] == "files"} > {"accepted"}
    rest = run("--after", str(len(everything) - 3), "--format", "jsonl")
    assert [json.loads(line) for line in rest] == everything[-3:]
    assert len(run("--after", str(len(everything) - 3), "--format", "csv")) == 4
    assert run("--after", str(len(everything))) == []
