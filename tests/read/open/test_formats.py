"""What a file is, by its bytes."""

import pytest

from pipelines.read.findings import FileRejected
from pipelines.read.open import detect_format, suffix_of
from tests.read.open.files import docx, ods, opened, xls, xlsb, xlsx, zipped

LETTER = b"From: a@example.cn\r\nTo: b@example.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nhello"
XLSX = xlsx(lambda _, sheet: sheet.write(0, 0, "x"))
ODT = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        pytest.param(b"", "a.xlsx", "empty", id="empty"),
        pytest.param(XLSX, "a.doc", "workbook", id="xlsx under another suffix"),
        pytest.param(xlsb(), "a.xlsb", "workbook", id="xlsb"),
        pytest.param(xls(lambda _, sheet: sheet.write(0, 0, "x")), "a.et", "workbook", id="xls"),
        pytest.param(ods(""), "a.ods", "workbook", id="ods"),
        pytest.param(docx(""), "a.wps", "docx", id="docx"),
        pytest.param(ODT, "a.odt", "odt", id="odt"),
        pytest.param(zipped({"Index/Document.iwa": "x", "Metadata/P.plist": "x"}), "a.numbers", "numbers", id="numbers"),
        pytest.param(zipped({"Index/Document.iwa": "x"}), "a.pages", "media", id="pages"),
        pytest.param(zipped({"a.txt": "x"}), "a.xlsx", "zip", id="zip"),
        pytest.param(XLSX[:500], "a.xlsx", "broken_office", id="cut off"),
        pytest.param(XLSX[:500], "a.zip", "zip", id="cut off archive"),
        pytest.param(b"Rar!\x1a\x07\x00", "a.rar", "foreign_archive", id="rar"),
        pytest.param(b"%PDF-1.4", "a.doc", "pdf", id="pdf"),
        pytest.param(b"{\\rtf1 x}", "a.doc", "rtf", id="rtf"),
        pytest.param(b"ID;PWXL;N;E\r\nC;Y1;X1;K\"x\"\r\nE", "a.slk", "slk", id="slk"),
        pytest.param(b"ID;PWXL,1\r\n1,2", "a.csv", "text", id="csv that begins like slk"),
        pytest.param(b"<html xmlns:x='urn:schemas-microsoft-com:office:spreadsheet'><table>", "a.xls", "html", id="html saved as xls"),
        pytest.param(b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "a.xls", "spreadsheet_xml", id="xml 2003"),
        pytest.param(LETTER, "a.eml", "mail", id="mail"),
        pytest.param(LETTER, "a", "mail", id="mail without a suffix"),
        pytest.param(b"From: <Saved by Blink>\r\nSnapshot-Content-Location: x\r\nMIME-Version: 1.0\r\n\r\n", "a", "mht", id="mht of a browser"),
        pytest.param(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "a.xls", "mht", id="mht of Excel"),
        pytest.param("日期：11月9日\n标题：甲".encode(), "a.txt", "prose_text", id="text"),
        pytest.param("日期,标题".encode("gb18030"), "a.csv", "text", id="csv"),
        pytest.param("日期,标题".encode("utf-16"), "a.xls", "text", id="text named xls"),
        pytest.param(bytes(range(256)), "a.xlsx", "unknown", id="unknown"),
        pytest.param(bytes(range(256)), "a.psd", "media", id="unknown picture"),
    ],
)  # fmt: skip
def test_detect_format(content, name, kind) -> None:
    assert detect_format(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        pytest.param(b"", "a.xlsx", "unreadable", id="empty"),
        pytest.param(XLSX[:-200], "a.xlsx", "unreadable", id="cut off"),
        pytest.param(bytes(range(256)), "a.xlsx", "unreadable", id="unknown"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", "a.7z", "unreadable", id="7z"),
        pytest.param(zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x"}), "a.docx", "unreadable", id="broken XML"),
        pytest.param(zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "a.xlsx", "unreadable", id="workbook without anything"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_so(content, name, reason) -> None:
    with pytest.raises(FileRejected, match=reason):
        opened(content, name)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("日报11.9", ""), ("日报.XLSX", ".XLSX"), (".xls", ""), ("表.numbers", ".numbers"), ("无后缀", "")],
)
def test_suffix_of(name, suffix) -> None:
    assert suffix_of(name) == suffix
