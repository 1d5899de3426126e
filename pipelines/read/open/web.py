"""A web page -> its paragraphs and tables, one inside another too; what Excel and WPS save as xls among them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import lxml.etree
import lxml.html

from pipelines.read.findings import unreadable
from pipelines.read.grid import Block, Content, Place, Span
from pipelines.read.open.canvas import Canvas, Fate, Run
from pipelines.read.open.charsets import decode_text
from pipelines.read.open.documents import Part, content_of

Element = lxml.etree._Element
LARGEST_SPAN = 65_536
"""Rows or columns that one cell may span; what a span covers is cut to the table."""
WIDEST = 1000
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_CLASS = re.compile(r"\.([\w-]+)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SCHEME = re.compile(r"\s*(?:https?|ftp)://|\s*mailto:", re.I)
_NUMBER = re.compile(r"\d{1,6}")
BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dt",
        "dd",
        "caption",
        "title",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "center",
        "pre",
        "section",
        "article",
        "header",
        "footer",
        "body",
        "form",
    ]
)
SILENT = frozenset(["script", "style", "head", "noscript", "template", "xml"])
STRUCK = frozenset(("s", "strike", "del"))


def read_page(content: bytes) -> Content:
    """Raises FileRejected where the bytes are no text, ValueError and lxml errors where there is no page in it."""
    text = decode_text(content)
    if text is None:
        raise unreadable("文件的文字编码认不出来。请另存为 xlsx 后重新报送")
    return read_html(text)


def read_html(text: str) -> Content:
    """The tables of a page, and the text between them."""
    # lxml refuses text that states an encoding.
    declared = _DECLARATION.match(text)
    text = text[declared.end() :] if declared else text
    root = lxml.html.document_fromstring(text)
    styles: dict[str, Fate] = {}
    for sheet in root.iter("style"):
        styles |= _read_sheet(sheet.text or "")
    return content_of(_Reader(styles).parts(root))


def _read_sheet(text: str) -> dict[str, Fate]:
    """Classes by which text is struck through, raised or lowered."""
    found: dict[str, Fate] = {}
    for part in text.split("}"):
        selectors, _, rule = part.partition("{")
        if (fate := _declared(rule)) is not None:
            found |= dict.fromkeys(_CLASS.findall(selectors), fate)
    return found


def _declared(rule: str) -> Fate | None:
    """What a style declaration says of its text; None where it says nothing of it."""
    plain = _SPACE.sub("", rule.lower())
    if "text-decoration" in plain and "line-through" in plain:
        return "struck"
    if "vertical-align:super" in plain or "vertical-align:sub" in plain or "mso-hide:all" in plain:
        return "left_out"
    return None


@dataclass
class _Reader:
    styles: Mapping[str, Fate]

    def parts(self, root: Element) -> Iterator[Part]:
        """Paragraphs and tables in the page's order; a table stands before those inside it."""
        gathered = _Gathered()
        for title in root.iter("title"):
            yield Block(_SPACE.sub(" ", title.text or "").strip())
        yield from self._walk(root, gathered)
        yield from gathered.flush()

    def _walk(self, element: Element, gathered: "_Gathered") -> Iterator[Part]:
        name = _name(element)
        if name in SILENT:
            return
        if name == "table":
            yield from gathered.flush()
            yield from self._tables(element)
            return
        if name in BLOCKS:
            yield from gathered.flush()
            gathered.is_heading = name in ("h1", "h2")
        gathered.add(element.text, "kept")
        for child in element:
            yield from self._walk(child, gathered) if _name(child) else ()
            gathered.add("\n" if _name(child) == "br" else "", "kept", is_break=True)
            gathered.add(child.tail, "kept")
        if name in BLOCKS:
            yield from gathered.flush()

    def _tables(self, table: Element) -> Iterator[Part]:
        for caption in table.iterchildren("caption"):
            yield Block(" ".join("".join(map(str, caption.itertext())).split()))
        canvas = Canvas()
        inner: list[Element] = []
        below: dict[int, tuple[int, int]] = {}
        """Column -> the last row that a cell above reaches down to, and how many columns it spans."""
        for row, element in enumerate(_inside(table, ("tr",))):
            canvas.rows.append([])
            column = 0
            for cell in _inside(element, ("td", "th")):
                while below.get(column, (-1, 0))[0] >= row:
                    column += below[column][1]
                width = min(_span(cell, "colspan"), max(WIDEST - column, 1))
                height = _span(cell, "rowspan")
                inner += self._cell(cell, canvas, (row, column))
                if width > 1:
                    canvas.put((row, column + width - 1), "")
                if width > 1 or height > 1:
                    canvas.spans.append(Span(row, column, row + height - 1, column + width - 1))
                if height > 1:
                    below[column] = (row + height - 1, width)
                column += width
        canvas.note_errors()
        yield canvas
        for nested in inner:
            yield from self._tables(nested)

    def _cell(self, cell: Element, canvas: Canvas, place: Place) -> list[Element]:
        """Puts the cell's text, and returns the tables that stand in it."""
        gathered = _Gathered()
        self._gather(cell, gathered, self._fate(cell) or "kept")
        canvas.put_text(place, gathered.trimmed())
        if gathered.link:
            canvas.links[place] = gathered.link
        return gathered.tables

    def _gather(self, element: Element, gathered: "_Gathered", fate: Fate) -> None:
        gathered.add(element.text, fate)
        for child in element:
            name = _name(child)
            if name == "table":
                gathered.tables.append(child)
            elif name == "br":
                gathered.add("\n", fate, is_break=True)
            elif name and name not in SILENT:
                if name in BLOCKS and gathered.runs:
                    gathered.add("\n", fate, is_break=True)
                if name == "a" and _SCHEME.match(child.get("href", "")):
                    gathered.link = gathered.link or child.get("href", "").strip()
                own = self._fate(child)
                self._gather(child, gathered, own if own and fate != "struck" else fate)
            gathered.add(child.tail, fate)

    def _fate(self, element: Element) -> Fate | None:
        name = _name(element)
        if name in STRUCK:
            return "struck"
        if name in ("sup", "sub"):
            return "left_out"
        classes = (self.styles.get(one) for one in element.get("class", "").split())
        return _declared(element.get("style", "")) or next((fate for fate in classes if fate), None)


@dataclass
class _Gathered:
    """Text while it is gathered, white space as a browser shows it."""

    runs: list[Run] = field(default_factory=list)
    link: str = ""
    tables: list[Element] = field(default_factory=list)
    is_heading: bool = False

    def add(self, text: str | None, fate: Fate, *, is_break: bool = False) -> None:
        if not text:
            return
        shown = text if is_break else _SPACE.sub(" ", text)
        if shown.startswith(" ") and (not self.runs or self.runs[-1].text[-1] in " \n"):
            shown = shown[1:]
        if shown:
            self.runs.append(Run(shown, fate))

    def trimmed(self) -> list[Run]:
        """Without the white space at its end."""
        runs = list(self.runs)
        while runs and not runs[-1].text.strip(" \n"):
            runs.pop()
        if runs:
            runs[-1] = Run(runs[-1].text.rstrip(" \n"), runs[-1].fate)
        return runs

    def flush(self) -> Iterator[Block]:
        """The paragraph that ends here, if it says anything."""
        text = "".join(run.text for run in self.runs).strip(" \n")
        if text:
            yield Block(text, self.is_heading)
        self.runs, self.is_heading = [], False


def _name(element: Element) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def _inside(parent: Element, wanted: tuple[str, ...]) -> Iterator[Element]:
    """Rows of a table, or cells of a row, whatever stands around them; not those of a table inside."""
    for child in parent:
        name = _name(child)
        if name in wanted:
            yield child
        elif name and name not in ("table", "td", "th"):
            yield from _inside(child, wanted)


def _span(cell: Element, name: str) -> int:
    given = _NUMBER.match(cell.get(name, "").strip())
    return min(max(int(given[0]), 1), LARGEST_SPAN) if given else 1
