"""Formats are told from the content; the suffix lies as often as not."""

import io
import struct
from datetime import date

import olefile
import xlwt

from pipelines.sample.broken import write_encrypted_office, write_noise
from pipelines.sample.documents import write_pdf
from tests.read.habits.case import IGNORED, accepted, attachment, material, materials, one, rejected
from tests.read.habits.word_binary import write_compound
from tests.read.habits.write import biff, photo, text, web, zipped
from tests.read.habits.write import word_later as word
from tests.read.habits.write import xlsx_later as xlsx

_DAY = {
    "activity_date": date(2020, 11, 9),
    "county": "历下区",
    "participants": 300,
    "participants_state": "number",
}
_ONE = accepted(1, values=[_DAY])
_UNREADABLE = rejected("unreadable")
_UTF16 = text(materials(), "utf-16-le")
_BIG_ENDIAN = b"\xfe\xff" + text(materials(), "utf-16-be")


def _with_password(rows: list[list[object]]) -> bytes:
    """A binary workbook whose second record says that all after it is encrypted."""
    book = xlwt.Workbook()
    book.add_sheet(str(rows[1][2])[:8])
    book.save(stream := io.BytesIO())
    with olefile.OleFileIO(stream) as ole:
        content = ole.openstream("Workbook").read()
    return write_compound(
        {"Workbook": content[:20] + struct.pack("<HHHHH", 0x2F, 50, 1, 1, 1) + content[30:]}
    )


CASES = [
    one("xlsx", "活动日报.xlsx", xlsx(materials()), _ONE),
    one("xlsx-named-xls", "活动日报.xls", xlsx(materials()), _ONE),
    one("xlsx-named-csv", "活动日报.csv", xlsx(materials()), _ONE),
    one("xlsx-without-suffix", "活动日报", xlsx(materials()), _ONE),
    one("xlsx-named-jpg", "活动日报.jpg", xlsx(materials()), _ONE),
    one("xls-biff", "活动日报.xls", biff(materials()), _ONE),
    one("xls-biff-named-xlsx", "活动日报.xlsx", biff(materials()), _ONE),
    one("et", "活动日报.et", biff(materials()), _ONE),
    one("csv-utf8", "活动日报.csv", text(materials()), _ONE),
    one("csv-utf8-bom", "活动日报.csv", text(materials(), "utf-8-sig"), _ONE),
    one("csv-gb18030", "活动日报.csv", text(materials(), "gb18030"), _ONE),
    one("csv-gb18030-rare-letter", "活动日报.csv", text(materials(material(note="𠮷")), "gb18030"), _ONE),
    one("csv-utf16-bom", "活动日报.csv", text(materials(), "utf-16"), _ONE),
    one("csv-utf16-big-endian", "活动日报.csv", _BIG_ENDIAN, _ONE),
    one("csv-utf16-without-bom", "活动日报.csv", _UTF16, _ONE),
    one("csv-named-xlsx", "活动日报.xlsx", text(materials()), _ONE),
    one("csv-named-txt", "活动日报.txt", text(materials()), _ONE),
    one("csv-without-suffix", "活动日报", text(materials()), _ONE),
    one("csv-semicolons", "活动日报.csv", text(materials(), delimiter=";"), _ONE),
    one("csv-bare-carriage-returns", "活动日报.csv", text(materials(), end="\r"), _ONE),
    one("csv-line-break-in-a-cell", "活动日报.csv", text(materials(material(note="一\n二"))), _ONE),
    one("csv-comma-in-a-cell", "活动日报.csv", text(materials(material(participants="1,200"))),
        accepted(1, values=[{"participants": 1200, "participants_state": "number"}])),
    one("csv-open-quote", "活动日报.csv", text(materials(*(material(note='"未完') for _ in range(12)))).replace(
        b'"' * 3, b'"').replace('未完"'.encode(), "未完".encode()), accepted(12)),
    one("csv-long-cell", "活动日报.csv", text(materials(material(note="长" * 140_000))), _ONE),
    one("csv-blank-lines-between", "活动日报.csv", text(materials(material(), [], [""], material())), accepted(2)),
    one("csv-trailing-commas", "活动日报.csv", text([[*row, "", ""] for row in materials()]), _ONE),
    one("tsv-utf8", "活动日报.tsv", text(materials(), delimiter="\t"), _ONE),
    one("tsv-utf16-named-xls", "活动日报.xls", text(materials(), "utf-16", "\t"), _ONE),
    one("tsv-gb18030-named-csv", "活动日报.csv", text(materials(), "gb18030", "\t"), _ONE),
    one("docx", "活动日报.docx", word(materials()), _ONE),
    one("docx-named-doc", "活动日报.doc", word(materials()), _ONE),
    one("docx-two-tables", "活动日报.docx", word(materials(), materials()), accepted(2, values=[_DAY, _DAY])),
    one("html-as-xls", "活动日报.xls", web(materials()), _ONE),
    one("html-as-xls-gb18030", "活动日报.xls", web(materials(), encoding="gb18030"), _ONE),
    one("html-as-xls-with-xml-head", "活动日报.xls",
        web(materials(), head='<?xml version="1.0" encoding="utf-8"?>\r\n'), _ONE),
    one("html-with-doctype-and-bom", "活动日报.xls", b"\xef\xbb\xbf" + web(materials(), head="<!DOCTYPE html>"), _ONE),
    one("html-cell-merged-downwards", "活动日报.xls",
        web(materials(material(county="甲"), material(county="乙"))).replace(
            "<td>甲</td>".encode(), "<td rowspan='2'>历下区</td>".encode()).replace("<td>乙</td>".encode(), b""),
        accepted(2, values=[_DAY, {"county": "历下区", "participants": 300}])),
    one("html-non-breaking-spaces", "活动日报.xls",
        web(materials(material(county=" 历下区 ", participants=" 300 "))).replace(b" ", b"&nbsp;"), _ONE),
    one("docx-entity-bomb", "活动日报.docx", zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 999 + b'"><!ENTITY d "' + b"&b;" * 999 + b'">'
                              b'<!ENTITY e "' + b"&d;" * 999 + b'">]><a>&e;</a>')), _UNREADABLE),
    one("xlsx-entity-bomb", "活动日报.xlsx", zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>')), _UNREADABLE),
    one("empty", "活动日报.xlsx", b"", _UNREADABLE),
    one("empty-unnamed", "照片.jpg", b"", rejected("unreadable", deliverable=None, recipient="EDU-3702"),
        unit="青岛市教育局"),
    one("cut-xlsx", "活动日报.xlsx", xlsx(materials())()[:2000], _UNREADABLE),
    one("cut-xls", "活动日报.xls", biff(materials())[:1500], _UNREADABLE),
    one("cut-docx", "活动日报.docx", word(materials())()[:5000], _UNREADABLE),
    one("noise", "活动日报.xlsx", write_noise("a"), _UNREADABLE),
    one("noise-unnamed", "材料.dat", write_noise("b"), rejected("unreadable", deliverable=None)),
    one("encrypted-xlsx", "活动日报.xlsx", write_encrypted_office("a"), rejected("encrypted")),
    one("encrypted-docx", "总结.docx", write_encrypted_office("b"), rejected("encrypted", deliverable="summary")),
    one("encrypted-xls", "活动日报.xls", _with_password(materials()), rejected("encrypted")),
    one("rar", "活动日报.rar", b"Rar!\x1a\x07\x00" + write_noise("c"), _UNREADABLE),
    one("7z", "活动日报.7z", b"7z\xbc\xaf\x27\x1c" + write_noise("d"), _UNREADABLE),
    one("bomb-xlsx", "活动日报.xlsx", lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b" " * 70_000_000), level=9), rejected("too_large")),
    one("bomb-docx", "活动日报.docx", lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b" " * 70_000_000), level=9), rejected("too_large")),
    one("workbook-without-rows", "活动日报.xlsx", xlsx([]), rejected("no_valid_row")),
    one("workbook-without-rows-unnamed", "附表.xlsx", xlsx([[], ["说明"]]), rejected("unknown_deliverable", deliverable=None)),
    one("photo", "现场.jpg", photo("a"), attachment()),
    one("photo-named-xlsx", "活动日报.xlsx", photo("b"), attachment()),
    one("video", "现场.mp4", b"\0\0\0\x18ftypmp42" + write_noise("e"), attachment()),
    one("docx-without-table", "新闻稿.docx", word(paragraphs=["活动周开幕。", "各校参加。"]), attachment()),
    one("plan-in-prose", "活动周方案.docx", word(paragraphs=["一、目的", "二、安排"]), attachment()),
    one("pdf", "新闻稿.pdf", write_pdf("News"), attachment()),
    one("txt", "新闻稿.txt", "活动周开幕，各校参加，反响热烈。\r\n全文完。".encode("gb18030"), attachment()),
    one("html-without-table", "网页.html", "<html><body><p>活动周，开幕</p></body></html>".encode(), attachment()),
    one("rtf-named-doc", "新闻稿.doc", rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 SimSun;}}\f0 News, and more\par}", attachment()),
    one("ofd", "红头文件.ofd", zipped(("OFD.xml", b"<ofd/>"), ("Doc_0/Document.xml", b"<a/>")), attachment()),
    one("link-to-a-page", "专栏.url", b"[InternetShortcut]\r\nURL=https://example.org/,a\r\n", attachment()),
    one("docx-with-another-table", "花名册.docx", word([["姓名", "职务"], ["甲", "乙"]]), attachment()),
    *(one(f"junk-{number}", name, b"junk %d" % number, IGNORED) for number, name in enumerate(
        ["Thumbs.db", ".DS_Store", "desktop.ini", "~$活动日报.xlsx", "活动日报.tmp", "__MACOSX/._活动日报.xlsx",
         "THUMBS.DB", "Desktop.ini", "~$empty.docx"])),
]  # fmt: skip
