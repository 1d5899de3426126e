"""Every filled cell is accounted for, whatever stands on a sheet; what is unread is noted, and nothing crashes.

NOTICES_FUZZ=20000 in the environment tries as many grids.
"""

import os
from collections import Counter
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.ground.settings import Settings
from pipelines.notice import load_notice
from pipelines.read.grid import Block, Content, Marks, Sheet, Span
from pipelines.read.names import Location
from pipelines.read.piece import Piece
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission

NOTICE = load_notice("sd-vocational-week-2020")
READER = Reader(NOTICE, Settings())
MATERIALS = ["序号", "活动日期", "材料类型", "标题", "活动类别", "县（市、区）", "参与人数（人）", "线上观看人次（万人次）", "链接", "备注"]  # fmt: skip
STATISTICS = ["单位名称", "活动场次", "参与学校数", "参与企业数", "参与学生人次", "参与教师人次", "参与群众人次", "线上参与人次", "媒体报道篇数"]  # fmt: skip
WORDS = ["稿件", "照片", "宣传活动", "主题推介", "历下区", "济南市教育局", "青岛市教育局", "全市", "合计", "本日小计", "其中：一科", "同上",
         "示例", "备注：无", "填表人：某", "零报告", "无", "-", "#REF!", "1,200", "约300人", "1.2万", "100\n200", "11月9日", "2020-11-10",
         "11.1", "11.8-11.10", "www.a.cn/b", "填报单位：济南市教育局", "单位：万人次", "某标题", " ", "\u200b", "说明"]  # fmt: skip
CELLS = st.one_of(
    st.just(""),
    st.sampled_from(WORDS + MATERIALS + STATISTICS),
    st.integers(-5, 50000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.just(date(2020, 11, 9)),
    st.just(datetime(2020, 11, 9, 8)),
    st.booleans(),
    st.none(),
    st.text(max_size=6),
)
HEADERS = st.sampled_from(
    [MATERIALS, MATERIALS[1:5], STATISTICS, ["", *MATERIALS], [*MATERIALS, "", *MATERIALS], MATERIALS[::-1]]
)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """A sheet of random rows with a header or two among them, and marks anywhere."""
    rows: list[list[object]] = draw(st.lists(st.lists(CELLS, max_size=14), max_size=12))
    for _ in range(draw(st.integers(0, 2))):
        rows.insert(draw(st.integers(0, len(rows))), list(draw(HEADERS)))
    places = st.tuples(st.integers(0, max(len(rows) - 1, 0)), st.integers(0, 13))
    spans = [
        Span(top, left, top + draw(st.integers(0, 3)), left + draw(st.integers(0, 3)))
        for top, left in draw(st.lists(places, max_size=2))
    ]
    marks = Marks(
        spans=tuple(spans),
        errors=dict.fromkeys(draw(st.lists(places, max_size=2)), "#REF!"),
        links=dict.fromkeys(draw(st.lists(places, max_size=2)), "http://a.cn/b"),
        struck=frozenset(draw(st.lists(places, max_size=2))),
        scaled=dict.fromkeys(draw(st.lists(places, max_size=2)), '0.0"万"'),
    )
    return Sheet(
        draw(st.sampled_from(["Sheet1", "填写说明", "表1", ""])),
        rows,  # type: ignore[arg-type]
        first_row=draw(st.integers(1, 3)),
        marks=draw(st.sampled_from([marks, Marks()])),
        is_typed=draw(st.booleans()),
        is_delimited=draw(st.booleans()),
    )


def read(content: Content, file_format: str) -> Submission:
    job = Job(
        "r", "education_folder", "教育厅收件/济南市教育局/某.xlsx", "", "0" * 64, 1, datetime(2020, 11, 9)
    )
    piece = Piece(job, Location.of(job.path, "教育厅收件", "education"), job.sha256, 1)
    return READER._files.read_content(piece, content, file_format)  # type: ignore[arg-type]


@settings(
    max_examples=int(os.environ.get("NOTICES_FUZZ", "150")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@example([Sheet("Sheet1", [["稿件", "活动日期", "材料类型"], ["零报告", "稿件"]])], "workbook")
@given(st.lists(sheets(), min_size=1, max_size=3), st.sampled_from(["workbook", "docx", "html", "text"]))
def test_roles_add_up_and_what_is_unread_is_noted(given_sheets: list[Sheet], file_format: str) -> None:
    content = Content(given_sheets, [Block("某通知")])
    found = read(content, file_format)
    assert found.outcome in ("read", "rejected", "attachment")
    if found.outcome != "read":
        return
    assert [account.sheet_number for account in found.accounts] == list(range(1, len(given_sheets) + 1))
    for sheet, account in zip(given_sheets, found.accounts, strict=True):
        assert sum(account.cells.values()) == count_seen(sheet)
        unread = account.cells.get("unread", 0)
        noted = [note.code for note in found.notes if note.sheet_number == account.sheet_number]
        assert not unread or any(code.startswith("unread_") for code in noted), (account, noted)
    numbers = Counter(
        (rows.sheet_number, rows.deliverable, row) for rows in found.sheets for row in rows.row_numbers
    )
    assert numbers is not None


def count_seen(sheet: Sheet) -> int:
    """Cells that show a person something, counted without the reader's own eyes."""
    unseen = set(
        " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\xad\u2060\ufeff"
    ) | {chr(one) for one in (*range(0x2000, 0x2010),)}
    return sum(
        cell is not None and not (isinstance(cell, str) and set(cell) <= unseen)
        for row in sheet.rows
        for cell in row
    )


@pytest.mark.parametrize(
    "name", ["value", "header", "number", "ignored", "total", "remark", "title", "declaration"]
)
def test_each_role_is_told(name: str) -> None:
    rows = [
        ["2020年活动日报"],
        ["填报单位：济南市教育局"],
        MATERIALS,
        [1, date(2020, 11, 9), "稿件", "某标题", "宣传活动", "", 100, 1.5, "", "已发"],
        ["合计", "", "", "", "", "", 100, 15000, "", ""],
        ["填表人：某", "", "", "", "", "", "", "", "", ""],
    ]
    found = read(Content([Sheet("Sheet1", rows)]), "workbook")  # type: ignore[arg-type]
    assert found.outcome == "read"
    expected = {"title": 1, "declaration": 1, "header": 10, "value": 6, "number": 1, "ignored": 1, "total": 3, "remark": 1}  # fmt: skip
    assert found.accounts[0].cells == expected
    assert name in expected


DATA = ["", date(2020, 11, 9), "稿件", "某标题", "宣传活动", "", 100]


@pytest.mark.parametrize(
    ("above", "noted"),
    [
        ([DATA], [("unread_row", 1)]),
        ([DATA, DATA], [("unread_table", None)]),
        ([["活动日报"], ["类型", "件数"], ["照片", 3], ["视频", 4], []], [("unread_table", None)]),
        ([["活动日报"], ["填报单位", "济南市教育局", "填报日期", date(2020, 11, 9)], ["联系人", "某", "电话", 86912345]], []),
        ([["活动日报", "", "2020年11月9日"], ["填报单位：济南市教育局", "", "日期：11月9日", "单位：人"]], []),
        ([["", "基本情况", "", "", "", "", "参与情况"]], []),
    ],
    ids=["row", "rows", "table", "labels", "lines", "groups"],
)  # fmt: skip
@pytest.mark.parametrize("is_delimited", [False, True])
def test_what_stands_above_a_header_is_a_title_or_noted(
    above: list[list[object]], noted: list[tuple[str, int | None]], is_delimited: bool
) -> None:
    rows = [*above, MATERIALS, DATA]
    found = read(Content([Sheet("Sheet1", rows, is_delimited=is_delimited)]), "workbook")  # type: ignore[arg-type]
    assert [(one.code, one.row) for one in found.notes if one.code.startswith("unread_")] == noted
