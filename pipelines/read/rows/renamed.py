"""What a table's places say beside columns: a required header that was renamed, and columns that must agree."""

import json
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice
from pipelines.read.layout.model import Column, Table, is_filled
from pipelines.read.rows.model import SheetRows
from pipelines.read.values import as_text, normalize

ALIKE = 0.5
"""Above this likeness (0 to 1, by difflib) a header is taken for a renamed one."""


def place_renamed(rows: SheetRows, table: Table, notice: Notice) -> SheetRows:
    """The rows with places that tell more; `renamed` is [column, row, text, whether it surely is the one], `others` columns."""
    item = notice.deliverables[table.deliverable]
    told: dict[str, list[Any]] = {}
    for field, source in table.fields.items():
        if len(source.winners) > 1:
            first, *others = source.winners
            columns = [table.sheet.first_column + one.at for one in others]
            told[field] = [table.sheet.first_column + first.at, first.header, None, {"others": columns}]
    for field, (column, is_sure) in _renamed(table, item, notice).items():
        place = [table.sheet.first_column + column.at, table.header_row, column.header, is_sure]
        told[field] = [None, item.columns[field].headers[0], None, {"renamed": place}]
    if not told:
        return rows
    return replace(rows, places=json.dumps(json.loads(rows.places) | told, ensure_ascii=False))


def _renamed(table: Table, item: Deliverable, notice: Notice) -> dict[str, tuple[Column, bool]]:
    """Each missing required field with the unread column whose header resembles it, or that alone is unread."""
    missing = [name for name, one in item.columns.items() if one.required and name not in table.fields]
    if not missing or not table.header:
        return {}
    unread = [one for one in table.columns if one.kind == "unknown" and _cells(table, one)]
    found: dict[str, tuple[Column, bool]] = {}
    if len(missing) == len(unread) == 1 and _may_be(table, unread[0], missing[0], item, notice):
        found[missing[0]] = unread[0], _likeness(unread[0], item.columns[missing[0]].headers) > ALIKE
        return found
    for field in missing:
        headers = item.columns[field].headers
        best = max(unread, key=lambda one: _likeness(one, headers), default=None)
        if best and _likeness(best, headers) > ALIKE:
            found[field] = best, True
            unread.remove(best)
    return found


def _likeness(column: Column, headers: tuple[str, ...]) -> float:
    text = normalize(column.header)
    return max(SequenceMatcher(None, text, normalize(header)).ratio() for header in headers)


def _may_be(table: Table, column: Column, field: str, item: Deliverable, notice: Notice) -> bool:
    """Whether what stands in a column can be a field's at all: a list's column holds a word of the list."""
    name = item.columns[field].list
    if name is None:
        return item.field(field).type in ("text", "count") or (
            _likeness(column, item.columns[field].headers) > ALIKE
        )
    words = {normalize(word) for word in notice.lists[name].values()}
    return any(normalize(text) in words for text in _cells(table, column))


def _cells(table: Table, column: Column) -> list[str]:
    rows = (table.sheet.rows[row] for row in table.rows)
    return [as_text(row[column.at]) for row in rows if column.at < len(row) and is_filled(row[column.at])]
