"""What looks like a person is in no byte of anything published, wherever it was typed; the unit and data staff still see it."""

import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from pipelines.ask.explorer_base import write_explorer
from pipelines.ask.export import export_marts
from pipelines.ask.figures import ask_files
from pipelines.ask.lake import publish_parquet
from pipelines.ask.place import PublishedPlace
from pipelines.ask.rows import ask_rows
from pipelines.ask.tracing import trace_file
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.report.write import write_bulletin
from pipelines.site.make import make_site
from pipelines.warehouse.likeness import mask_plainly
from pipelines.warehouse.masks import Masker, Masks
from tests.analysts.conftest import END, NOTICE_ID, World, open_world
from tests.analysts.test_privacy import _contents, _row, _write_book

NAME, PHONE, MAIL, IDENTITY = "尉迟试种", "19900007777", "sown-mail@example.com", "370102199001011234"
LATER = "澹台试种"
"""The name of a liaison whose plan arrives after files that name them."""
NEEDLES = (NAME, PHONE, MAIL, IDENTITY, LATER, "１９９００００８８８８", "0531-86868686")
HEADERS = [
    "活动日期",
    "材料类型",
    "标题",
    "活动类别",
    "县（市、区）",
    "参与人数",
    "链接",
    "备注",
    "随便一列" + PHONE,
]
GOOD = [
    "2020-11-09",
    "照片",
    f"开幕{PHONE}",
    "宣传活动",
    "历下区",
    30,
    f"https://www.example.com/{PHONE}",
    MAIL,
    NAME,
]


def _write_rows(path: Path, *rows: list[object], sheet: str = "日报", day: int = 10) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in [HEADERS, *rows]:
        book.active.append(row)
    book.save(path)
    moment = datetime(2020, 11, day, 1).timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything in every cell of a row that counts and of rows that go back, in file names, a sheet's name and a zip's member."""
    to = tmp_path_factory.mktemp("sown")
    inbox = to / "inbox" / "教育厅收件"
    plan = _row("济南市教育局", "good")
    _write_book(inbox / "济南市教育局" / "方案.xlsx", [*plan[:3], NAME, PHONE, MAIL])
    _write_rows(
        inbox / "济南市教育局" / f"日报-{NAME}-{PHONE}.xlsx",
        GOOD,
        ["2020-11-09", PHONE, IDENTITY, MAIL, "0531-86868686", f"约{PHONE}人", NAME, "", ""],
        ["１９９００００８８８８", "照片", f"{NAME}老师", f"{LATER}", PHONE, MAIL, IDENTITY, "", ""],
        sheet=f"联系{PHONE}",
    )
    member = to / f"{MAIL}日报.xlsx"
    _write_rows(member, ["2020-11-10", "视频", f"{LATER}讲职教故事", "主题推介", "", 5, "", "", ""])
    (inbox / "青岛市教育局").mkdir()
    with zipfile.ZipFile(inbox / "青岛市教育局" / f"日报{IDENTITY}.zip", "w") as archive:
        archive.write(member, member.name)
    os.utime(inbox / "青岛市教育局" / f"日报{IDENTITY}.zip", (datetime(2020, 11, 10, 2).timestamp(),) * 2)
    home = Home(to / "home")
    open_world(to / "inbox", home, datetime(2020, 11, 12)).connection.close()
    late = _row("青岛市教育局", "good")
    _write_book(inbox / "青岛市教育局" / "方案.xlsx", [*late[:3], LATER, "19900009999", "later@example.com"])
    os.utime(inbox / "青岛市教育局" / "方案.xlsx", (datetime(2020, 11, 13).timestamp(),) * 2)
    world = open_world(to / "inbox", home)
    yield world
    world.connection.close()


def _find(content: bytes) -> list[str]:
    text = content.decode("utf-8", "ignore")
    return [
        needle
        for needle in NEEDLES
        if needle in text
        or any(needle.encode(one) in content for one in ("utf-16-le", "gb18030", "unicode_escape"))
    ]


def test_they_were_sown(sown: World) -> None:
    """Else the search below would look for what never was there."""
    found = {text for _, content in _contents(sown.inbox) for text in _find(content)}
    assert found >= {NAME, PHONE, MAIL, LATER, "0531-86868686"}
    kept = {text for _, content in _contents(sown.home.private.parent) for text in _find(content)}
    assert kept == set(NEEDLES)
    (row,) = sown.rows(
        "SELECT count(*) AS n, sum(participants)::INTEGER AS people FROM marts.materials WHERE notice_id = $notice"
    )
    assert (row["n"], row["people"]) == (2, 35), "what is masked counts as before"


def test_nothing_published_holds_them(sown: World, tmp_path: Path) -> None:
    notice = load_notice(NOTICE_ID)
    export_marts(sown.home.published, notice, END, tmp_path / "export")
    export_marts(sown.home.published, notice, END, tmp_path / "own city", "370100")
    write_bulletin(sown.home.published, notice, "final", END, tmp_path / "bulletin")
    write_explorer(sown.home.published, notice, tmp_path / "marts.db")
    publish_parquet(sown.home.published, notice, END, PublishedPlace(str(tmp_path / "parquet")))
    make_site(sown.home, notice, tmp_path / "site", END)
    for made in ("own city", "bulletin", "marts.db", "parquet", "site"):
        assert any(tmp_path.glob(made)), made
    searched = 0
    for folder in (tmp_path, sown.home.published.parent):
        for name, content in _contents(folder):
            assert _find(content) == [], name
            assert _find(name.encode()) == [], name
            searched += 1
    assert searched > 100


def test_data_staff_see_what_was_received(sown: World) -> None:
    files = ask_files(sown.home.published, NOTICE_ID, sown.home.masks)
    path = f"教育厅收件/济南市教育局/日报-{NAME}-{PHONE}.xlsx"
    assert path in {row[0] for row in files.rows}
    assert all("〔" not in str(row[0]) for row in files.rows)
    rows = ask_rows(
        sown.home.published, sown.home.private, sown.home.masks, load_notice(NOTICE_ID), "materials"
    )
    assert f"开幕{PHONE}" in {row[rows.columns.index("title")] for row in rows.rows}
    traced = trace_file(sown.home.published, NOTICE_ID, path, END, sown.home.masks)
    assert len(traced.submissions.rows) == 1
    (mask,) = sown.rows("SELECT path FROM marts.files WHERE notice_id = $notice AND path LIKE '%济南%日报%'")
    assert mask["path"].count("〔") == 2


def test_the_unit_sees_what_it_wrote(sown: World) -> None:
    (book,) = (sown.home.returns(NOTICE_ID)).rglob("*济南市教育局*/*.xlsx")
    cells = {
        str(cell)
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }
    assert PHONE in cells
    assert not any("〔电话" in cell for cell in cells)


def test_whoever_may_not_open_it_sees_tokens(tmp_path: Path) -> None:
    masks = Masks(tmp_path / "none" / "masks.sqlite")
    assert masks.mask_asked(NOTICE_ID, f"日报{PHONE}.xlsx") == f"日报{PHONE}.xlsx"
    token = "〔电话" + "0" * 12 + "〕"
    assert masks.revealer().reveal(token) == token
    assert not (tmp_path / "none").exists()


def test_tokens_stay_and_are_put_back(tmp_path: Path) -> None:
    masks = Masks(tmp_path / "masks.sqlite")
    masker = masks.masker(NOTICE_ID)
    told = masker.mask(f"{PHONE}，{MAIL}")
    masks.keep(masker)
    assert PHONE not in told
    assert MAIL not in told
    assert masks.masker().mask(f"{PHONE}，{MAIL}") == told
    assert masks.revealer().reveal([told, None]) == [f"{PHONE}，{MAIL}", None]
    (tmp_path / "masks.sqlite").write_bytes(b"no database at all" * 100)
    assert masks.is_damaged()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("电话13812345678。", "电话〔电话〕。", id="mobile"),
        pytest.param("+86 138 1234 5678", "〔电话〕", id="mobile with blanks"),
        pytest.param("(0531)86868686", "〔电话〕", id="landline"),
        pytest.param("370102199001011234", "〔证件〕", id="identity"),
        pytest.param("找zhang.san@example.com", "找〔邮箱〕", id="mail"),
        pytest.param("2020-11-09 10:00:00", "2020-11-09 10:00:00", id="moment"),
        pytest.param("20201109001", "20201109001", id="number"),
        pytest.param("更正/15702117684a9316d4f4.xlsx", "更正/15702117684a9316d4f4.xlsx", id="digest"),
        pytest.param("更正/15702117684zhang.xlsx", "更正/〔电话〕zhang.xlsx", id="mobile before letters"),
        pytest.param("15702117684a9316d4f4@example.com", "〔邮箱〕", id="mail that begins like a digest"),
        pytest.param("参与1234567人，观看12345678901次", "参与1234567人，观看12345678901次", id="counts"),
    ],
)
def test_patterns(text: str, masked: str) -> None:
    assert mask_plainly(text) == masked


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        pytest.param("王伟同志先进事迹", True, id="word behind"),
        pytest.param("联系人王伟到场", True, id="word before"),
        pytest.param("日报-王伟.xlsx", True, id="alone"),
        pytest.param("王伟大桥", False, id="part of a word"),
        pytest.param("欧阳小明讲话", True, id="longer name anywhere"),
    ],
)
def test_names_of_two_characters_are_masked_where_they_are_names(text: str, is_masked: bool) -> None:
    masker = Masker(b"k" * 32, frozenset({"王伟", "欧阳小明"}))
    table = masker.mask_table(pa.table({"title": [text, None], "submission_id": ["13812345678", text]}))
    assert ("〔姓名" in table.column("title")[0].as_py()) is is_masked
    assert table.column("submission_id").to_pylist() == ["13812345678", text]
    assert set(masker.found.values()) == (
        {"王伟"} if "王伟" in text and is_masked else masker.found.keys() and {"欧阳小明"}
    )
