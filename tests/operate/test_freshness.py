"""Whatever shows figures says until when they are complete, and which source is silent; what is complete says nothing."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask.freshness import ask_freshness
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.report.write import write_bulletin
from pipelines.warehouse.files import open_file
from pipelines.warehouse.snapshot import open_snapshot
from tests.conftest import MakeOnce
from tests.operate.conftest import NOW, Cli

LATER = NOW + timedelta(days=3)
SILENT = "“省人力资源社会保障厅”的数只到 2020-11-13 00:00:00 为全：来源 人社厅收件 其后没有读到"
BEYOND = "所问的时刻 2020-12-01 00:00:00 晚于最近一次收件 2020-11-13 00:00:00，其后收到的都不在内"
COMMANDS = {
    "metrics": ["metrics"],
    "status": ["status"],
    "a figure's trace": ["trace", "--city", "济南市", "--figure", "materials"],
    "a file's trace": ["trace", "--file", "教育厅收件/济南市教育局/日报.csv"],
    "changes": ["changes", "--since", "2020-11-09"],
}


@pytest.fixture(scope="session")
def dead(once: Path, notice: Notice, make_once: MakeOnce) -> Home:
    """The same, three days later, and of one line nothing could be read since; nobody writes to it."""

    def run(folder: Path) -> None:
        shutil.copytree(once / "home", folder / "home")
        shutil.copytree(once / "inbox" / "教育厅收件", folder / "inbox" / "教育厅收件")
        with pytest.raises(NoticesError, match="人社厅收件"):
            cycle.run(Home(folder / "home"), notice, folder / "inbox", LATER)

    return Home(make_once("one-line-silent", run) / "home")


@pytest.mark.parametrize(
    ("words", "style"),
    [(words, style) for words in COMMANDS.values() for style in ("table", "csv")] + [(["metrics"], "json")],
    ids=lambda one: one if isinstance(one, str) else " ".join(one[:2]),
)
def test_commands_say_which_source_is_silent(
    words: list[str], style: str, dead: Home, notice: Notice, cli: Cli
):
    said = cli(words[0], notice.id, *words[1:], "--format", style, at=dead)
    beside, other = (said.out, said.err) if style == "table" else (said.err, said.out)
    assert said.status == 0
    assert SILENT in beside
    assert "注意" not in other, "a program reads csv and json alone"


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_moment_after_the_newest_scan_is_said_to_be_so(
    words: list[str], once: Path, notice: Notice, cli: Cli
):
    words = [words[0], notice.id, *words[1:], "--as-of", "2020-12-01", "--format", "csv"]
    said = cli(*words, at=Home(once / "home"))
    assert BEYOND in said.err


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_what_is_complete_says_nothing(words: list[str], dead: Home, notice: Notice, cli: Cli):
    said = cli(words[0], notice.id, *words[1:], "--as-of", NOW.isoformat(), "--format", "csv", at=dead)
    assert said.err == ""


def test_an_export_says_it_in_its_manifest(dead: Home, notice: Notice, cli: Cli, tmp_path: Path):
    said = cli("export", notice.id, "--to", tmp_path / "away", at=dead)
    fresh = json.loads((tmp_path / "away" / "manifest.json").read_text("utf-8"))["freshness"]
    assert SILENT in said.err
    assert fresh["complete_until"] == NOW.isoformat()
    assert fresh["newest_scan"] == LATER.isoformat()
    assert [one["path"] for one in fresh["sources"] if one["is_silent"]] == ["人社厅收件"]
    assert (tmp_path / "away" / "freshness.csv").exists()


def test_bulletins_and_pages_say_it(dead: Home, notice: Notice, tmp_path: Path):
    written = write_bulletin(dead.published, notice, "daily", LATER, tmp_path)
    texts = [path.read_text("utf-8") for path in written.paths if path.suffix in (".html", ".txt")]
    assert len(texts) == 2
    told = "的数只到 2020年11月13日0时 为全：来源 人社厅收件 其后没有读到"
    assert all(told in text for text in texts)
    assert any(told in remark for remark in written.remarks)
    assert all("请检查" not in text for text in texts), "what is circulated does not tell of our machines"


def test_sql_knows_it(dead: Home, notice: Notice):
    with open_snapshot(dead.published) as snapshot:
        rows = snapshot.execute(
            "SELECT source_path, is_silent, complete_until, line_complete_until, all_complete_until "
            "FROM marts.freshness($1)",
            [notice.id],
        ).fetchall()
        of_view = snapshot.execute("SELECT count(*) FROM marts.freshness").fetchone()
    assert rows == [
        ("教育厅收件", False, LATER, LATER, NOW),
        ("人社厅收件", True, NOW, NOW, NOW),
        ("表单导出", None, None, LATER, NOW),
    ]
    assert of_view == (3,)


def test_a_source_that_was_never_read_whole_leaves_nothing_complete(home: Home, notice: Notice, inbox: Path):
    (inbox / "人社厅收件").rename(inbox / "unmounted")
    (inbox / "人社厅收件").write_text("no folder")
    cycle.run(home, notice, inbox, NOW)
    fresh = ask_freshness(home.published, notice.id, NOW)
    assert fresh.complete_until == NOW, "a folder that nobody has made yet holds nothing back"


def test_what_could_not_be_taken_in_is_counted_beside_figures_and_circulated_without_its_name(
    finished: Home, notice: Notice, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    big = inbox / "教育厅收件" / "济南市教育局" / "录像.mp4"
    big.write_bytes(b"x" * 200_000)
    monkeypatch.setenv("NOTICES_MAX_FILE_BYTES", "100000")
    done = cycle.run(finished, notice, inbox, LATER)
    assert [one.partition("：")[0] for one in done["held"]] == ["教育厅收件/济南市教育局/录像.mp4"]
    fresh = ask_freshness(finished.published, notice.id, LATER)
    assert fresh.sentences() == ("有 1 个条目看到了而没能收下，不在内：教育厅收件/济南市教育局/录像.mp4",)
    assert fresh.sentences(is_public=True) == ("有 1 个条目看到了而没能收下，不在内",)
    assert ask_freshness(finished.published, notice.id, datetime(2020, 11, 12)).sentences() == ()


def test_what_an_older_program_published_is_a_sentence(finished: Home, notice: Notice, cli: Cli):
    finished.published.chmod(0o600)
    with open_file(finished.published) as connection:
        connection.execute("DROP VIEW marts.freshness CASCADE; DROP MACRO TABLE marts.freshness")
    said = cli("metrics", notice.id)
    assert said.status == 1
    assert "旧版程序发布的" in said.err
