"""The styles of an OpenDocument file under which text is no value, a number another one, or a sheet hidden."""

from dataclasses import dataclass, field

import lxml.etree

from pipelines.read.open.canvas import CellStyle, Fate
from pipelines.read.open.number_formats import is_scaled

Element = lxml.etree._Element


@dataclass
class Styles:
    """By name; what is as it seems is not in it."""

    cells: dict[str, CellStyle] = field(default_factory=dict)
    texts: dict[str, Fate] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    hidden_tables: set[str] = field(default_factory=set)


def local(element: Element) -> str:
    """A tag without its namespace; '' for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its local name, '' where there is none."""
    return attributes(element).get(name, "")


def attributes(element: Element) -> dict[str, str]:
    """All of them by their local names."""
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.items()}


def read_styles(root: Element, styles: Styles) -> None:
    """Adds those that stand below an element; formats first, since cell styles name them."""
    for element in root.iter("{*}number-style", "{*}percentage-style", "{*}currency-style"):
        if shown := _number_format(element):
            styles.formats[attribute(element, "name")] = shown
    for element in root.iter("{*}style"):
        _read_style(element, styles)


def _read_style(element: Element, styles: Styles) -> None:
    name, family = attribute(element, "name"), attribute(element, "family")
    parent = attribute(element, "parent-style-name")
    properties = element.find("{*}text-properties")
    own = _fate(properties) if properties is not None else None
    if family == "text":
        fate = own or styles.texts.get(parent)
        if fate:
            styles.texts[name] = fate
    elif family == "table-cell":
        inherited = styles.cells.get(parent, CellStyle())
        shown = attribute(element, "data-style-name")
        style = CellStyle(own or inherited.fate, styles.formats.get(shown, "") if shown else inherited.scaled)
        if style != CellStyle():
            styles.cells[name] = style
    elif family == "table":
        table = element.find("{*}table-properties")
        if table is not None and attribute(table, "display") == "false":
            styles.hidden_tables.add(name)


def _fate(properties: Element) -> Fate | None:
    """None where they say nothing of it."""
    line = attribute(properties, "text-line-through-style") or attribute(properties, "text-line-through-type")
    position = attribute(properties, "text-position").split(" ")[0]
    if line and line != "none":
        return "struck"
    if position in ("super", "sub") or (
        position.rstrip("%").lstrip("-").strip("0.") and position.endswith("%")
    ):
        return "left_out"
    if attribute(properties, "display") == "none" and attribute(properties, "condition") == "":
        return "left_out"
    return "kept" if line or position else None


def _number_format(element: Element) -> str:
    """How it would be written in Excel, if it shows a number as another one; '' else."""
    parts = []
    for child in element:
        if local(child) == "number":
            factor = attribute(child, "display-factor") or "1"
            parts.append("0" + "," * ((len(factor.split(".")[0]) - 1) // 3))
        elif local(child) == "text" and child.text:
            parts.append("%" if child.text.strip() == "%" else f'"{child.text}"')
    shown = "".join(parts)
    return shown if is_scaled(shown) else ""
