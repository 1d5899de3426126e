"""A table file's bytes -> its sheets, as rows of cells with their place in the file."""

import io
import zipfile
from dataclasses import dataclass, field

import lxml.etree
import python_calamine

from pipelines.ground.settings import MIB, Settings
from pipelines.read.documents import Block, read_docx, read_html
from pipelines.read.findings import FileRejected, encrypted, too_large, unreadable
from pipelines.read.formats import Format
from pipelines.read.identity import MARK, ROWS, TemplateId, read_identity
from pipelines.read.text import decode_text, read_delimited
from pipelines.read.values import Cell


@dataclass(frozen=True)
class Sheet:
    """One table. `first_row` is the number, from 1, of `rows[0]` in the sheet; `first_column` likewise."""

    name: str
    rows: list[list[Cell]]
    first_row: int = 1
    first_column: int = 1
    above: list[str] = field(default_factory=list)
    """Paragraphs that stand before the table in a document."""
    is_typed: bool = True
    """The format tells numbers and dates from text."""


@dataclass(frozen=True)
class Content:
    """What a file held: its visible sheets, the blocks of a document, and the id of a template."""

    sheets: list[Sheet]
    blocks: list[Block]
    identity: TemplateId | None = None


def read_content(content: bytes, file_format: Format, settings: Settings) -> Content:
    """Raises FileRejected where the file is too large, encrypted or broken."""
    is_large = len(content) > settings.max_table_bytes
    if is_large and file_format != "docx":
        raise _large_table(settings)
    if file_format == "workbook":
        return _read_workbook(content, settings)
    if file_format == "docx":
        _check_inflated(content, settings)
        try:
            blocks = read_docx(content)
        except (lxml.etree.LxmlError, zipfile.BadZipFile, KeyError, RuntimeError, OSError, EOFError) as error:
            raise unreadable() from error
        sheets = _tables(blocks)
        # What makes a document large is its pictures: without a table it is no table over the limit.
        if is_large and sheets:
            raise _large_table(settings)
        return Content(sheets, blocks)
    text = decode_text(content)
    if text is None:
        raise unreadable("文件的文字编码认不出来。请另存为 xlsx 后重新报送")
    if file_format == "html":
        try:
            blocks = read_html(text)
        except (lxml.etree.LxmlError, ValueError) as error:
            raise unreadable() from error
        return Content(_tables(blocks), blocks)
    rows: list[list[Cell]] = [list(row) for row in read_delimited(text)]
    return Content([Sheet("", rows, is_typed=False)], [])


def _large_table(settings: Settings) -> FileRejected:
    return too_large(f"文件超过 {settings.max_table_bytes // MIB} MB。请删去图片和空白格后重新报送")


def _read_workbook(content: bytes, settings: Settings) -> Content:
    if content.startswith(b"PK"):
        _check_inflated(content, settings)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets: list[Sheet] = []
        identity = None
        for meta in book.sheets_metadata:
            is_sheet = meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            if is_sheet and meta.name == MARK:
                identity = read_identity(book.get_sheet_by_name(meta.name).to_python(nrows=ROWS))
            elif is_sheet and meta.visible == python_calamine.SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(meta.name)
                row, column = sheet.start or (0, 0)
                rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)  # type: ignore[assignment]
                sheets.append(Sheet(meta.name, rows, row + 1, column + 1))
        return Content(sheets, [], identity)
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise unreadable() from error


def _check_inflated(content: bytes, settings: Settings) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inflated = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable() from error
    if inflated > settings.max_inflated_bytes or inflated > settings.max_inflation * len(content):
        raise too_large(
            "文件展开后过大（常见原因是整列设了格式或粘贴了大图）。请把数据复制到新的工作簿后重新报送"
        )


def _tables(blocks: list[Block]) -> list[Sheet]:
    sheets: list[Sheet] = []
    above: list[str] = []
    for block in blocks:
        if block.rows is not None:
            rows: list[list[Cell]] = [list(row) for row in block.rows]
            sheets.append(Sheet(f"表{len(sheets) + 1}", rows, above=above, is_typed=False))
            above = []
        elif block.text:
            above.append(block.text)
    return sheets
