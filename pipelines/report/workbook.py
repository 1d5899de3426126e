"""Report, step 3: the same tables as an xlsx, one sheet a table, with charts; numbers stay numbers."""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.report.bulletin import Amount, Bulletin
from pipelines.report.pack import write_packed
from pipelines.report.phrases import full_moment
from pipelines.report.tables import Column, ColumnKind, Table, make_tables
from pipelines.report.wording import Text

FONT = "仿宋"
COVER_WIDTH, WIDEST = 110, 80
"""Of columns, in letters of the default font, two to a Chinese character."""
MOST_IN_CELL = 800
"""Characters of a list of names in one cell."""
LINE_HEIGHT = 16.0
"""Of a row, in points, for each line in it."""
FEW = 8
"""Up to this count a chart's axis goes by ones: a program's own choice has halves."""
HEAD_ROW = 1
"""Row of the column headers, from 0: the title stands above it."""
_FORMATS: dict[ColumnKind, str] = {
    "text": "@",
    "count": "#,##0",
    "rate": "0.0%",
    "amount": "#,##0",
    "number": "General",
    "gain": "+#,##0;-#,##0;0",
    "date": 'yyyy"年"m"月"d"日"',
}
_TEXT = {"align": "left", "indent": 1}
APPROXIMATE = '"约"#,##0'
_CHARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    # table: chart type, headers of the columns it shows
    "reporting": ("column", ("报送率", "按时率")),
    "coverage": ("column", ("材料合计",)),
    "curve": ("line", ("累计已报", "累计未报", "累计材料")),
    "words": ("bar", ("材料数",)),
    "quality": ("bar", ("次数",)),
}


def write_workbook(bulletin: Bulletin, text: Text, path: Path, tables: Iterable[Table] | None = None) -> None:
    """The bulletin's own tables, or these."""
    buffer = io.BytesIO()
    book = _open_book(
        buffer,
        title="".join(text.title),
        subject=bulletin.title,
        author=bulletin.publisher,
        created=bulletin.as_of,
        comments=f"数据版本 {bulletin.data_version}，口径版本 {bulletin.rules_version}",
    )
    formats = _make_formats(book)
    lines = [
        bulletin.title + f"（{bulletin.document_number}）",
        f"数据截至：{full_moment(bulletin.as_of)}",
        f"数据版本：{bulletin.data_version}；口径版本：{bulletin.rules_version}",
    ]
    for attachment in text.attachments:
        lines += [block.text for block in attachment.blocks if block.table is None]
    _write_cover(book, formats, "".join(text.title), lines)
    used: set[str] = {"说明"}
    for table in make_tables(bulletin).values() if tables is None else tables:
        if table.rows:
            mark = text.mark(table.title)
            name = _sheet_name(mark.replace("：", " ") + table.title, used)
            _write_table(book, formats, _split_long(table), name, mark)
            if table.key in _CHARTS:
                _write_chart(book, table, name, _sheet_name(f"图 {table.title}", used))
    book.close()
    write_packed(buffer.getvalue(), path)


def write_table_workbook(
    table: Table, title: str, lines: list[str], author: str, created: datetime, path: Path
) -> None:
    """One table on a sheet of its own, behind a cover that says what it is."""
    buffer = io.BytesIO()
    book = _open_book(buffer, title=title, subject=table.title, author=author, created=created)
    formats = _make_formats(book)
    _write_cover(book, formats, title, lines)
    _write_table(book, formats, table, _sheet_name(table.title, {"说明"}), "")
    book.close()
    write_packed(buffer.getvalue(), path)


def _open_book(buffer: io.BytesIO, **properties: Any) -> Any:
    book: Any = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(properties)
    return book


def _make_formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 11, "border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
    # Between a number and the text in the next column there is room.
    found: dict[str, Any] = {
        kind: book.add_format(
            {**base, "num_format": code, **(_TEXT if kind == "text" else {"align": "right"})}
        )
        for kind, code in _FORMATS.items()
    }
    for kind, code in _FORMATS.items():
        found[f"total {kind}"] = book.add_format(
            {
                **base,
                "num_format": code,
                "bold": True,
                "bg_color": "#F2F2F2",
                **(_TEXT if kind == "text" else {"align": "right"}),
            }
        )
    for style in ("", "total "):
        look = {"bold": True, "bg_color": "#F2F2F2"} if style else {}
        found[f"{style}approximate_number"] = book.add_format(
            {**base, **look, "num_format": '"约"General', "align": "right"}
        )
    found["approximate"] = book.add_format({**base, "num_format": APPROXIMATE, "align": "right"})
    found["total approximate"] = book.add_format(
        {**base, "num_format": APPROXIMATE, "bold": True, "bg_color": "#F2F2F2", "align": "right"}
    )
    found["wrapped"] = book.add_format({**base, "text_wrap": True, **_TEXT})
    found["none"] = book.add_format({**base, "align": "center", "font_color": "#767676"})
    found["head"] = book.add_format(
        {**base, "font_name": "黑体", "text_wrap": True, "align": "center", "bg_color": "#DDE6F0"}
    )
    found["title"] = book.add_format({"font_name": "黑体", "font_size": 14, "valign": "vcenter"})
    found["note"] = book.add_format(
        {"font_name": "楷体", "font_size": 10, "font_color": "#595959", "text_wrap": True, "valign": "top"}
    )
    found["prose"] = book.add_format({"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top"})
    return found


def _write_cover(book: Any, formats: dict[str, Any], title: str, lines: list[str]) -> None:
    """What it is, as of when, and what each figure means."""
    sheet = book.add_worksheet("说明")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, COVER_WIDTH)
    sheet.write_string(0, 0, title, formats["title"])
    for row, line in enumerate(lines, 1):
        sheet.set_row(row, _height(line, COVER_WIDTH))
        sheet.write_string(row, 0, line, formats["prose"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_table(book: Any, formats: dict[str, Any], table: Table, name: str, mark: str) -> None:
    sheet = book.add_worksheet(name)
    last = len(table.columns) - 1
    sheet.write_string(0, 0, mark + table.title, formats["title"])
    sheet.set_row(0, 26)
    sheet.set_row(HEAD_ROW, 32)
    for number, row in enumerate(table.rows, HEAD_ROW + 1):
        sheet.set_row(number, max(_height(value, WIDEST) for value in row))
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column, table, place))
        sheet.write_string(HEAD_ROW, place, column.header, formats["head"])
        for number, row in enumerate(table.rows, HEAD_ROW + 1):
            _write_cell(sheet, formats, number, place, row[place], column.kind, "")
    end = HEAD_ROW + len(table.rows)
    if table.total:
        for place, column in enumerate(table.columns):
            _write_cell(sheet, formats, end + 1, place, table.total[place], column.kind, "total ")
    note = end + 2 + (table.total is not None)
    sheet.merge_range(note, 0, note, max(last, 1), f"注：{table.note}", formats["note"])
    sheet.set_row(note, 42)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.autofilter(HEAD_ROW, 0, end, last)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    if table.key == "days":
        sheet.conditional_format(
            HEAD_ROW + 1,
            1,
            end,
            last,
            {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#5B8DB8"},
        )


def _write_cell(
    sheet: Any, formats: dict[str, Any], row: int, place: int, value: Any, kind: ColumnKind, style: str
) -> None:
    if value is None:
        sheet.write_string(row, place, "—", formats["none"])
    elif isinstance(value, Amount):
        shown = f"approximate{'_number' * (kind == 'number')}" if value.is_approximate else kind
        sheet.write_number(row, place, value.value, formats[style + shown])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), formats[style + kind])
    elif isinstance(value, str):
        sheet.write_string(row, place, value, formats["wrapped" if len(value) > 40 else style + kind])
    else:
        sheet.write_number(row, place, value, formats[style + kind])


def _split_long(table: Table) -> Table:
    """A list of names that is higher than a row can be (409 points) goes on in further rows, marked 续."""
    rows: list[tuple[Any, ...]] = []
    for row in table.rows:
        *cells, last = row
        if not isinstance(last, str) or len(last) <= MOST_IN_CELL or "、" not in last:
            rows.append(row)
            continue
        for place, part in enumerate(_parts(last)):
            said = [f"{cells[-2]}（续）", None] if place else cells[-2:]
            rows.append((*cells[:-2], *said, part))
    return replace(table, rows=tuple(rows))


def _parts(names: str) -> list[str]:
    parts = [""]
    for name in names.split("、"):
        if len(parts[-1]) + len(name) > MOST_IN_CELL:
            parts.append("")
        parts[-1] += ("、" if parts[-1] else "") + name
    return parts


def _write_chart(book: Any, table: Table, name: str, title: str) -> None:
    """On a sheet of its own, which is a page: beside a table a page break would cut it."""
    kind, headers = _CHARTS[table.key]
    chart = book.add_chart({"type": kind})
    first, end = HEAD_ROW + 1, HEAD_ROW + len(table.rows)
    names = 0 if table.columns[1].kind != "text" else 1
    axes: dict[str, dict[str, Any]] = {"x": {}, "y": {}}
    value = axes["x" if kind == "bar" else "y"]
    value["major_gridlines"] = {"visible": True, "line": {"color": "#D9D9D9"}}
    if table.columns[names].kind == "date":
        axes["x"] |= {"num_format": "m/d", "text_axis": True}
    for place, column in enumerate(table.columns):
        if column.header in headers:
            chart.add_series(
                {
                    "name": [name, HEAD_ROW, place],
                    "categories": [name, first, names, end, names],
                    "values": [name, first, place, end, place],
                }
            )
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"} if len(headers) > 1 else {"none": True})
    if kind == "bar":
        axes["y"]["reverse"] = True
    shown = [place for place, column in enumerate(table.columns) if column.header in headers]
    if all(table.columns[place].kind == "rate" for place in shown):
        value |= {"num_format": "0%", "min": 0, "max": 1}
    elif max(row[place] for row in table.rows for place in shown) <= FEW:
        value |= {"min": 0, "major_unit": 1}
    chart.set_x_axis(axes["x"])
    chart.set_y_axis(axes["y"])
    sheet = book.add_chartsheet(title)
    sheet.set_chart(chart)
    sheet.set_landscape()
    sheet.set_paper(9)


def _height(value: Any, width: int) -> float:
    """Of a row that shows this value in a column of this width, its lines wrapped."""
    lines = -(-2 * len(value) // (width - 4)) if isinstance(value, str) else 1
    return LINE_HEIGHT * max(lines, 1) + 2


def _width(column: Column, table: Table, place: int) -> float:
    if column.kind == "date":
        return 16.0
    if column.kind != "text":
        shown = [row[place] for row in table.rows] + ([table.total[place]] if table.total else [])
        digits = max((_digits(value) for value in shown), default=0)
        return max(9.0, min(2.0 * len(column.header) + 2, 18.0), digits + 3.0)
    longest = max((len(str(row[place])) for row in table.rows), default=4)
    return float(min(max(longest, len(column.header)) * 2 + 2, WIDEST))


def _digits(value: Any) -> float:
    """What a number takes, with its commas, its 约 and bold as totals are."""
    if isinstance(value, Amount):
        return 1.15 * len(f"{value.value:,}") + 3 * value.is_approximate
    return 1.15 * len(f"{value:,}") if isinstance(value, int) else 7


def _sheet_name(title: str, used: set[str]) -> str:
    """At most 31 letters, none that Excel forbids, none twice."""
    base = re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "表"
    name, number = base, 2
    while name in used:
        name = f"{base[:28]}_{number}"
        number += 1
    used.add(name)
    return name
