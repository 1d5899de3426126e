"""Files made to hurt: each costs no more than its size, and says what is wrong. (That nothing hangs, the suite's own limit tells.)"""

import pytest

from pipelines.read.findings import FileRejected
from tests.read.open.files import docx, ods, only_sheet, opened, raw_xlsx, run, table, zipped

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


HONEST = (None, "unreadable", "too_large")
"""What may come of such a file; that it comes at all is what is tested."""


def reason(content: bytes, name: str) -> str | None:
    try:
        opened(content, name)
    except FileRejected as rejection:
        return rejection.reason
    return None


@pytest.mark.parametrize(
    "prefix", [pytest.param(BOMB, id="entities"), pytest.param(OUTSIDE, id="a file of ours")]
)
def test_entities_are_never_expanded(prefix) -> None:
    name = "c" if prefix is BOMB else "f"
    body = f'{prefix}<w:document xmlns:w="w"><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>x&{name};y</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>'
    content = zipped({"[Content_Types].xml": "<x/>", "word/document.xml": body})
    try:
        rows = only_sheet(content, "a.docx").rows
    except FileRejected:
        return
    assert rows in ([["x"]], [["xy"]])


HTML = [
    pytest.param("<style>" + "a" * 300_000 + "</style>", id="style without braces"),
    pytest.param("<style>" + "{" * 300_000 + "</style>", id="style of braces"),
    pytest.param("<a href=" * 100_000, id="open links"),
    pytest.param("<div>" * 100_000, id="deep"),
    pytest.param("<table><tr><td>" * 100_000, id="tables in tables"),
    pytest.param("<td>" * 30_000, id="cells without a table"),
    pytest.param("<table>" + "<tr><td rowspan=65534 colspan=1000>" * 8_000, id="wide and tall"),
    pytest.param("<table><tr>" + "<td colspan=1000>" * 10_000, id="wide"),
    pytest.param("<?xml " + " " * 300_000 + "<table>", id="declaration without an end"),
    pytest.param(" " * 300_000 + "<table><tr><td>1", id="white space"),
    pytest.param("<table><tr><td>" + "<s>" * 100_000 + "1", id="struck deep"),
]


@pytest.mark.parametrize("body", HTML)
def test_pages(body) -> None:
    assert reason(b"<html>" + body.encode(), "a.htm") in HONEST


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(raw_xlsx('<row r="1"><c r="A1"><f>1</f></c></row><row r="200000"><c r="XFD200000"><f>1</f></c></row>'), id="cells far apart"),
        pytest.param(raw_xlsx("".join(f'<row r="{row}"><c r="{chr(90 - row % 26)}{row}"><f>1</f></c></row>' for row in range(1, 5000))), id="cells ever further left"),
        pytest.param(raw_xlsx('<row r="1"><c r="B2"><v>1</v></c></row>', after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 20_000 + "</mergeCells>"), id="merges over one another"),
        pytest.param(raw_xlsx('<row r="1"><c r="A1"><f>' + " " * 300_000 + "</f></c></row>"), id="formula of white space"),
        pytest.param(raw_xlsx('<row r="1"><c r="A1" s="0"><v>1</v></c></row>', styles=f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 300_000}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'), id="number format of brackets"),
        pytest.param(raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', after="<a>" * 5000), id="deep XML"),
        pytest.param(ods('<table:table-row table:number-rows-repeated="x"><table:table-cell table:number-columns-repeated="-5" office:value-type="float" office:value="nan"/></table:table-row>'), id="ods with odd numbers"),
        pytest.param(docx(table(["甲"] * 3) + "<w:sdt><w:sdtContent>" * 3000), id="deep document"),
        pytest.param(docx("<w:tbl><w:tr>" + '<w:tc><w:tcPr><w:gridSpan w:val="999999999999"/></w:tcPr></w:tc>' * 1000 + "</w:tr></w:tbl>"), id="wide document"),
        pytest.param(docx(table([run("甲", '<w:rStyle w:val="a"/>')]), styles='<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style>'), id="style based on itself"),
    ],
)  # fmt: skip
def test_office_files(content) -> None:
    name = "a.docx" if b"word/document.xml" in content else "a.xlsx"
    assert reason(content, name) in HONEST


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"{\\rtf1" + b"{" * 300_000, "a.rtf", id="rtf of braces"),
        pytest.param(b"{\\rtf1" + b"\\'" * 200_000, "a.rtf", id="rtf of quotes"),
        pytest.param(b"ID;P\n" + b';K"' * 200_000, "a.slk", id="slk of quotes"),
        pytest.param(b'="' * 200_000, "a.csv", id="csv of formulas"),
        pytest.param(b'"' * 300_001, "a.csv", id="csv of quotes"),
        pytest.param(b'="' + b'""' * 100_000 + b",1", "a.csv", id="csv text that never ends"),
        pytest.param(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + b"--b\n" * 20_000, "a.mht", id="page of many parts"),
        pytest.param(b"From: a@b\nTo: c\n" + b"a" * 300_000, "a.csv", id="letter without an end"),
    ],
)  # fmt: skip
def test_texts(content, name) -> None:
    assert reason(content, name) in HONEST
