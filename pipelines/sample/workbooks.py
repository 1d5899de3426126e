"""xlsx files, written as XML: many times quicker than a library, and the same bytes every time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from pipelines.sample.zips import pack_zip

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCH = datetime(1899, 12, 30)
DATE_STYLE = 1
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="2">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)

Rows = Sequence[Sequence[str | int | float | date | None]]


def write_workbook(
    sheets: Sequence[tuple[str, Rows, bool]],
    *,
    level: int = 6,
    merges: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """A workbook of (name, rows, is hidden), with areas merged by sheet; dates become real dates."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{escape_xml(name)}" sheetId="{n}" r:id="rId{n}"{" state=" + chr(34) + "hidden" + chr(34) if hidden else ""}/>'
        for n, (name, _, hidden) in zip(numbers, sheets, strict=True)
    )
    members = [
        ("[Content_Types].xml", _content_types(numbers)),
        ("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")})),
        ("xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", _relations({
            **{f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}, "rId0": ("styles", "styles.xml"),
        })),
        ("xl/styles.xml", _STYLES),
        *((f"xl/worksheets/sheet{n}.xml", _write_sheet(rows, (merges or {}).get(name, ()))) for n, (name, rows, _) in zip(numbers, sheets, strict=True)),
    ]  # fmt: skip
    return pack_zip([(name, text.encode()) for name, text in members], level=level)


def _write_sheet(rows: Rows, merges: Sequence[str] = ()) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            _write_cell(f"{column_letters(index)}{number}", cell)
            for index, cell in enumerate(row)
            if cell is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merges)
    merged = f'<mergeCells count="{len(merges)}">{areas}</mergeCells>' if merges else ""
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{merged}</worksheet>'


def _write_cell(place: str, cell: str | int | float | date) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape_xml(cell)}</t></is></c>'
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return f'<c r="{place}" s="{DATE_STYLE}"><v>{(moment - _EPOCH).total_seconds() / 86400!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


@lru_cache(maxsize=256)
def column_letters(index: int) -> str:
    """A column's letters by its number from 0."""
    letters = chr(ord("A") + index % 26)
    return letters if index < 26 else column_letters(index // 26 - 1) + letters


def escape_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _content_types(numbers: range) -> str:
    parts = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    parts |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers}
    listed = "".join(
        f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in parts.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{listed}</Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
