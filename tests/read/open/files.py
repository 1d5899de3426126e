"""Small files, made in the test that reads them."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter
import xlwt

from pipelines.ground.settings import Settings
from pipelines.read.grid import Content, Sheet
from pipelines.read.open import detect_format, open_grid

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def opened(content: bytes, name: str, **limits: int) -> Content:
    return open_grid(content, detect_format(content, name), Settings(**limits))


def only_sheet(content: bytes, name: str) -> Sheet:
    (sheet,) = opened(content, name).sheets
    return sheet


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], None]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("表"))
    return file.getvalue()


def raw_xlsx(rows: str, *, styles: str = "", after: str = "", rels: str = "", strings: str = "") -> bytes:
    """A workbook of one sheet whose XML is as given, as programs write it that are not Excel."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{R}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{R}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{R}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{RELS}">{rels}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}" xmlns:r="{R}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        }
    )


def xls(fill: Callable[[xlwt.Workbook, xlwt.Worksheet], None]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    fill(book, book.add_sheet("表", cell_overwrite_ok=True))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def docx(body: str, *, styles: str = "", rels: str = "") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>',
            "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELS}">{rels}</Relationships>',
        }
    )


def table(*rows: list[str]) -> str:
    """A Word table; a cell is its content in XML, or plain text."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def cell(content: str, properties: str = "") -> str:
    if content.startswith("<w:tc>"):
        return content
    inside = content if content.startswith("<w:") else run(content)
    inside = inside if inside.startswith(("<w:p>", "<w:sdt><w:sdtContent><w:p>")) else f"<w:p>{inside}</w:p>"
    return f"<w:tc>{f'<w:tcPr>{properties}</w:tcPr>' if properties else ''}{inside}</w:tc>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def ods(rows: str, *, styles: str = "", columns: str = "", attributes: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in {
            "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle", "fo": "xsl-fo-compatible",
        }.items()
    )  # fmt: skip
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink"><office:automatic-styles>{styles}</office:automatic-styles>'
            f'<office:body><office:spreadsheet><table:table table:name="表" {attributes}>{columns}{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7] if len(body) > 127 else [len(body)]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def xlsb() -> bytes:
    """B2 a number struck through, C2 an error, D2 a text raised in part, B3 a percentage with a link, B4:C4 merged."""
    font = struct.pack("<6H", 200, 0, 400, 0, 0, 0) + b"\0" * 9 + _wide("宋体")
    struck = struct.pack("<6H", 200, 8, 400, 0, 0, 0) + b"\0" * 9 + _wide("宋体")
    raised = struct.pack("<6H", 200, 0, 400, 1, 0, 0) + b"\0" * 9 + _wide("宋体")

    def style(number_format: int, font: int) -> bytes:
        return struct.pack("<3H", 0, number_format, font) + b"\0" * 10

    def cell(kind: int, column: int, style: int, body: bytes) -> bytes:
        return _record(kind, struct.pack("<L", column) + style.to_bytes(4, "little") + body)

    def row(number: int) -> bytes:
        return _record(0, struct.pack("<LLH", number, 0, 300) + b"\0" * 7)

    rich = b"\x01" + _wide("2001") + struct.pack("<L", 1) + struct.pack("<HH", 3, 2)
    sheet = (
        _record(129) + _record(148, struct.pack("<4L", 1, 3, 1, 3)) + _record(145)
        + row(1) + cell(5, 1, 1, struct.pack("<d", 900.0)) + cell(3, 2, 0, b"\x17") + cell(7, 3, 0, struct.pack("<L", 0))
        + row(2) + cell(5, 1, 2, struct.pack("<d", 0.5))
        + row(3) + cell(6, 1, 0, _wide("合并")) + cell(6, 2, 0, _wide("盖住"))
        + _record(146) + _record(177, struct.pack("<L", 1)) + _record(176, struct.pack("<4L", 3, 3, 1, 2)) + _record(178)
        + _record(494, struct.pack("<4L", 2, 2, 1, 1) + _wide("rId1") + _wide("") * 3) + _record(130)
    )  # fmt: skip
    styles = (
        _record(278) + _record(611, struct.pack("<L", 3)) + _record(43, font) + _record(43, struck) + _record(43, raised) + _record(612)
        + _record(617, struct.pack("<L", 3)) + _record(47, style(0, 0)) + _record(47, style(0, 1)) + _record(47, style(9, 0)) + _record(618)
        + _record(279)
    )  # fmt: skip
    book = (
        _record(131)
        + _record(143)
        + _record(156, struct.pack("<LL", 0, 1) + _wide("rId1") + _wide("表"))
        + _record(144)
        + _record(132)
    )
    kinds = (("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "styles", "styles.bin"), ("rId3", "sharedStrings", "sharedStrings.bin"))  # fmt: skip
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{R}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{RELS}">'
            + "".join(
                f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{part}"/>' for i, kind, part in kinds
            )
            + "</Relationships>",
            "xl/worksheets/sheet1.bin": sheet,
            "xl/worksheets/_rels/sheet1.bin.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{R}/hyperlink" Target="http://a.example.cn/1" TargetMode="External"/></Relationships>',
            "xl/styles.bin": styles,
            "xl/sharedStrings.bin": _record(159, struct.pack("<LL", 1, 1)) + _record(19, rich) + _record(160),
        }
    )
