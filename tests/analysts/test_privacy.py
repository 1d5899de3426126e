"""No personal data leaves the loader's private file: planted liaisons are in no byte of anything that is handed out."""

import html
import io
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from pipelines.ground.home import Home
from pipelines.warehouse.snapshot import open_snapshot
from tests.analysts.conftest import NOTICE_ID, World, open_world
from tests.analysts.test_notebook import export_html

HEADER = ["单位名称", "方案标题", "专栏网址", "联络员", "手机", "邮箱"]
URL = "https://www.example.edu.cn/zyz"
PLANTED = {
    "good": ("尉迟测试甲", "19900001111", "planted-one@example.com"),
    "bad phone": ("尉迟测试乙", "1990000222X", "planted-two@example.com"),
    "bad mail": ("尉迟测试丙", "19900003333", "planted-three#example.com"),
    "bad address": ("尉迟测试丁", "0531-19900044", "planted-four@example.com"),
    "zipped": ("尉迟测试戊", "19900005555", "planted-five@example.com"),
    "corrected": ("尉迟测试己", "19900006666", "planted-six@example.com"),
}
NEEDLES = [text for person in PLANTED.values() for text in person]


def _row(unit: str, person: str, url: str = URL) -> list[str]:
    return [unit, f"{unit}活动周方案", url, *PLANTED[person]]


def _write_book(path: Path, *rows: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(path)
    moment = datetime(2020, 11, 4, 12).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    to = tmp_path_factory.mktemp("planted")
    inbox = to / "inbox" / "教育厅收件"
    _write_book(inbox / "济南市教育局" / "方案.xlsx", _row("济南市教育局", "good"))
    _write_book(inbox / "济南市教育局" / "方案更正.xlsx", _row("济南市教育局", "corrected"))
    _write_book(inbox / "青岛市教育局" / "方案.xlsx", _row("青岛市教育局", "bad phone"))
    _write_book(inbox / "淄博市教育局" / "方案.xlsx", _row("淄博市教育局", "bad mail"))
    _write_book(inbox / "枣庄市教育局" / "方案.xlsx", _row("枣庄市教育局", "bad address", "没有网址"))
    member = _write_book(to / "方案.xlsx", _row("东营市教育局", "zipped"))
    (inbox / "东营市教育局").mkdir()
    with zipfile.ZipFile(inbox / "东营市教育局" / "方案.zip", "w") as archive:
        archive.write(member, "方案.xlsx")
    world = open_world(to / "inbox", Home(to / "home"))
    yield world
    world.connection.close()


def test_the_private_file_holds_them_and_the_plans_were_read(planted: World) -> None:
    """Else the tests below would search for what never was there."""
    with duckdb.connect(planted.home.private, read_only=True) as private:
        contacts = private.execute(
            "SELECT contact_name, contact_phone, contact_email FROM contacts"
        ).fetchall()
        values = {row[0] for row in private.execute("SELECT value FROM verdict_values").fetchall()}
    assert sorted(contacts) == sorted(PLANTED.values())
    assert values == {"1990000222X", "planted-three#example.com"}
    states = planted.rows(
        "SELECT state, count(*) AS files FROM marts.files WHERE notice_id = $notice GROUP BY ALL ORDER BY ALL"
    )
    assert states == [{"state": "accepted", "files": 3}, {"state": "rejected", "files": 3}]


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's bytes, and what is packed into zips, workbooks, documents, Parquet files and DuckDB files."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _file_contents(path)


def _file_contents(path: Path) -> Iterator[tuple[str, bytes]]:
    yield from _unpacked(path.name, path.read_bytes())
    if path.suffix == ".parquet":
        yield f"{path.name} unpacked", repr(pq.read_table(path).to_pydict()).encode()
    elif path.suffix == ".duckdb":
        yield from _relations(path)


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes, and those of all members at every depth; of XML also the text alone, whose words may stand in several runs."""
    yield name, content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _unpacked(f"{name}!{member}", archive.read(member))
    elif name.endswith((".xml", ".rels")):
        yield f"{name} text", re.sub(rb"<[^>]*>", b"", content)


def _relations(path: Path) -> Iterator[tuple[str, bytes]]:
    with open_snapshot(path) as connection:
        for schema, name in connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall():
            rows = connection.execute(f'FROM "{schema}"."{name}"').fetchall()
            yield f"{path.name} {schema}.{name}", repr(rows).encode()


def _find(content: bytes) -> list[str]:
    spellings = ("utf-8", "utf-16-le", "gb18030", "unicode_escape")
    spelt_out = html.unescape(content.decode("utf-8", "ignore"))
    return [
        text
        for text in NEEDLES
        if text in spelt_out or any(text.encode(spelling) in content for spelling in spellings)
    ]


def test_the_search_finds_what_is_planted(planted: World) -> None:
    """The same search over the inbox and the private file finds each of them, packed or not."""
    found = {text for _, content in _contents(planted.inbox) for text in _find(content)}
    assert found >= {text for person, texts in PLANTED.items() if person != "zipped" for text in texts}
    found = {text for _, content in _file_contents(planted.home.private) for text in _find(content)}
    assert found == set(NEEDLES)


def test_nothing_handed_out_holds_them(planted: World) -> None:
    """Every relation of the snapshot, of which test_masks.py makes all that is handed out besides."""
    searched = 0
    for folder in (planted.home.published.parent, planted.home.path / "quality"):
        assert any(folder.rglob("*")), folder
        for name, content in _contents(folder):
            assert _find(content) == [], name
            searched += 1
    assert searched > 40


@pytest.fixture(scope="module")
def unopened(planted: World, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same home, of which no snapshot is open in this process: `sql` wants to be alone with its settings."""
    home = Home(tmp_path_factory.mktemp("unopened") / "home")
    shutil.copytree(planted.home.path, home.path)
    return home


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("files", NOTICE_ID, "--format", "csv"), id="files"),
        pytest.param(("trace", NOTICE_ID, "--city", "370200", "--figure", "missing"), id="figure"),
        pytest.param(("trace", NOTICE_ID, "--file", "教育厅收件/青岛市教育局/方案.xlsx"), id="file"),
        pytest.param(("sql", "FROM raw.plans", "--format", "csv"), id="plans"),
        pytest.param(("sql", "FROM raw.verdicts", "--format", "csv"), id="verdicts"),
        pytest.param(("changes", NOTICE_ID, "--since", "2020-11-01", "--format", "json"), id="changes"),
    ],
)
def test_no_command_prints_them(
    unopened: Home,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In this process: what a command logs is looked at beside what it prints."""
    monkeypatch.setattr(sys, "argv", ["notices", "--home", str(unopened.path), *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    printed = "".join((*capsys.readouterr(), caplog.text)).encode("utf-8", "surrogateescape")
    assert not end.value.code
    assert len(printed) > 100
    assert _find(printed) == []


@pytest.mark.slow
def test_the_notebook_does_not_show_them(planted: World, tmp_path: Path) -> None:
    page = export_html(planted, tmp_path / "analysis.html")
    assert "谁落后" in page
    assert _find(page.encode("utf-8", "replace")) == []
