"""A Word document -> its paragraphs and tables, as they read once tracked changes are accepted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import lxml.etree

from pipelines.read.grid import Block, Content, Place, Span
from pipelines.read.open.canvas import Canvas, Fate, Run
from pipelines.read.open.documents import Part, content_of
from pipelines.read.open.package import Package, Target

Element = lxml.etree._Element
TRANSPARENT = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "bdo", "dir"}
)
"""What may stand around runs, paragraphs, rows and cells and changes nothing about them."""
GONE = frozenset({"del", "moveFrom"})
"""What tracked changes took away: it still stands in the file."""
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_LONGEST_CHAIN = 20
"""Styles that are based on one another."""
WIDEST = 200
"""Columns that one cell may span."""
_LINK = re.compile(r"\s*HYPERLINK\s+\"([^\"]+)\"", re.I)
_HEADING = re.compile(r"(?i)heading \d|title$")


def read_docx(package: Package) -> Content:
    """The body's paragraphs, and every table, one inside another too. Raises KeyError, lxml errors."""
    main = _main_part(package)
    root = package.xml(main)
    body = root.find("{*}body")
    reader = _Reader(_read_styles(package), package.targets(main))
    return content_of(reader.parts(body if body is not None else root))


def _main_part(package: Package) -> str:
    return next(
        (
            one.place
            for one in package.targets("").values()
            if one.kind == "officeDocument" and one.place in package
        ),
        "word/document.xml",
    )


@dataclass(frozen=True)
class _Style:
    fate: Fate | None = None
    is_heading: bool = False
    base: str = ""


def _read_styles(package: Package) -> dict[str, _Style]:
    """Styles by id; headings by their built-in (language-neutral) names. None where the part is missing or broken."""
    if "word/styles.xml" not in package:
        return {}
    try:
        root = package.xml("word/styles.xml")
    except lxml.etree.XMLSyntaxError:
        return {}
    found = {}
    for style in root.iterfind("{*}style"):
        outline = style.find("{*}pPr/{*}outlineLvl")
        is_heading = bool(_HEADING.match(_val(style.find("{*}name")))) or outline is not None
        found[_get(style, "styleId")] = _Style(
            _fate(style.find("{*}rPr")), is_heading, _val(style.find("{*}basedOn"))
        )
    return found


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _get(element: Element, name: str) -> str:
    """An attribute by its local name: the strict namespace is another one."""
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def _val(element: Element | None, otherwise: str = "") -> str:
    return _get(element, "val") or otherwise if element is not None else ""


def _is_on(element: Element | None) -> bool | None:
    return None if element is None else _val(element, "1").lower() not in ("0", "false", "off", "none")


def _fate(properties: Element | None) -> Fate | None:
    """What run properties say of their text; None where they say nothing of it."""
    if properties is None:
        return None
    struck = (_is_on(properties.find("{*}strike")), _is_on(properties.find("{*}dstrike")))
    script = _val(properties.find("{*}vertAlign"))
    if True in struck:
        return "struck"
    if _is_on(properties.find("{*}vanish")) or script in ("superscript", "subscript"):
        return "left_out"
    return "kept" if False in struck or script == "baseline" else None


@dataclass
class _Text:
    """The runs of a cell or a paragraph while they are gathered."""

    runs: list[Run] = field(default_factory=list)
    link: str = ""
    fields: list[str | None] = field(default_factory=list)
    """The fields that are open, inmost last: an instruction while it is read, None once its result stands."""

    def add(self, text: str, fate: Fate) -> None:
        if not any(one is not None for one in self.fields):
            self.runs.append(Run(text, fate))

    def instruct(self, said: str) -> None:
        if self.fields and self.fields[-1] is not None:
            self.fields[-1] += said

    def turn(self, kind: str) -> None:
        """A field begins, its result begins, or it ends."""
        if kind == "begin":
            self.fields.append("")
        elif self.fields:
            said = self.fields.pop()
            if said and (found := _LINK.match(said)):
                self.link = self.link or found[1]
            if kind == "separate":
                self.fields.append(None)

    @property
    def kept(self) -> str:
        return "".join(run.text for run in self.runs if run.fate == "kept")


@dataclass(frozen=True)
class _Reader:
    styles: Mapping[str, _Style]
    targets: Mapping[str, Target]

    def parts(self, parent: Element) -> Iterator[Part]:
        for child in parent:
            name = _name(child)
            if name == "p":
                text = _Text()
                self._paragraph(child, text)
                yield Block(text.kept, self._is_heading(child))
            elif name == "tbl":
                yield from self._tables(child)
            elif name in TRANSPARENT:
                yield from self.parts(child)

    def _is_heading(self, paragraph: Element) -> bool:
        style = self.styles.get(_val(paragraph.find("{*}pPr/{*}pStyle")))
        return paragraph.find("{*}pPr/{*}outlineLvl") is not None or bool(style and style.is_heading)

    def _tables(self, table: Element) -> Iterator[Canvas]:
        """The table, then those inside its cells."""
        canvas, areas = Canvas(), _Areas()
        inner: list[Element] = []
        for row, element in enumerate(_inside(table, "tr")):
            canvas.rows.append([])
            column = _count(element.find("{*}trPr/{*}gridBefore"), 0)
            fate: Fate | None = "left_out" if element.find("{*}trPr/{*}del") is not None else None
            for cell in _inside(element, "tc"):
                width = _count(cell.find("{*}tcPr/{*}gridSpan"), 1)
                if areas.add(cell, row, column, width):
                    self._cell(cell, canvas, (row, column), fate)
                canvas.put((row, column + width - 1), canvas.get((row, column + width - 1)))
                inner += _inside(cell, "tbl")
                column += width
        canvas.spans += areas.spans()
        yield canvas
        for nested in inner:
            yield from self._tables(nested)

    def _cell(self, cell: Element, canvas: Canvas, place: Place, fate: Fate | None) -> None:
        text = _Text()
        for number, paragraph in enumerate(_inside(cell, "p")):
            if number:
                text.add("\n", "kept")
            self._paragraph(paragraph, text, fate)
        canvas.put_text(place, text.runs)
        if text.link:
            canvas.links[place] = text.link

    def _paragraph(self, paragraph: Element, text: _Text, fate: Fate | None = None) -> None:
        base = self._style_fate(_val(paragraph.find("{*}pPr/{*}pStyle"))) or "kept"
        self._runs(paragraph, text, base, fate)

    def _style_fate(self, style_id: str) -> Fate | None:
        for _ in range(_LONGEST_CHAIN):
            style = self.styles.get(style_id)
            if style is None or style.fate is not None:
                return style.fate if style else None
            style_id = style.base
        return None

    def _runs(self, parent: Element, text: _Text, base: Fate, fate: Fate | None) -> None:
        """`fate` is what tracked changes decided for all that is below."""
        for child in parent:
            name = _name(child)
            if name == "r":
                self._run(child, text, base, fate)
            elif name in GONE:
                self._runs(child, text, base, "left_out")
            elif name in TRANSPARENT:
                target = self.targets.get(_get(child, "id")) if name == "hyperlink" else None
                if target and target.is_external:
                    text.link = text.link or target.place
                self._runs(child, text, base, fate)

    def _run(self, run: Element, text: _Text, base: Fate, fate: Fate | None) -> None:
        properties = run.find("{*}rPr")
        named = _val(properties.find("{*}rStyle")) if properties is not None else ""
        mine = fate or _fate(properties) or self._style_fate(named) or base
        for child in run:
            name = _name(child)
            if name == "t":
                text.add(child.text or "", mine)
            elif name in _SIGNS:
                text.add(_SIGNS[name], mine)
            elif name == "delText":
                text.add(child.text or "", "left_out")
            elif name == "instrText":
                text.instruct(child.text or "")
            elif name == "fldChar":
                text.turn(_get(child, "fldCharType"))
            elif name == "ruby":
                for under in child.iterfind("{*}rubyBase"):
                    self._runs(under, text, base, fate)


@dataclass
class _Areas:
    """The cells of a table as they are merged: to the right by hMerge or gridSpan, downwards by vMerge."""

    cells: list[list[int]] = field(default_factory=list)
    """Top, left, bottom and right of each."""
    open: dict[int, list[int]] = field(default_factory=dict)
    """Column -> the area that a cell below may continue."""

    def add(self, cell: Element, row: int, column: int, width: int) -> bool:
        """Whether the cell shows its own text: one that continues another does not."""
        across, down = _merge(cell, "hMerge"), _merge(cell, "vMerge")
        if across == "continue" and self.cells and self.cells[-1][3] == column - 1:
            self.cells[-1][3] = column + width - 1
            return False
        above = self.open.get(column)
        if down == "continue" and above and above[2] == row - 1:
            above[2] = row
            return False
        self.cells.append([row, column, row, column + width - 1])
        if down:
            self.open[column] = self.cells[-1]
        return True

    def spans(self) -> Iterator[Span]:
        return (Span(*area) for area in self.cells if area[0] < area[2] or area[1] < area[3])


def _merge(cell: Element, name: str) -> str:
    """'' where the cell is not merged so; a merge without a value continues the one before."""
    found = cell.find(f"{{*}}tcPr/{{*}}{name}")
    return "" if found is None else _val(found, "continue")


def _count(element: Element | None, otherwise: int) -> int:
    given = _val(element)
    return (
        min(max(int(given), otherwise), WIDEST)
        if given.isascii() and given.isdigit() and len(given) < 9
        else otherwise
    )


def _inside(parent: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table, cells of a row, paragraphs or tables of a cell: what stands around one is looked through."""
    for child in parent:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in TRANSPARENT:
            yield from _inside(child, wanted)
