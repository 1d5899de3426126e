"""What would be published and is not what the catalogue says of it is not published: the old snapshot stays."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.decide.record import Decision, Decisions
from pipelines.decide.rows import load_decisions
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.warehouse.feed import (
    DECISIONS,
    EVERYTHING,
    FILE,
    mark_uncounted,
    mark_unfed,
    widen_unfed,
)
from pipelines.warehouse.files import open_warehouse
from pipelines.warehouse.kept_feed import KeptFeed
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.promises import PromiseError, find_breaches, require_promises
from pipelines.warehouse.publish import publish_snapshot
from tests.warehouse.received import UNIT, Line, Sent, load

NOTICE_ID = "sd-vocational-week-2020"
FILES = [
    Sent("甲.xlsx", 1, (Line("开幕"), Line("走访", is_faulty=True))),
    Sent("乙.xlsx", 2, (Line("座谈"),)),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two files, loaded and published."""
    made = Home(tmp_path_factory.mktemp("promises"))
    with open_warehouse(made.warehouse, made.private) as (connection, private):
        load(connection, private, load_notice(NOTICE_ID), FILES, made.path / "run")
    publish_snapshot(made, {})
    return made


@pytest.fixture
def loaded(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse in a transaction that is taken back, all of it to be tested."""
    with duckdb.connect(home.warehouse) as connection:
        connection.begin()
        mark_unfed(connection, NOTICE_ID, [EVERYTHING])
        widen_unfed(connection)
        yield connection
        connection.rollback()


def test_what_was_loaded_keeps_all_promises(loaded: duckdb.DuckDBPyConnection) -> None:
    assert list(find_breaches(loaded)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            "INSERT INTO raw.verdicts FROM raw.verdicts",
            "raw.verdicts 的键 submission_id、table_number、row_number、fault_number 有重复的行",
            id="key of a table",
        ),
        pytest.param(
            "INSERT INTO core.cities FROM core.cities LIMIT 1",
            "marts.city_reporting 的键 notice_id、city_code 有重复的行",
            id="key of figures",
        ),
        pytest.param(
            "UPDATE core.submissions SET receipt_id = 'gone' WHERE path = '甲.xlsx'",
            "core.submissions 的 receipt_id gone 在 raw.receipts 里没有",
            id="reference",
        ),
        pytest.param(
            "UPDATE core.submissions SET state = 'lost' WHERE path = '甲.xlsx'",
            "marts.submissions 的 state 有说明以外的值：lost",
            id="words",
        ),
        pytest.param(
            "COMMENT ON COLUMN marts.verdicts.recipient_code IS '单位代码';"
            "UPDATE core.submissions SET recipient_code = NULL WHERE path = '甲.xlsx'",
            "marts.verdicts 的 recipient_code 不应为空，有 1 行是空的",
            id="never empty",
        ),
    ],
)
def test_a_breach_is_told_in_a_sentence(change: str, said: str, loaded: duckdb.DuckDBPyConnection) -> None:
    loaded.execute(change)
    breaches = list(find_breaches(loaded))
    assert [one for one in breaches if said in one], breaches
    with pytest.raises(PromiseError, match="是程序的问题，不是报送单位的问题"):
        require_promises(loaded)


def test_whoever_has_nothing_new_is_not_asked(loaded: duckdb.DuckDBPyConnection) -> None:
    loaded.execute("INSERT INTO raw.verdicts FROM raw.verdicts")
    loaded.execute("DELETE FROM raw.unfed WHERE recipient_code = $1", [UNIT])
    require_promises(loaded)
    loaded.execute("DELETE FROM raw.unfed")
    require_promises(loaded)


def test_what_a_notice_says_itself_is_asked_where_all_of_it_is_new(loaded: duckdb.DuckDBPyConnection) -> None:
    twice = "core.periods 的键 notice_id、deliverable、period 有重复的行"
    loaded.execute("INSERT INTO core.periods FROM core.periods")
    assert twice in list(find_breaches(loaded))
    loaded.execute("DELETE FROM raw.unfed WHERE recipient_code = $1", [EVERYTHING])
    assert twice not in list(find_breaches(loaded))


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        pytest.param("INSERT INTO core.decisions FROM core.decisions", True, id="decisions"),
        pytest.param("INSERT INTO raw.verdicts FROM raw.verdicts", False, id="a file"),
        pytest.param("INSERT INTO core.decided_duties FROM core.decided_duties", False, id="an obligation"),
    ],
)
def test_where_decisions_alone_are_new_nothing_else_is_asked(
    loaded: duckdb.DuckDBPyConnection, change: str, is_found: bool
) -> None:
    _decide(loaded)
    loaded.execute(change)
    loaded.execute("DELETE FROM raw.unfed")
    mark_unfed(loaded, NOTICE_ID, [DECISIONS])
    assert bool(list(find_breaches(loaded))) == is_found


def test_where_obligations_alone_are_others_no_table_of_files_is_asked(
    loaded: duckdb.DuckDBPyConnection,
) -> None:
    _decide(loaded)
    loaded.execute("DELETE FROM raw.unfed")
    mark_uncounted(loaded, NOTICE_ID, [UNIT])
    loaded.execute("INSERT INTO raw.rows FROM raw.rows")
    assert list(find_breaches(loaded)) == []
    loaded.execute("INSERT INTO core.decided_duties FROM core.decided_duties")
    said = "core.decided_duties 的键 notice_id、recipient_code、deliverable、period、known_from 有重复的行"
    assert said in list(find_breaches(loaded))


def _decide(connection: duckdb.DuckDBPyConnection) -> None:
    """One waiver of the unit."""
    decision = Decision(
        NOTICE_ID, "waive", {"recipients": [UNIT], "deliverable": "plan"}, {}, "停课", "li", datetime(2020, 11, 13), id="D0001"
    )  # fmt: skip
    notice = load_notice(NOTICE_ID)
    load_decisions(connection, notice, Decisions.of([decision]), Masker(b"key"))


def test_of_a_unit_only_the_files_that_a_load_names_are_asked(tmp_path: Path) -> None:
    breach = "raw.rows 的键 submission_id、table_number、row_number 有重复的行"
    notice = load_notice(NOTICE_ID)
    with open_warehouse(tmp_path / "notices.duckdb", tmp_path / "private.duckdb") as (connection, private):
        load(connection, private, notice, FILES, tmp_path / "first")
        connection.execute("DELETE FROM raw.unfed; DELETE FROM raw.unfed_files")
        load(connection, private, notice, [Sent("丙.xlsx", 3, (Line("讲座"),))], tmp_path / "second")
        twice = "INSERT INTO raw.rows SELECT rows.* FROM raw.rows INNER JOIN raw.submissions USING (submission_id)"
        for path, breaches in (("甲.xlsx", []), ("丙.xlsx", [breach])):
            connection.begin()
            connection.execute(f"{twice} WHERE path = '{path}'")
            assert list(find_breaches(connection)) == breaches
            mark_unfed(connection, NOTICE_ID, [UNIT])
            assert list(find_breaches(connection)) == [breach], "of all its files"
            connection.rollback()


def test_the_old_snapshot_stays(home: Home, tmp_path: Path) -> None:
    before = home.published.read_bytes()
    with duckdb.connect(home.warehouse) as connection:
        connection.execute("INSERT INTO raw.verdicts FROM raw.verdicts")
        connection.execute("UPDATE core.submissions SET sentence = '别的'")
        mark_unfed(connection, NOTICE_ID, [UNIT])
    with closing(KeptFeed(home.feed / FILE)) as kept:
        told = kept.last
    with pytest.raises(PromiseError, match="已发布的数据照旧"):
        publish_snapshot(home, {})
    assert home.published.read_bytes() == before
    with closing(KeptFeed(home.feed / FILE)) as kept:
        assert kept.last == told, "of what is not published the feed says nothing"
    assert [path.name for path in home.published.parent.iterdir()] == [home.published.name]
    with duckdb.connect(home.warehouse) as connection:
        connection.execute("DELETE FROM raw.verdicts WHERE rowid IN (SELECT max(rowid) FROM raw.verdicts)")
    publish_snapshot(home, {})
    assert home.published.read_bytes() != before
