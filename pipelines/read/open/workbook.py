"""A workbook's bytes -> its visible sheets: values by calamine, marks from where each format keeps them."""

import io
from dataclasses import dataclass

import python_calamine

from pipelines.ground.settings import Settings
from pipelines.read.findings import encrypted, unreadable
from pipelines.read.grid import Content
from pipelines.read.identity import MARK, ROWS, TemplateId, read_identity
from pipelines.read.open.biff import mark_biff
from pipelines.read.open.biff12 import mark_biff12
from pipelines.read.open.canvas import Canvas
from pipelines.read.open.locked import OLE, unlock
from pipelines.read.open.opendocument import read_spreadsheet
from pipelines.read.open.package import Package, check_package
from pipelines.read.open.spreadsheetml import mark_spreadsheetml, without_macro_sheets
from pipelines.read.values import Cell


@dataclass(frozen=True)
class Values:
    """What calamine makes of a workbook: its visible sheets by name, in order, and a template's id."""

    sheets: list[tuple[str, Canvas]]
    identity: TemplateId | None

    def by_name(self) -> dict[str, Canvas]:
        return dict(reversed(self.sheets))

    def content(self) -> Content:
        return Content([canvas.sheet(name) for name, canvas in self.sheets], identity=self.identity)


def read_workbook(content: bytes, settings: Settings) -> Content:
    """Raises FileRejected where it is too large, or locked with a password of somebody's own."""
    if content.startswith(OLE):
        content = unlock(content)
    if not content.startswith(b"PK"):
        values = _read_values(content)
        mark_biff(content, values.by_name())
        return values.content()
    with Package.of(content) as package:
        check_package(package, len(content), settings)
        if "content.xml" in package:
            return read_spreadsheet(package)
        if "xl/workbook.bin" in package:
            values = _read_values(content)
            mark_biff12(package, values.by_name())
            return values.content()
        values = _read_values(without_macro_sheets(content, package))
        mark_spreadsheetml(package, values.by_name())
        return values.content()


def _read_values(content: bytes) -> Values:
    """Only the sheet that bears a template's id is looked at where it is hidden."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets: list[tuple[str, Canvas]] = []
        identity = None
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            if meta.name == MARK:
                identity = read_identity(book.get_sheet_by_index(index).to_python(nrows=ROWS))
            elif meta.visible == python_calamine.SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_index(index)
                top, left = sheet.start or (0, 0)
                rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)  # type: ignore[assignment]
                sheets.append((meta.name, Canvas(rows, top, left)))
        return Values(sheets, identity)
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except python_calamine.CalamineError as error:
        raise unreadable() from error
