"""What looks like a person is in no byte of anything published, wherever it was typed; the unit and data staff still see it."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from docx import Document
from PIL import Image

from pipelines.ask.explorer_base import write_explorer
from pipelines.ask.export import export_marts
from pipelines.ask.feed import read_feed
from pipelines.ask.figures import ask_files
from pipelines.ask.lake import publish_parquet
from pipelines.ask.place import PublishedPlace
from pipelines.ask.rows import ask_rows
from pipelines.ask.tracing import trace_file
from pipelines.bulletin.extract import Extracts
from pipelines.decide import take
from pipelines.decide.given import Asked, Given
from pipelines.decide.journal import write_decisions
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.media.refresh import refresh
from pipelines.notice import Notice, load_notice
from pipelines.recommend.issue import issue
from pipelines.report.write import write_bulletin
from pipelines.select.chosen import read_chosen
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from pipelines.site.make import make_site
from pipelines.warehouse.lake.commit import commit_snapshot
from pipelines.warehouse.lake.place import find_place
from pipelines.warehouse.likeness import mask_plainly
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import open_snapshot
from tests.analysts.conftest import END, NOTICE_ID, World, open_world
from tests.analysts.test_privacy import _contents, _file_contents, _row, _write_book
from tests.media.chosen_items import notice_with

NAME, PHONE, MAIL, IDENTITY = "尉迟试种", "19900007777", "sown-mail@example.com", "370102199001011234"
ARTIST = 0x013B
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


def _write_belongings(folder: Path) -> None:
    """What belongs to the row that counts: who took or wrote it stands in names, in the text, and where no reader looks."""
    exif = Image.Exif()
    exif[ARTIST] = MAIL
    Image.new("RGB", (400, 300), "teal").save(folder / f"开幕{PHONE}.jpg", exif=exif)
    Image.new("RGB", (300, 400), "red").save(folder / f"开幕{PHONE}{NAME}.jpg")
    for name, line, author in (
        ("侧记", f"{NAME}，{PHONE}，{MAIL}，{IDENTITY}", ""),
        ("纪实", "校门打开。", NAME),
    ):
        document = Document()
        document.add_paragraph(line)
        document.core_properties.author = author
        document.save(str(folder / f"开幕{PHONE}{name}.docx"))
    for path in folder.glob("开幕*"):
        os.utime(path, (datetime(2020, 11, 10, 1).timestamp(),) * 2)


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
    _write_belongings(inbox / "济南市教育局")
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
    inside = (sown.home.private, sown.home.masks)
    kept = {text for path in inside for _, content in _file_contents(path) for text in _find(content)}
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


@pytest.fixture
def selected(sown: World, tmp_path: Path) -> tuple[Home, Notice, datetime]:
    """A copy in which all that counts is chosen and cleared for the public."""
    home, notice = Home(tmp_path / "home"), notice_with()
    shutil.copytree(sown.home.path, home.path)
    paths = [row["path"] for row in sown.rows("FROM marts.materials WHERE notice_id = $notice ORDER BY path")]
    reveal = Masks(home.masks).revealer().reveal
    for path in map(reveal, paths):
        asked = Asked("select", "生动", "wang", END + timedelta(minutes=1))
        with write_decisions(home, NOTICE_ID) as journal:
            journal.keep(
                take._draft(home, notice, journal.decisions, asked, Given(path=path, row=2, publishable=True))
            )
    at = END + timedelta(minutes=9)
    take.bring_into_effect(home, notice, at)
    return home, notice, at


def _assert_told_as_decisions(before: World, home: Home) -> None:
    """Other systems hear of what was selected in the change feed; no cell was corrected by it."""
    cells = "SELECT count(*) FROM marts.corrections"
    with open_snapshot(home.published) as snapshot:
        told = [row for batch in read_feed(snapshot, 0)[1] for row in batch.to_pylist()]
        kinds = [json.loads(row["row_after"])["kind"] for row in told if row["relation"] == "decisions"]
        assert kinds == ["select", "select"]
        assert snapshot.execute(cells).fetchone() == before.connection.execute(cells).fetchone()


def test_nothing_that_is_selected_takes_them_along(
    sown: World, selected: tuple[Home, Notice, datetime], tmp_path: Path
) -> None:
    """Feeds, packages for media and for the ministry, the special website, extracts with a bulletin."""
    home, notice, at = selected
    _assert_told_as_decisions(sown, home)
    items = read_chosen(home, notice, at, publishable=True)
    assert len(items) == 2
    assert max(len(one.originals) for one in items) == 5, "the table, two pictures, two articles"
    refresh(home, notice, items, at)
    to = tmp_path / "published"
    (to / "shelf").mkdir(parents=True)
    connection = Connection("shelf_fs", "fs", extra={"path": str(to / "shelf")})
    with Pushes(home.pushes) as pushes:
        assert push_due(pushes, notice.id, lambda: at, lambda _: connection).reasons == []
    issue(home, notice, items, at, to / "recommended", at, False)
    assert len(make_site(home, notice, to / "site", at).site.materials) == 2
    given = notice.bulletins.model_copy(update={"extracts_to": ("city_education_bureau",)})
    extract, _ = Extracts(home, notice.model_copy(update={"bulletins": given}), at).for_unit("EDU-3701")
    assert extract
    (to / "extract.xlsx").write_bytes(extract.content)
    found = [
        (name, needles)
        for folder in (to, home.feeds(notice.id), home.published.parent)
        for name, content in _contents(folder)
        if (needles := _find(content) + _find(name.encode()))
    ]
    assert found == []
    packed = {name.rpartition("!")[2] for name, _ in _contents(to)}
    assert packed >= {"feed.atom", "feed.json", "manifest.json", "metadata.json", "word/document.xml"}


@pytest.mark.skipif(
    not (find_spec("duckdb_extension_ducklake") and find_spec("duckdb_extension_sqlite_scanner")),
    reason="the extra `lake` is not installed",
)
def test_the_lake_holds_none(sown: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its rows nor its catalogue, which keeps the least and greatest of each column."""
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{tmp_path / 'catalogue.sqlite'}")
    place = find_place(sown.home)
    assert place
    assert commit_snapshot(place, sown.home.published)
    contents = dict(_contents(tmp_path))
    assert any("〔电话".encode() in content for content in contents.values()), "the rows are there"
    assert {name: _find(content) for name, content in contents.items() if _find(content)} == {}


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
