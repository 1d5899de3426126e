"""XML Spreadsheet 2003, one XML file that bears the suffix .xls or .xml -> its visible sheets."""

import datetime as dt
from collections.abc import Mapping

import lxml.etree

from pipelines.read.grid import Content, Place, Sheet, Span
from pipelines.read.identity import MARK, ROWS, TemplateId, read_identity
from pipelines.read.open.canvas import Canvas, CellStyle, Fate, Run
from pipelines.read.open.cell_styles import style_of
from pipelines.read.open.formulas import hyperlink_address, hyperlink_text
from pipelines.read.open.package import parse_xml
from pipelines.read.values import Cell

Element = lxml.etree._Element
_FATES: dict[str, Fate] = {"S": "struck", "Del": "struck", "Sup": "left_out", "Sub": "left_out"}


def read_spreadsheet_2003(content: bytes) -> Content:
    """Raises lxml errors where the file is broken."""
    root = parse_xml(content.lstrip())
    styles = _read_styles(root)
    sheets: list[Sheet] = []
    identity: TemplateId | None = None
    for worksheet in root.iterchildren("{*}Worksheet"):
        canvas = Canvas()
        for table in worksheet.iterchildren("{*}Table"):
            _read_table(table, canvas, styles)
        name = _get(worksheet, "Name")
        if name == MARK:
            identity = read_identity(canvas.rows[:ROWS])
        elif (worksheet.findtext("{*}WorksheetOptions/{*}Visible") or "SheetVisible") == "SheetVisible":
            sheets.append(canvas.sheet(name))
    return Content(sheets, identity=identity)


def _get(element: Element, name: str) -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def _number(element: Element, name: str, otherwise: int) -> int:
    given = _get(element, name)
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else otherwise


def _read_styles(root: Element) -> Mapping[str, CellStyle]:
    """By id; one that is based on another adds to it."""
    found: dict[str, CellStyle] = {}
    for style in root.iterfind("{*}Styles/{*}Style"):
        font, shown = style.find("{*}Font"), style.find("{*}NumberFormat")
        base = found.get(_get(style, "Parent"), CellStyle())
        fate: Fate = base.fate
        if font is not None:
            is_raised = _get(font, "VerticalAlign") in ("Superscript", "Subscript")
            fate = "struck" if _get(font, "StrikeThrough") == "1" else "left_out" if is_raised else "kept"
        number_format = _get(shown, "Format") if shown is not None else base.scaled
        found[_get(style, "ID")] = style_of(fate, "0%" if number_format == "Percent" else number_format)
    return found


def _read_table(table: Element, canvas: Canvas, styles: Mapping[str, CellStyle]) -> None:
    columns: list[tuple[int, int, str]] = []
    last = -1
    for column in table.iterchildren("{*}Column"):
        first = _number(column, "Index", last + 2) - 1
        last = first + _number(column, "Span", 0)
        columns.append((first, last, _get(column, "StyleID")))
    row = -1
    for element in table.iterchildren("{*}Row"):
        row = _number(element, "Index", row + 2) - 1
        column_number = -1
        for cell in element.iterchildren("{*}Cell"):
            column_number = _number(cell, "Index", column_number + 2) - 1
            named = _get(cell, "StyleID") or _get(element, "StyleID")
            named = named or next(
                (style for start, end, style in columns if start <= column_number <= end), ""
            )
            place = (row, column_number)
            _read_cell(cell, canvas, place, styles.get(named, CellStyle()))
            across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
            if across or down:
                canvas.spans.append(Span(row, column_number, row + down, column_number + across))
            column_number += across
        row += _number(element, "Span", 0)


def _read_cell(cell: Element, canvas: Canvas, place: Place, style: CellStyle) -> None:
    formula, data = _get(cell, "Formula"), cell.find("{*}Data")
    link = _get(cell, "HRef") or hyperlink_address(formula)
    if link:
        canvas.links[place] = link
    kind = _get(data, "Type") if data is not None else ""
    runs = _runs(data, None) if data is not None else []
    text = "".join(run.text for run in runs)
    if kind == "Error":
        canvas.put_error(place, text.strip() or "#VALUE!")
    elif formula and not text and kind != "String":
        if hyperlink_address(formula):
            canvas.put(place, hyperlink_text(formula) or hyperlink_address(formula))
        else:
            canvas.put_error(place, formula)
    elif text:
        canvas.put(place, _value(kind, text))
        canvas.put_runs(place, runs, style.fate)
        canvas.apply_style(place, CellStyle(scaled=style.scaled))


def _runs(element: Element, fate: Fate | None) -> list[Run]:
    """Text in HTML's clothes: <S>, <Sup>, <Sub> and <Font> around parts of it."""
    runs = [Run(element.text, fate or "kept", fate is None)] if element.text else []
    for child in element:
        if isinstance(child.tag, str):
            name = child.tag.rpartition("}")[2]
            runs += [Run("\n")] if name.lower() == "br" else _runs(child, _FATES.get(name, fate))
        if child.tail:
            runs.append(Run(child.tail, fate or "kept", fate is None))
    return runs


def _value(kind: str, text: str) -> Cell:
    """A typed value; the text where it is none."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            moment = dt.datetime.fromisoformat(text.strip())
            return moment if moment.time() != dt.time() else moment.date()
    except ValueError:
        return text
    return text.strip() == "1" if kind == "Boolean" else text
