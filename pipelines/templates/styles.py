"""How a template looks: header, example, rows to fill in."""

from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

_WIDTHS = {
    "date": 13,
    "moment": 18,
    "count": 12,
    "number": 14,
    "word": 16,
    "url": 34,
    "contact": 22,
    "text": 26,
}
_FONT = "宋体"
_LINE = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}


def width(header: str, kind: str) -> int:
    """A column's width in characters: its content's, or that of a header on two lines."""
    return max(_WIDTHS[kind], len(header) + 2)


class Styles:
    """The formats of one workbook. What may be filled in is not locked."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self.title = self._add(bold=True, font_size=16, align="center", valign="vcenter")
        self.unit = self._add(bold=True, font_size=11, valign="vcenter")
        self.hint = self._add(font_color="#595959", text_wrap=True, valign="vcenter")
        self.example = self._add(italic=True, font_color="#7F7F7F", bg_color="#F2F2F2", **_LINE)
        self.example_day = self._add(
            italic=True,
            font_color="#7F7F7F",
            bg_color="#F2F2F2",
            num_format="yyyy-mm-dd",
            align="left",
            **_LINE,
        )
        self.label = self._add(bold=True, bg_color="#DDEBF7", text_wrap=True, **_LINE)
        self.wrapped = self._add(text_wrap=True, **_LINE)
        self.number = self._add(locked=False, font_color="#7F7F7F", align="center", **_LINE)
        self.open = self._add(locked=False)
        self.blank = self._add(bg_color="#FFC7CE")
        self._fields = {
            "date": self._add(locked=False, num_format="yyyy-mm-dd", align="left", **_LINE),
            "number": self._add(locked=False, num_format="General", **_LINE),
            "count": self._add(locked=False, num_format="0", **_LINE),
            # As text: a phone number typed in keeps its leading zero.
            "contact": self._add(locked=False, num_format="@", **_LINE),
        }
        self._text = self._add(locked=False, text_wrap=True, **_LINE)
        look: dict[str, Any] = {"bold": True, "text_wrap": True, "align": "center", **_LINE}
        self._required = self._add(bg_color="#1F4E78", font_color="#FFFFFF", **look)
        self._optional = self._add(bg_color="#DDEBF7", **look)

    def _add(self, **properties: Any) -> Any:
        return self._book.add_format({"font_name": _FONT, **properties})

    def of(self, kind: str) -> Any:
        """The format of cells to fill in, by how the column is read."""
        return self._fields.get(kind, self._text)

    def header(self, *, required: bool) -> Any:
        return self._required if required else self._optional
