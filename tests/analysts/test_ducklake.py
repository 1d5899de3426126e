"""The lake beside the snapshot: the same SQL gives the same figures, each publish a version, and what fails holds nothing up.

On a catalogue in SQLite, one process; tests/cluster/test_lake.py does it on PostgreSQL with many."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines import cycle
from pipelines.ask.marts import list_marts
from pipelines.cli import app
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.warehouse.lake.commit import commit_snapshot
from pipelines.warehouse.lake.follow import failure_file, follow_publish, read_failure
from pipelines.warehouse.lake.followed import file_of
from pipelines.warehouse.lake.place import LakePlace, find_place, in_words, open_for_writing
from pipelines.warehouse.lake.read import list_versions, open_lake
from tests.analysts.conftest import NOTICE_ID, World
from tests.analysts.test_questions import QUESTIONS
from tests.analysts.test_snapshot import send

pytestmark = pytest.mark.skipif(
    not (find_spec("duckdb_extension_ducklake") and find_spec("duckdb_extension_sqlite_scanner")),
    reason="the extra `lake` is not installed (make cluster-test installs it)",
)
EVENING = datetime(2020, 11, 14, 20)


@dataclass(frozen=True)
class Lake:
    """A home with a snapshot of its own, and its lake."""

    home: Home
    place: LakePlace

    def change(self, statements: str) -> None:
        """What a load and a publish would do to the snapshot."""
        with closing(duckdb.connect(self.home.published)) as connection:
            connection.execute(statements)

    def commit(self) -> int:
        return commit_snapshot(self.place, self.home.published)

    def ask(self, query: str, version: int | None = None) -> list[Any]:
        with closing(open_lake(self.home, version)) as connection:
            return connection.execute(query).fetchall()

    def versions(self) -> list[int]:
        return list_versions(self.home).column("version").to_pylist()


def _lake(small: World, to: Path) -> Lake:
    home = Home(to / "home")
    home.published.parent.mkdir(parents=True)
    shutil.copyfile(small.home.published, home.published)
    place = find_place(home)
    assert place
    return Lake(home, place)


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose catalogue NOTICES_LAKE names."""
    folder = tmp_path_factory.mktemp("lake")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_LAKE", f"sqlite:{folder}/catalogue.sqlite")
        yield folder


@pytest.fixture(scope="module")
def lake(small: World, set_up: Path) -> Lake:
    """Two versions; the first lacks the last receipt."""
    made = _lake(small, set_up)
    made.change("CREATE TABLE kept AS FROM raw.receipts ORDER BY received_at DESC, receipt_id LIMIT 1")
    made.change("DELETE FROM raw.receipts WHERE receipt_id IN (SELECT receipt_id FROM kept)")
    assert made.commit()
    made.change("INSERT INTO raw.receipts FROM kept")
    assert made.commit()
    return made


@pytest.fixture(scope="module")
def asked(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_lake(lake.home)) as connection:
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return connection.execute(
        query, {"notice": NOTICE_ID, "as_of": EVENING} if "$notice" in query else None
    ).fetchall()


def _relations(small: World) -> list[str]:
    found = small.connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL"
        " SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
    ).fetchall()
    assert len(found) > 100
    return [name for (name,) in found]


def test_every_relation_and_every_figure_of_a_moment_is_the_same(
    asked: duckdb.DuckDBPyConnection, small: World
) -> None:
    marts, _ = list_marts(small.connection, is_latest=True)
    asof = [mart.query for mart in marts if "$as_of)" in mart.query]
    assert len(asof) > 30
    different = [
        query
        for query in [*(f"FROM {name}" for name in _relations(small)), *asof]
        if _rows(asked, f"SELECT * FROM ({query}) ORDER BY ALL")
        != _rows(small.connection, f"SELECT * FROM ({query}) ORDER BY ALL")
    ]
    assert not different


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_question_has_the_same_answer(
    asked: duckdb.DuckDBPyConnection, small: World, number: str
) -> None:
    found, expected = (connection.execute(QUESTIONS[number]) for connection in (asked, small.connection))
    assert [column[:2] for column in found.description] == [column[:2] for column in expected.description]
    assert sorted(found.fetchall(), key=repr) == sorted(expected.fetchall(), key=repr)


def test_what_is_no_question_is_refused_as_on_the_snapshot(asked: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="没有“无此通知”"):
        asked.execute("FROM marts.figures_as_of('无此通知', TIMESTAMP '2020-11-14 20:00:00')").fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM raw.receipts",
        "CREATE TABLE raw.mine AS SELECT 1",
        "COPY (SELECT 1) TO '{folder}/x.csv'",
        "FROM read_text('{folder}/catalogue.sqlite')",
        "SET enable_external_access = true",
        "DELETE FROM __ducklake_metadata_notices.main.ducklake_snapshot",
    ],
)
def test_a_reader_can_only_read(asked: duckdb.DuckDBPyConnection, set_up: Path, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        asked.execute(statement.format(folder=set_up))
    assert asked.execute("SELECT count(*) > 0 FROM raw.receipts").fetchone() == (True,)


def test_a_past_version_is_what_was_published_then(lake: Lake) -> None:
    newest, first = lake.versions()
    missing = lake.ask("SELECT receipt_id FROM raw.receipts", newest)
    earlier = lake.ask("SELECT receipt_id FROM raw.receipts", first)
    assert len(missing) == len(earlier) + 1
    with pytest.raises(NoticesError, match="湖仓没有版本"):
        lake.ask("SELECT 1", newest + 100)


def test_only_what_changed_is_written(lake: Lake) -> None:
    newest, _ = lake.versions()
    moved = lake.ask(
        f"SELECT count(*) FROM ducklake_table_insertions('notices', 'raw', 'receipts', {newest}, {newest})"
    )
    gone = lake.ask(
        f"SELECT count(*) FROM ducklake_table_deletions('notices', 'raw', 'receipts', {newest}, {newest})"
    )
    others = lake.ask(
        f"SELECT count(*) FROM ducklake_table_insertions('notices', 'core', 'items', {newest}, {newest})"
    )
    assert (moved, gone, others) == ([(1,)], [(0,)], [(0,)])


def test_the_command_line_asks_the_lake(lake: Lake) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["--home", str(lake.home.path), *words])
        assert done.exit_code == 0, done.output
        return done.output

    newest, first = lake.versions()
    assert f" {first} " in run("versions")
    query = "SELECT count(*) AS n FROM raw.receipts"
    after, before = (
        int(run("sql", query, "--lake", "--format", "csv", *more).split()[1])
        for more in ((), ("--version", str(first)))
    )
    assert after == before + 1
    assert newest > first


@pytest.fixture(scope="module")
def first(small: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake of one version, `now`, and a copy of it."""
    folder = tmp_path_factory.mktemp("changing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_LAKE", f"sqlite:{folder}/now/catalogue.sqlite")
        assert _lake(small, folder / "now").commit()
    shutil.copytree(folder / "now", folder / "kept")
    return folder


@pytest.fixture
def changing(first: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """A lake to change, with one version; at one place, for it knows its address."""
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{first}/now/catalogue.sqlite")
    home = Home(first / "now" / "home")
    place = find_place(home)
    assert place
    yield Lake(home, place)
    shutil.rmtree(first / "now")
    shutil.copytree(first / "kept", first / "now")


def test_rows_change_go_and_come_back_and_nothing_new_is_no_version(changing: Lake) -> None:
    state = "SELECT (SELECT list(s ORDER BY s) FROM core.submissions s), (SELECT list(r ORDER BY r) FROM raw.rows r)"
    steps = [
        "UPDATE core.submissions SET sentence = '改过' WHERE submission_id = (SELECT min(submission_id) FROM core.submissions)",
        "DELETE FROM raw.rows WHERE row_number = 3; INSERT INTO raw.rows FROM raw.rows LIMIT 1",  # one stands there twice
        "DELETE FROM raw.rows",
    ]
    seen = [changing.ask(state)]
    for step in steps:
        changing.change(step)
        assert changing.commit()
        with closing(duckdb.connect(changing.home.published, read_only=True)) as snapshot:
            seen.append(snapshot.execute(state).fetchall())
        assert changing.ask(state) == seen[-1]
    assert changing.commit() == 0
    assert [changing.ask(state, version) for version in reversed(changing.versions())] == seen


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            "DELETE FROM raw.receipts WHERE receipt_id IN (SELECT min(receipt_id) FROM raw.receipts)",
            id="an_older_state",
        ),
        pytest.param("UPDATE raw.receipts SET notice_id = 'another'", id="other_notices"),
        pytest.param("DELETE FROM raw.receipts", id="an_empty_home"),
    ],
)
def test_the_lake_of_another_home_stays_as_it_is(changing: Lake, change: str) -> None:
    before = changing.ask("SELECT count(*) FROM raw.receipts")
    changing.change(change)
    with pytest.raises(NoticesError, match=r"是这个数据文件夹没有的.*湖仓没有动"):
        changing.commit()
    assert (changing.ask("SELECT count(*) FROM raw.receipts"), len(changing.versions())) == (before, 1)


def test_a_table_with_other_columns_is_made_anew_and_the_old_version_keeps_its_own(changing: Lake) -> None:
    before = changing.ask("SELECT count(*) FROM raw.pushes")
    changing.change(
        "DROP VIEW marts.feeds; ALTER TABLE raw.sheets ADD COLUMN added INTEGER; UPDATE raw.sheets SET added = 7"
    )
    assert changing.commit()
    assert changing.ask("SELECT DISTINCT added FROM raw.sheets") == [(7,)]
    assert changing.ask("SELECT count(*) FROM raw.pushes") == before
    with pytest.raises(duckdb.BinderException):
        changing.ask("SELECT added FROM raw.sheets", changing.versions()[-1])


def test_a_lake_that_is_away_holds_nothing_up_and_is_caught_up(
    changing: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = f"sqlite:{changing.place.address}"
    changing.change("DELETE FROM raw.rows")
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{changing.home.path}/no/such/folder.sqlite")
    changing.home.warehouse.parent.mkdir()
    assert not follow_publish(changing.home)
    assert "湖仓没有跟上这次发布" in caplog.text
    since = failure_file(changing.home).read_text("utf-8")
    assert not follow_publish(changing.home)
    assert failure_file(changing.home).read_text("utf-8").split("said")[0] == since.split("said")[0]
    monkeypatch.setenv("NOTICES_LAKE", right)
    assert follow_publish(changing.home)
    assert not failure_file(changing.home).exists()
    assert changing.ask("SELECT count(*) FROM raw.rows") == [(0,)]


@pytest.mark.parametrize("written", ["", "{", '{"since": 7}', "[]"])
def test_a_damaged_note_of_a_failure_is_a_failure_all_the_same(changing: Lake, written: str) -> None:
    failure_file(changing.home).parent.mkdir()
    failure_file(changing.home).write_text(written)
    failure = read_failure(changing.home)
    assert failure
    assert failure.since.tzinfo
    assert "读不懂" in failure.said


@pytest.mark.parametrize("version", [-1, 0, 999])
def test_a_version_that_nobody_published_is_told_in_words(lake: Lake, version: int) -> None:
    with pytest.raises(NoticesError, match=f"湖仓没有版本 {version}"):
        lake.ask("SELECT 1", version)


@pytest.mark.parametrize(
    ("own", "meant"),
    [
        ('IO Error: Unable to connect to Postgres at "": connection to server failed: Connection refused', "目录库连不上"),
        ('IO Error: connection to server at "h" failed: FATAL:  password authentication failed for user "u"', "账号或口令不对"),
        ("IO Error: Could not connect to server error for HTTP GET to 'http://h/x.parquet'", "存数据的地方连不上"),
        ("HTTP Error: HTTP 403 (Forbidden)", "账号或口令不对"),
        ("Invalid Input Error: DATA_PATH parameter \"a\" does not match existing data path", "数据的地址与目录里记着的不同"),
        ("Something Else", "DuckDB 报错"),
    ],
)  # fmt: skip
def test_what_duckdb_says_is_told_in_words(own: str, meant: str) -> None:
    assert in_words(duckdb.Error(own)).startswith(meant)
    assert own in in_words(duckdb.Error(own))


def test_where_only_scans_moved_nothing_else_is_compared(
    changing: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that changed unsaid show what was compared; once anything is in doubt, all is."""
    changing.home.warehouse.parent.mkdir()
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{changing.place.address}")
    scans, rows = "SELECT DISTINCT scanned_at FROM raw.scans", "SELECT count(*) FROM raw.rows"
    assert follow_publish(changing.home)
    before, held = file_of(changing.home.published), changing.ask(rows)
    changing.change("UPDATE raw.scans SET scanned_at = '2020-11-15 07:00:00'; DELETE FROM raw.rows")
    assert follow_publish(changing.home, before, ["raw.scans"])
    assert changing.ask(scans) == [(datetime(2020, 11, 15, 7),)]
    assert changing.ask(rows) == held
    before = file_of(changing.home.published)
    changing.change("UPDATE raw.scans SET scanned_at = '2020-11-15 08:00:00'")
    assert changing.commit(), "by another one: its version is not the one that was noted"
    assert changing.ask(rows) == [(0,)]
    changing.change("DELETE FROM raw.sheets")
    assert follow_publish(changing.home, before, ["raw.scans"])
    assert changing.ask("SELECT count(*) FROM raw.sheets") == [(0,)]


FIGURES = f"FROM marts.figures_as_of('{NOTICE_ID}', TIMESTAMP '{{}}') ORDER BY ALL"


def test_what_was_entered_later_with_an_earlier_moment_is_in_the_figures_of_now_alone(changing: Lake) -> None:
    """docs/lake.md: as of a moment tells what is known now of that moment, a version what was known then."""
    with closing(duckdb.connect(changing.home.published, read_only=True)) as snapshot:
        item, since = snapshot.execute(
            "SELECT item_id, current_from FROM core.items WHERE participants > 0 AND current_until > TIMESTAMP '9999-01-01'"
            " ORDER BY current_from DESC LIMIT 1"
        ).fetchall()[0]
        whole = snapshot.execute("SELECT * FROM core.items WHERE item_id = $1", [item]).to_arrow_table()
    changing.change(f"DELETE FROM core.items WHERE item_id = {item!r}")
    assert changing.commit()
    with closing(duckdb.connect(changing.home.published)) as snapshot:
        snapshot.register("late", whole)
        snapshot.execute("INSERT INTO core.items BY NAME FROM late")
    assert changing.commit()
    now, without, _ = changing.versions()
    before = FIGURES.format(since - timedelta(seconds=1))
    assert changing.ask(before, now) == changing.ask(before, without)
    assert changing.ask(FIGURES.format(since), now) != changing.ask(FIGURES.format(since), without)


@pytest.mark.slow
def test_a_version_agrees_with_the_figures_as_of_its_newest_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came after a publish moves nothing of what it told, by cycles that publish to the lake themselves."""
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{tmp_path}/catalogue.sqlite")
    home, notice = Home(tmp_path / "home"), load_notice(NOTICE_ID)
    first, second = datetime(2020, 11, 10), datetime(2020, 11, 11)
    send(tmp_path / "inbox", 0)
    cycle.run(home, notice, tmp_path / "inbox", first)
    send(tmp_path / "inbox", 2000)
    cycle.run(home, notice, tmp_path / "inbox", second)
    with closing(open_lake(home)) as connection:
        after = connection.execute(FIGURES.format(first)).fetchall()
        latest = connection.execute(FIGURES.format(second)).fetchall()
    version = next(row["version"] for row in list_versions(home).to_pylist() if row["known_at"] == first)
    with closing(open_lake(home, version)) as connection:
        assert connection.execute(FIGURES.format(first)).fetchall() == after
        told = connection.execute(
            "SELECT city_code, figure, value FROM marts.figures ORDER BY ALL"
        ).fetchall()
    with closing(open_lake(home)) as connection:
        again = connection.execute(
            f"SELECT city_code, figure, value FROM ({FIGURES.format(first)}) ORDER BY ALL"
        ).fetchall()
    assert told == again
    assert latest != after


def test_machines_that_share_a_store_share_the_lakes_rows_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{tmp_path}/catalogue.sqlite")
    monkeypatch.setenv("NOTICES_STORE", str(tmp_path))
    place = find_place(Home(tmp_path / "home"))
    assert place
    with pytest.raises(NoticesError, match="NOTICES_LAKE_DATA 不能省略"), open_for_writing(place):
        pass


def test_no_setting_no_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTICES_LAKE", raising=False)
    home = Home(tmp_path)
    assert find_place(home) is None
    assert not follow_publish(home)
    assert not failure_file(home).exists()
    with pytest.raises(NoticesError, match="没有设置湖仓"):
        open_lake(home)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("/var/lake.ducklake:x", "DuckDB 文件不能当目录库", id="a_duckdb_file"),
        pytest.param("postgres:host=db password=geheim", "不要写口令", id="a_password"),
        pytest.param("postgres:postgresql://u:geheim@db/x", "不要写口令", id="an_address"),
        pytest.param("postgres://u:geheim@db/x", "不要写口令", id="an_address_alone"),
        pytest.param("nosuch", "没有配置连接 nosuch", id="no_such_connection"),
        pytest.param("files", "不是 PostgreSQL", id="another_sort_of_connection"),
    ],
)
def test_a_setting_that_is_no_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.setenv("NOTICES_LAKE", given)
    monkeypatch.setenv("AIRFLOW_CONN_FILES", "sftp://user:geheim@files")
    with pytest.raises(NoticesError, match=said) as raised:
        find_place(Home(tmp_path))
    assert "geheim" not in str(raised.value)


def test_a_connection_tells_where_and_never_shows_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTICES_LAKE", "lake")
    monkeypatch.setenv(
        "AIRFLOW_CONN_LAKE", "postgres://u:geheim@db/catalogue?data_path=s3%3A%2F%2Fbucket%2Flake"
    )
    place = find_place(Home(tmp_path))
    assert place
    assert (place.kind, place.data, place.is_remote) == ("postgres", "s3://bucket/lake/", True)
    assert "geheim" not in repr(place)
