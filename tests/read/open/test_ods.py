"""ods and XML Spreadsheet 2003 -> grid."""

import datetime as dt

import pytest

from pipelines.read.findings import FileRejected
from pipelines.read.grid import Marks, Span
from tests.read.open.files import ods, only_sheet, opened, zipped

STYLES = """
<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<number:number-style style:name="N1"><number:number number:display-factor="1000"/></number:number-style>
<number:number-style style:name="N2"><number:number/><number:text>万</number:text></number:number-style>
<style:style style:name="ce1" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="ce2" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="ce3" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="ce4" style:family="table-cell" style:parent-style-name="ce1"/>
<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style>
"""


def _text(content: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{content}</text:p></table:table-cell>'


def _number(value: str, attributes: str = "", kind: str = "float") -> str:
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}" {attributes}><text:p>x</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("cells", "row", "marks"),
    [
        pytest.param(_text("甲") + _number("300"), ["甲", 300.0], Marks(), id="values"),
        pytest.param('<table:table-cell office:value-type="date" office:date-value="2020-11-09"><text:p>9日</text:p></table:table-cell>', [dt.date(2020, 11, 9)], Marks(), id="date"),
        pytest.param(_text('<text:span text:style-name="T1">900</text:span>150'), ["150"], Marks(left_out={(0, 0): "900150"}), id="struck in part"),
        pytest.param(_text('200<text:span text:style-name="T2">1</text:span>'), ["200"], Marks(left_out={(0, 0): "2001"}), id="raised in part"),
        pytest.param(_text("旧", 'table:style-name="ce1"') + _number("900", 'table:style-name="ce4"'), ["", ""], Marks(struck=frozenset({(0, 0), (0, 1)}), left_out={(0, 0): "旧", (0, 1): "900"}), id="struck cells"),
        pytest.param(_number("12", 'table:style-name="ce2"') + _number("3", 'table:style-name="ce3"') + _number("0.5", kind="percentage"), [12.0, 3.0, 0.5], Marks(scaled={(0, 0): "0,", (0, 1): '0"万"', (0, 2): "0%"}), id="formats that multiply"),
        pytest.param(_text("甲<text:s text:c='2'/>乙<text:line-break/>丙"), ["甲  乙\n丙"], Marks(), id="spaces and line breaks"),
        pytest.param(_text('<text:a xlink:href="http://a.example.cn">看</text:a>'), ["看"], Marks(links={(0, 0): "http://a.example.cn"}), id="link"),
        pytest.param(_text("看", 'table:formula=\'of:=HYPERLINK("http://a.example.cn";"看")\''), ["看"], Marks(links={(0, 0): "http://a.example.cn"}), id="link formula"),
        pytest.param(_text("#REF!", 'table:formula="of:=#REF!"') + '<table:table-cell table:formula="of:=SUM([.A1])"/>', ["#REF!", "=SUM([.A1])"], Marks(errors={(0, 0): "#REF!", (0, 1): "=SUM([.A1])"}), id="errors"),
        pytest.param('<table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>活动</text:p></table:table-cell><table:covered-table-cell/>' + _text("尾"), ["活动", "", "尾"], Marks(spans=(Span(0, 0, 0, 1),)), id="merged"),
        pytest.param(_text("甲") + '<table:table-cell table:number-columns-repeated="3"/>' + _text("乙"), ["甲", "", "", "", "乙"], Marks(), id="repeated blanks"),
        pytest.param(_text("甲", 'table:number-columns-repeated="3"') + '<table:table-cell table:number-columns-repeated="16000"/>', ["甲", "甲", "甲"], Marks(), id="repeated values"),
        pytest.param('<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>甲</text:p></table:table-cell>', ["甲"], Marks(), id="comment"),
    ],
)  # fmt: skip
def test_cells(cells, row, marks) -> None:
    sheet = only_sheet(ods(f"<table:table-row>{cells}</table:table-row>", styles=STYLES), "a.ods")
    assert sheet.rows == [row]
    assert sheet.marks == marks


def test_rows_repeat_and_a_column_gives_its_style() -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="2"/><table:table-header-rows><table:table-row>'
        f"{_text('头')}</table:table-row></table:table-header-rows>"
        f'<table:table-row table:number-rows-repeated="2" table:visibility="collapse">{_text("甲")}{_text("乙")}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048571"><table:table-cell/></table:table-row>'
    )
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="ce1"/>'
    sheet = only_sheet(ods(rows, styles=STYLES, columns=columns), "a.ods")
    assert sheet.first_row == 3
    assert sheet.rows == [["头"], ["甲", ""], ["甲", ""]]
    assert sheet.marks.struck == {(1, 1), (2, 1)}


def test_a_hidden_sheet_is_skipped() -> None:
    content = ods(
        f"<table:table-row>{_text('甲')}</table:table-row>",
        styles=STYLES,
        attributes='table:style-name="ta1"',
    )
    assert opened(content, "a.ods").sheets == []


MANY = _text("甲", 'table:number-columns-repeated="16384"')


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(f'<table:table-row table:number-rows-repeated="1048576">{MANY}</table:table-row>', id="values"),
        pytest.param(f'<table:table-row>{_text("甲")}</table:table-row><table:table-row table:number-rows-repeated="99999999"/><table:table-row>{_text("乙")}</table:table-row>', id="blank rows"),
    ],
)  # fmt: skip
def test_what_nobody_fills_is_too_large(rows) -> None:
    with pytest.raises(FileRejected, match="too_large"):
        opened(ods(rows), "a.ods")


def test_a_locked_one_is_encrypted() -> None:
    content = zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"\x00\x01\x02",
            "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
        }
    )
    with pytest.raises(FileRejected, match="encrypted"):
        opened(content, "a.ods")


XML_2003 = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="d"/><Style ss:ID="s"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>
<Worksheet ss:Name="表"><Table>
<Row ss:Index="3"><Cell ss:Index="2" ss:MergeAcross="1"><Data ss:Type="String">活动</Data></Cell><Cell><Data ss:Type="Number">3</Data></Cell></Row>
<Row><Cell ss:Index="2" ss:StyleID="d"><Data ss:Type="DateTime">2020-11-09T00:00:00.000</Data></Cell>
<Cell ss:StyleID="s"><Data ss:Type="Number">900</Data></Cell>
<Cell ss:HRef="http://a.example.cn"><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">看<Sup>1</Sup></ss:Data></Cell>
<Cell ss:StyleID="p"><Data ss:Type="Number">0.5</Data></Cell><Cell ss:Formula="=RC[-1]*2"/>
<Cell ss:Formula="=#REF!"><Data ss:Type="Error">#REF!</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="藏"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"""


@pytest.mark.parametrize(("encoding", "codec"), [("UTF-8", "utf-8"), ("GB2312", "gb18030")])
def test_xml_spreadsheet_2003(encoding, codec) -> None:
    sheet = only_sheet(XML_2003.format(encoding=encoding).encode(codec), "a.xls")
    assert (sheet.name, sheet.first_row, sheet.first_column) == ("表", 3, 2)
    assert sheet.rows == [
        ["活动", "", 3.0],
        [dt.date(2020, 11, 9), "", "看", 0.5, "=RC[-1]*2", "#REF!"],
    ]
    assert sheet.marks == Marks(
        spans=(Span(0, 0, 0, 1),),
        errors={(1, 4): "=RC[-1]*2", (1, 5): "#REF!"},
        links={(1, 2): "http://a.example.cn"},
        struck=frozenset({(1, 1)}),
        left_out={(1, 1): "900", (1, 2): "看1"},
        scaled={(1, 3): "0%"},
    )
