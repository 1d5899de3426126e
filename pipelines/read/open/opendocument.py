"""An OpenDocument spreadsheet (ods) -> its visible sheets, row by row."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

import lxml.etree

from pipelines.read.findings import encrypted
from pipelines.read.grid import Content, Place, Sheet, Span
from pipelines.read.identity import MARK, ROWS, TemplateId, read_identity
from pipelines.read.open.canvas import ERRORS, Canvas, CellStyle, Fate, Run
from pipelines.read.open.formulas import hyperlink_address, hyperlink_text
from pipelines.read.open.opendocument_styles import Styles, attribute, attributes, local, read_styles
from pipelines.read.open.package import LIMITS, Package
from pipelines.read.values import Cell

Element = lxml.etree._Element
Said = Mapping[str, str]
"""What an element says of itself: its attributes by their local names."""
_NUMBERS = frozenset({"float", "percentage", "currency"})


def read_spreadsheet(package: Package) -> Content:
    """Raises FileRejected where it is locked, lxml errors where it is broken."""
    if "meta-inf/manifest.xml" in package and b"encryption-data" in package.read("meta-inf/manifest.xml"):
        raise encrypted()
    styles = Styles()
    if "styles.xml" in package:
        read_styles(package.xml("styles.xml"), styles)
    sheets: list[Sheet] = []
    identity: TemplateId | None = None
    with package.open("content.xml") as file:
        for name, is_hidden, canvas in _tables(file, styles):
            if name == MARK:
                identity = read_identity(canvas.rows[:ROWS])
            elif not is_hidden:
                sheets.append(canvas.sheet(name))
    return Content(sheets, identity=identity)


def _tables(file: IO[bytes], styles: Styles) -> Iterator[tuple[str, bool, Canvas]]:
    """Name, whether hidden, and grid of each sheet; tables inside its cells and drawings are none."""
    tags = ("{*}automatic-styles", "{*}table", "{*}table-column", "{*}table-row")
    open_tables: list[_Table] = []
    for event, element in lxml.etree.iterparse(file, events=("start", "end"), tag=tags, **LIMITS):
        name = local(element)
        if event == "start":
            if name == "table":
                open_tables.append(_Table(styles, attribute(element, "name")))
                open_tables[-1].is_hidden = attribute(element, "style-name") in styles.hidden_tables
            continue
        if name == "automatic-styles":
            read_styles(element, styles)
        elif len(open_tables) > 1:
            if name == "table":
                open_tables.pop()
            continue
        elif name == "table-column" and open_tables:
            open_tables[0].read_column(element)
        elif name == "table-row" and open_tables:
            open_tables[0].read_row(element)
        elif name == "table" and open_tables:
            done = open_tables.pop()
            yield done.name, done.is_hidden, done.canvas
        element.clear()


@dataclass
class _Table:
    styles: Styles
    name: str
    is_hidden: bool = False
    canvas: Canvas = field(default_factory=Canvas)
    columns: list[tuple[int, str]] = field(default_factory=list)
    """Up to which column (counted from 1) cells without a style of their own have which."""
    row: int = 0

    def read_column(self, element: Element) -> None:
        before = self.columns[-1][0] if self.columns else 0
        self.columns.append(
            (before + _repeated(element, "columns"), attribute(element, "default-cell-style-name"))
        )

    def read_row(self, element: Element) -> None:
        column, default = 0, attribute(element, "default-cell-style-name")
        times = _repeated(element, "rows")
        for cell in element:
            said = attributes(cell)
            repeated = _count(said.get("number-columns-repeated", ""))
            is_cell = local(cell) == "table-cell"
            if is_cell and (len(cell) or "value-type" in said or "formula" in said):
                self.canvas.take(times * repeated - 1)
                for down in range(times):
                    for right in range(repeated):
                        self._read_cell(cell, said, (self.row + down, column + right), default)
            elif is_cell:
                self._read_span(said, (self.row, column))
            column += repeated
        self.row += times

    def _style(self, said: Said, column: int, default: str) -> CellStyle:
        named = said.get("style-name") or default
        named = named or next((style for end, style in self.columns if column < end), "")
        return self.styles.cells.get(named, CellStyle())

    def _read_span(self, said: Said, place: Place) -> None:
        rows = _count(said.get("number-rows-spanned", ""))
        columns = _count(said.get("number-columns-spanned", ""))
        if rows > 1 or columns > 1:
            self.canvas.spans.append(Span(*place, place[0] + rows - 1, place[1] + columns - 1))

    def _read_cell(self, cell: Element, said: Said, place: Place, default: str) -> None:
        self._read_span(said, place)
        style, formula = self._style(said, place[1], default), said.get("formula", "")
        text = _Text(self.styles)
        for number, paragraph in enumerate(cell.iterchildren("{*}p", "{*}h")):
            text.add("\n" if number else "", "kept")
            text.read(paragraph, None)
        shown = "".join(run.text for run in text.runs)
        if address := (text.link or hyperlink_address(formula)):
            self.canvas.links[place] = address
        kind = said.get("value-type", "")
        if formula and (shown.strip() in ERRORS or shown.startswith("Err:")):
            self.canvas.put_error(place, shown.strip())
        elif formula and not kind and not shown:
            self._put_unknown(place, formula)
        elif kind in ("string", ""):
            if not shown:
                text.add(said.get("string-value", ""), None)
            if text.runs:
                self.canvas.put(place, shown or said.get("string-value", ""))
                self.canvas.put_runs(place, text.runs, style.fate)
        else:
            self.canvas.put(place, _value(said, kind, shown))
            self.canvas.apply_style(
                place, CellStyle(style.fate, style.scaled or ("0%" if kind == "percentage" else ""))
            )

    def _put_unknown(self, place: Place, formula: str) -> None:
        if hyperlink_address(formula):
            self.canvas.put(place, hyperlink_text(formula) or hyperlink_address(formula))
        else:
            self.canvas.put_error(place, "=" + formula.partition("=")[2])


@dataclass
class _Text:
    """The runs of a cell; one without properties of its own is plain."""

    styles: Styles
    runs: list[Run] = field(default_factory=list)
    link: str = ""

    def add(self, text: str, fate: Fate | None) -> None:
        if text:
            self.runs.append(Run(text, fate or "kept", fate is None))

    def read(self, element: Element, fate: Fate | None) -> None:
        self.add(_plain(element.text), fate)
        for child in element:
            name = local(child)
            if name == "s":
                self.add(" " * min(_count(attribute(child, "c")), 1000), fate)
            elif name in ("tab", "line-break"):
                self.add("\t" if name == "tab" else "\n", fate)
            elif name in ("span", "a", "ruby", "ruby-base", "meta"):
                if name == "a" and not self.link:
                    self.link = attribute(child, "href")
                self.read(child, self.styles.texts.get(attribute(child, "style-name"), fate))
            self.add(_plain(child.tail), fate)


def _plain(text: str | None) -> str:
    """Line ends in the XML are spaces; real ones are elements."""
    return (text or "").replace("\n", " ").replace("\t", " ")


def _value(said: Said, kind: str, shown: str) -> Cell:
    """A typed value; the text where it is none."""
    try:
        if kind in _NUMBERS:
            return float(said.get("value", ""))
        if kind == "date":
            given = said.get("date-value", "")
            return dt.datetime.fromisoformat(given) if "T" in given else dt.date.fromisoformat(given)
    except ValueError:
        return shown
    if kind == "boolean":
        return said.get("boolean-value") == "true"
    return shown


def _repeated(element: Element, what: str) -> int:
    return _count(attribute(element, f"number-{what}-repeated"))


def _count(given: str) -> int:
    return max(int(given), 1) if given.isascii() and given.isdigit() and len(given) < 9 else 1
