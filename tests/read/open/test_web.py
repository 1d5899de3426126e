"""Web pages, what Excel saves as xls, and pages saved as one file -> grid."""

import pytest

from pipelines.read.grid import Marks, Span
from tests.read.open.files import only_sheet, opened

STYLE = "<style>td{mso-number-format:'\\@'} .xl66{text-decoration:line-through;} .font7, .up {vertical-align:super}</style>"


def page(body: str) -> bytes:
    return f"<html><head>{STYLE}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("cell", "value", "marks"),
    [
        pytest.param("<td>甲\r\n  乙<br>丙</td>", "甲 乙\n丙", Marks(), id="white space as a browser shows it"),
        pytest.param("<td><p>甲</p><p>乙</p></td>", "甲\n乙", Marks(), id="paragraphs"),
        pytest.param("<td><s>900</s>150</td>", "150", Marks(left_out={(0, 0): "900150"}), id="struck in part"),
        pytest.param("<td><del>900</del></td>", "", Marks(struck=frozenset({(0, 0)}), left_out={(0, 0): "900"}), id="struck"),
        pytest.param("<td class=xl66>900</td>", "", Marks(struck=frozenset({(0, 0)}), left_out={(0, 0): "900"}), id="struck by a class"),
        pytest.param('<td><span style="text-decoration: line-through">9</span>1</td>', "1", Marks(left_out={(0, 0): "91"}), id="struck by a style"),
        pytest.param("<td>200<sup>1</sup></td>", "200", Marks(left_out={(0, 0): "2001"}), id="raised"),
        pytest.param('<td>200<font class="font7">1</font></td>', "200", Marks(left_out={(0, 0): "2001"}), id="raised by a class"),
        pytest.param('<td><a href="http://a.example.cn">看</a></td>', "看", Marks(links={(0, 0): "http://a.example.cn"}), id="link"),
        pytest.param("<td>#REF!</td>", "#REF!", Marks(errors={(0, 0): "#REF!"}), id="error"),
        pytest.param("<td>甲<!-- 注 -->乙</td>", "甲乙", Marks(), id="comment"),
        pytest.param("<td style='display:none'>甲</td>", "甲", Marks(), id="hidden"),
    ],
)  # fmt: skip
def test_cells(cell, value, marks) -> None:
    sheet = only_sheet(page(f"<table><tr>{cell}<td>尾</td></tr></table>"), "a.xls")
    assert sheet.rows == [[value, "尾"]]
    assert sheet.marks == marks


def test_spans() -> None:
    body = (
        "<table><tr><td rowspan=2>日期<td colspan=2>活动<td>尾<tr><td>甲<td>乙<td>丙"
        "<tr style='display:none'><td rowspan=0>1<td colspan='x'>2</table>"
    )
    sheet = only_sheet(page(body), "a.htm")
    assert sheet.rows == [["日期", "活动", "", "尾"], ["", "甲", "乙", "丙"], ["1", "2"]]
    assert set(sheet.marks.spans) == {Span(0, 0, 1, 0), Span(0, 1, 0, 2)}


def test_tables_have_numbers_and_the_text_above_them() -> None:
    body = "<h1>总结</h1><div>填报单位：甲</div><table><tr><td>外<table><tr><td>内</table><td>右</table>单位：万人次<table><caption>表三</caption><tr><td>三</table>"
    content = opened(page(body), "a.html")
    assert [(sheet.name, sheet.rows, sheet.above) for sheet in content.sheets] == [
        ("表1", [["外", "右"]], ["总结", "填报单位：甲"]),
        ("表2", [["内"]], []),
        ("表3", [["三"]], ["单位：万人次", "表三"]),
    ]


def test_spans_that_nobody_needs_are_cut() -> None:
    rows = "<tr><td rowspan=999999 colspan=999999>甲<tr><td>乙" * 50
    sheet = only_sheet(page(f"<table>{rows}</table>"), "a.htm")
    assert max(map(len, sheet.rows)) <= 3000
    assert sum("甲" in row for row in sheet.rows) + sum("乙" in row for row in sheet.rows) == 100


SAVED = """MIME-Version: 1.0
X-Document-Type: Workbook
Content-Type: multipart/related; boundary="b"

--b
Content-Location: file:///C:/a/tabstrip.htm
Content-Type: text/html; charset="gb2312"

<html><table><tr><td>Sheet1</table></html>
--b
Content-Location: file:///C:/a/sheet001.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="gb2312"

<html><table><tr><td>=B1=EA=CC=E2</table></html>
--b
Content-Location: file:///C:/a/sheet002.htm
Content-Type: text/html; charset="utf-8"

<html><table><tr><td>two</table></html>
--b--
"""


def test_a_saved_page() -> None:
    content = opened(SAVED.encode(), "a.mht")
    assert [(sheet.name, sheet.rows) for sheet in content.sheets] == [("表1", [["标题"]]), ("表2", [["two"]])]
