"""Addresses from a spreadsheet: kept in the home alone, used until a plan names one, and never published."""

import sqlite3
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.registry.contacts import read_contacts
from pipelines.registry.journal import read_registry
from pipelines.send.addresses import find_mailboxes
from tests.cli.conftest import Cli, cli
from tests.conftest import NOTICE_ID

__all__ = ["cli"]
ROWS = [
    ["各单位邮箱", None, None],
    ["序号", "单位名称", "邮箱"],
    [1, "济南市教育局", "jinan@example.org"],
    [2, "EDU-3702", " qingdao＠example.org "],
    [3, "某某大学", "nobody@example.org"],
    [4, "淄博市教育局", "不知道"],
    [5, "枣庄市教育局", None],
    [None, None, None],
]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book, path = openpyxl.Workbook(), tmp_path / "邮箱.xlsx"
    for row in ROWS:
        book.active.append(row)
    book.save(path)
    return path


def test_what_is_read_and_what_is_not(sheet: Path, notice: Notice) -> None:
    found = read_contacts(notice, sheet)
    assert found.addresses == {"EDU-3701": "jinan@example.org", "EDU-3702": "qingdao@example.org"}
    assert found.problems == ["第 5 行“某某大学”：名册里没有这个单位", "第 6 行“淄博市教育局”：邮箱写得不对"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_too(encoding: str, notice: Notice, tmp_path: Path) -> None:
    path = tmp_path / "邮箱.csv"
    path.write_bytes("单位,电子邮箱\n济南市教育局,jinan@example.org\n".encode(encoding))
    assert read_contacts(notice, path).addresses == {"EDU-3701": "jinan@example.org"}


def test_a_sheet_without_such_columns_is_refused(notice: Notice, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("姓名,电话\n甲,1\n", "utf-8")
    with pytest.raises(NoticesError, match="单位名称"):
        read_contacts(notice, path)


def test_imported_addresses_are_used_and_not_published(
    cli: Cli, sheet: Path, notice: Notice, home: Home
) -> None:
    before = len(cli("contacts", "list", NOTICE_ID).out.splitlines())
    done = cli("contacts", "import", NOTICE_ID, sheet)
    assert done.status == 1, "two lines were left out, and said"
    assert "导入 2 个单位的邮箱" in done.out
    assert "example.org" not in done.out + done.err
    assert len(cli("contacts", "list", NOTICE_ID).out.splitlines()) == before - 2
    assert f"{before - 2} 个要报送的单位没有邮箱" in cli("check", NOTICE_ID).out
    found = find_mailboxes(home, notice, datetime(2020, 11, 1))
    assert {code: (box.address, source) for code, (box, source) in found.items()} == {
        "EDU-3701": ("jinan@example.org", "imported"),
        "EDU-3702": ("qingdao@example.org", "imported"),
    }
    (kept,) = (
        sqlite3.connect(home.registry / "registry.sqlite")
        .execute("SELECT count(*) FROM addresses")
        .fetchone()
    )
    assert kept == 2
    published = [str(table.to_pylist()) for table in read_registry(home.registry).values()]
    assert published
    assert not any("example.org" in one for one in published)
