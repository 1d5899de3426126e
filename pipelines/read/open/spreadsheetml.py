"""The marks of an xlsx: looked up only in sheets whose XML says that they hold some."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import lxml.etree

from pipelines.read.grid import Place, Span
from pipelines.read.open.canvas import Canvas, CellStyle, Run
from pipelines.read.open.cell_styles import read_styles, run_fate
from pipelines.read.open.formulas import hyperlink_address, hyperlink_text
from pipelines.read.open.package import LIMITS, Package, Target, parse_xml

WORKBOOK = "xl/workbook.xml"
_CELL_SIGNS = [b't="e"', b"t='e'", b"<f", b"rPr"]
_RARE = {b"t='e'": b"'", b"<f": b"f", b"rPr": b"P", b"mergeCell": b"g", b"hyperlink": b"y"}
"""A letter of a sign that the rows of most sheets do not hold."""
_HEAD = 1024
"""So far from a sheet's beginning most letters are held: there namespaces are named."""
_PREFIXED_SIGNS = [b":f>", b":f "]
"""How a formula begins where the sheet's names bear a prefix."""
_TAIL_SIGNS = [b"mergeCell", b"hyperlink"]
MANY_STYLES = 40
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
Runs = list[Run]
Find = Callable[[lxml.etree._Element], list[lxml.etree._Element]]


def without_macro_sheets(content: bytes, package: Package) -> bytes:
    """The workbook without the sheets that calamine stops at (Excel 4 macros, dialogs); as it is where it has none."""
    targets = package.targets(WORKBOOK)
    strange = {
        relation
        for _, relation in _sheets(package.read(WORKBOOK))
        if (target := targets.get(relation)) and target.kind not in ("worksheet", "chartsheet")
    }
    if not strange:
        return content
    root = package.xml(WORKBOOK)
    for sheet in root.findall("{*}sheets/{*}sheet"):
        if _relation(sheet) in strange:
            sheet.getparent().remove(sheet)  # type: ignore[union-attr]
    return package.replaced(WORKBOOK, lxml.etree.tostring(root))


@lru_cache(maxsize=64)
def _sheets(workbook: bytes) -> tuple[tuple[str, str], ...]:
    """Each sheet's name and the id of its relationship, in order. Remembered: files that one program made have equal parts."""
    return tuple(
        (sheet.get("name", ""), _relation(sheet))
        for sheet in parse_xml(workbook).iterfind("{*}sheets/{*}sheet")
    )


def mark_spreadsheetml(package: Package, canvases: Mapping[str, Canvas]) -> None:
    """Puts on each sheet what its cells show or hide beside their values."""
    styles = read_styles(package)
    targets = package.targets(WORKBOOK)
    strings = _marked_strings(package, targets, styles)
    wanted = _find(_wanted(styles, strings))
    cell_signs = [*_CELL_SIGNS, *_style_signs(styles)]
    for name, relation in _sheets(package.read(WORKBOOK)):
        canvas, target = canvases.get(name), targets.get(relation)
        if canvas is None or not target or target.place not in package:
            continue
        marks_cells, has_tail = _holds(package, target.place, cell_signs, _TAIL_SIGNS)
        marks_cells = marks_cells or bool(strings)
        if marks_cells or has_tail:
            marker = _Marker(
                canvas, styles, strings, package.targets(target.place), wanted if marks_cells else None
            )
            marker.read(package, target.place)


def _style_signs(styles: Mapping[int, CellStyle]) -> list[bytes]:
    return [f's="{number}"'.encode() for number in styles]


def _wanted(styles: Mapping[int, CellStyle], strings: Mapping[int, Runs]) -> str:
    """An XPath to the cells of a row that may be more or less than their value: found in C, they are few."""
    conditions = ["@t='e'", "*[local-name()='f']", "*[local-name()='is']/*[local-name()='r']", "not(@r)"]
    conditions += ["@t='s'"] if strings else []
    conditions += [f"@s='{number}'" for number in styles] if len(styles) <= MANY_STYLES else ["@s"]
    return f"*[{' or '.join(conditions)}]"


@lru_cache(maxsize=64)
def _find(path: str) -> Find:
    return cast(Find, lxml.etree.XPath(path))


def _relation(element: lxml.etree._Element) -> str:
    """The id of the relationship that an element names, in the strict namespace too."""
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), "")


def _holds(package: Package, part: str, *signs: list[bytes]) -> tuple[bool, ...]:
    """For each list whether a sheet's bytes hold any of its words; they are those that marks are written with."""
    found, before = [False] * len(signs), b""
    with package.open(part) as file:
        while chunk := file.read(1 << 20):
            window = before + chunk
            more = _PREFIXED_SIGNS if not before and b"<worksheet" not in window[:2000] else []
            for place, words in enumerate(signs):
                found[place] = found[place] or any(_has(window, sign) for sign in (*words, *more))
            if all(found):
                break
            before = chunk[-32:]
    return tuple(found)


def _has(window: bytes, sign: bytes) -> bool:
    """Whether a sheet's bytes hold a sign. One letter is looked for many times as fast as a word, and from behind bytes are
    searched several times as fast as from the front."""
    rare = _RARE.get(sign)
    if rare and window.find(rare, _HEAD) < 0 and window.find(sign, 0, _HEAD + len(sign)) < 0:
        return False
    return window.rfind(sign) >= 0


def _marked_strings(
    package: Package, targets: Mapping[str, Target], styles: Mapping[int, CellStyle]
) -> dict[int, Runs]:
    """Shared strings of which a part may be no value, by their number."""
    may_override = any(style.fate != "kept" for style in styles.values())
    part = next(
        (one.place for one in targets.values() if one.kind == "sharedStrings"), "xl/sharedstrings.xml"
    )
    if part not in package:
        return {}
    content = package.read(part)
    if (
        b"strike" not in content
        and b"vertAlign" not in content
        and b"<r" not in content
        and b":r>" not in content
    ):
        return {}
    found: dict[int, Runs] = {}
    for number, (_, item) in enumerate(lxml.etree.iterparse(io.BytesIO(content), tag="{*}si", **LIMITS)):
        if item.find("{*}r") is not None:
            runs = _rich_runs(item)
            if may_override or any(run.fate != "kept" for run in runs):
                found[number] = runs
        item.clear()
    return found


def _rich_runs(item: lxml.etree._Element) -> Runs:
    """A string's runs; one without properties of its own is as the cell is, and marked `kept`."""
    return [
        Run(unescape(text.text or ""), run_fate(child.find("{*}rPr")), child.find("{*}rPr") is None)
        for child in item
        if (text := child.find("{*}t") if _is(child, "r") else child if _is(child, "t") else None) is not None
    ]


def _is(element: lxml.etree._Element, name: str) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name


def unescape(text: str) -> str:
    """What SpreadsheetML cannot write plainly stands as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def place_of(ref: str) -> Place | None:
    """B3 -> (2, 1); None for what is no place in a sheet."""
    found = _REF.fullmatch(ref)
    if not found or found[2].strip("0") == "":
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return (int(found[2]) - 1, column - 1) if int(found[2]) <= LAST_ROW and column <= LAST_COLUMN else None


def span_of(ref: str) -> Span | None:
    """A1:B3, or a single cell, as the area that it is."""
    first, _, last = ref.partition(":")
    start, end = place_of(first), place_of(last or first)
    if start is None or end is None:
        return None
    return Span(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))


@dataclass
class _Marker:
    canvas: Canvas
    styles: Mapping[int, CellStyle]
    strings: Mapping[int, Runs]
    targets: Mapping[str, Target]

    wanted: Find | None
    """The cells to look at; none where only what stands behind the rows counts."""

    def read(self, package: Package, part: str) -> None:
        shared: dict[str, str] = {}
        row = -1
        with package.open(part) as file:
            tags = ("{*}row", "{*}mergeCell", "{*}hyperlink")
            for _, element in lxml.etree.iterparse(file, tag=tags, **LIMITS):
                if _is(element, "row"):
                    row = _number(element.get("r"), row + 2) - 1
                    if self.wanted is not None:
                        self._read_row(element, row, shared)
                elif _is(element, "mergeCell"):
                    if span := span_of(element.get("ref", "")):
                        self.canvas.spans.append(span)
                else:
                    self._read_link(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    def _read_row(self, element: lxml.etree._Element, row: int, shared: dict[str, str]) -> None:
        assert self.wanted is not None
        cells = self.wanted(element)
        if any(cell.get("r") is None for cell in cells):
            # Cells without a place follow one another.
            cells = list(element.iterchildren("{*}c"))
        column = -1
        for cell in cells:
            place = place_of(cell.get("r", "")) or (row, column + 1)
            row, column = place
            self._read_cell(cell, place, shared)

    def _read_cell(self, cell: lxml.etree._Element, place: Place, shared: dict[str, str]) -> None:
        kind, style = cell.get("t"), self.styles.get(_number(cell.get("s"), 0), CellStyle())
        if kind == "e":
            self.canvas.put_error(place, (cell.findtext("{*}v") or "").strip() or "#VALUE!")
        formula = cell.find("{*}f")
        if formula is not None:
            self._read_formula(cell, formula, place, shared)
        self._read_text(cell, place, kind, style)

    def _read_formula(
        self, cell: lxml.etree._Element, formula: lxml.etree._Element, place: Place, shared: dict[str, str]
    ) -> None:
        said = (formula.text or "").strip()
        group = formula.get("si", "")
        if said and group:
            shared[group] = said
        said = said or shared.get(group, "")
        if address := hyperlink_address(said):
            self.canvas.links[place] = address
        if cell.get("t") in ("e", "str") or cell.findtext("{*}v"):
            return
        if address:
            self.canvas.put(place, hyperlink_text(said) or address)
        else:
            self.canvas.put_error(place, f"={said}")

    def _read_text(self, cell: lxml.etree._Element, place: Place, kind: str | None, style: CellStyle) -> None:
        """What the cell's style, and the runs of its text, leave of its value."""
        runs: Runs | None = None
        if kind == "s":
            runs = self.strings.get(_number(cell.findtext("{*}v"), -1))
        elif kind == "inlineStr" and (inline := cell.find("{*}is")) is not None:
            runs = _rich_runs(inline)
        if runs is not None:
            self.canvas.put_runs(place, runs, style.fate)
        else:
            self.canvas.apply_style(place, style)

    def _read_link(self, element: lxml.etree._Element) -> None:
        target, area = self.targets.get(_relation(element)), span_of(element.get("ref", ""))
        if not target or not target.is_external or not area:
            return
        self.canvas.link(area, target.place)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
