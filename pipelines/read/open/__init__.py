"""Bytes -> grid: one module a family of formats. `open_grid` is the only way in."""

from pipelines.ground.settings import MIB, Settings
from pipelines.read.findings import FileRejected, encrypted, too_large, unreadable
from pipelines.read.grid import Content
from pipelines.read.open.delimited import read_delimited_text
from pipelines.read.open.documents import first_heading
from pipelines.read.open.docx import read_docx
from pipelines.read.open.formats import TABLES, UNREAD, Format, detect_format
from pipelines.read.open.package import Package, check_inflated
from pipelines.read.open.prose import read_doc, read_odt, read_pdf, read_rtf, read_slk
from pipelines.read.open.saved_page import read_saved_page
from pipelines.read.open.spreadsheet_2003 import read_spreadsheet_2003
from pipelines.read.open.web import read_page
from pipelines.read.open.workbook import read_workbook
from pipelines.read.opening import opening
from pipelines.read.suffixes import suffix_of

__all__ = [
    "TABLES", "UNREAD", "Format", "detect_format", "first_heading", "open_grid", "suffix_of",
]  # fmt: skip


def open_grid(content: bytes, file_format: Format, settings: Settings) -> Content:
    """What the bytes hold; nothing for pictures and the like. Raises FileRejected where they cannot be read, and nothing else
    for what they hold.

    Archives and mails are opened by `pipelines.read.pack`.
    """
    is_large = len(content) > settings.max_table_bytes
    if is_large and file_format in TABLES and file_format != "docx":
        raise _large_table(settings)
    with opening():
        found = _open(content, file_format, settings)
    # What makes a document large is its pictures: without a table it is no table over the limit.
    if is_large and found.sheets:
        raise _large_table(settings)
    return found


def _open(content: bytes, file_format: Format, settings: Settings) -> Content:
    match file_format:
        case "workbook":
            return read_workbook(content, settings)
        case "docx":
            check_inflated(content, settings)
            with Package.of(content) as package:
                return read_docx(package)
        case "text" | "prose_text":
            return read_delimited_text(content)
        case "html":
            return read_page(content)
        case "spreadsheet_xml":
            return read_spreadsheet_2003(content)
        case "mht":
            return read_saved_page(content)
        case "word_binary":
            return read_doc(content)
        case "rtf":
            return read_rtf(content)
        case "odt":
            return read_odt(content)
        case "pdf":
            return read_pdf(content)
        case "slk":
            return read_slk(content)
        case "empty":
            raise unreadable("文件是空的（0 字节），可能没有传完。请重新报送")
        case "encrypted":
            raise encrypted()
        case "foreign_archive":
            raise unreadable("这种压缩格式读不了。请改用 zip 格式压缩，或直接放入文件")
        case "broken_office" | "unknown":
            raise unreadable()
        case _:
            return Content()


def _large_table(settings: Settings) -> FileRejected:
    return too_large(f"文件超过 {settings.max_table_bytes // MIB} MB。请删去图片和空白格后重新报送")
