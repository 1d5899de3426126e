"""What a child may answer of a receipt: looked at before anything is made of it, for a hostile file may own the child, and our reader may err.

Types are what `decode` has made sure of; here are the things that a type does not say, and that would end a run or speak of other files.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypedDict

import msgspec
import pyarrow as pa

from pipelines.notice.model import Notice
from pipelines.read.frames import rows_schema, table_deliverables
from pipelines.read.rows import SheetRows
from pipelines.read.submission import Job, Submission
from pipelines.read.wire import Contradiction

_INT32, _INT64 = range(1 << 31), range(-(1 << 63), 1 << 63)
_PLACES = msgspec.json.Decoder(dict[str, list[Any]])
_INSIDE = ("", "!", "#")
"""What stands behind a receipt's path: nothing, or what leads to a member or an answer."""
Require = Callable[[Job, list[Submission]], None]


def required(notice: Notice) -> Require:
    """What raises Contradiction where an answer to a job cannot be one."""
    return _Believed(notice).require


class _Believed:
    def __init__(self, notice: Notice) -> None:
        self._deliverables = {None, *notice.deliverables}
        self._recipients = {None, *(one.code for one in notice.recipients)}
        self._tables = {name: _Table(rows_schema(notice, name)) for name in table_deliverables(notice)}

    def require(self, job: Job, found: list[Submission]) -> None:
        claimed = job.claim.recipient_code if job.claim else None
        for one in found:
            if one.receipt_id != job.receipt_id or one.received_at != job.received_at:
                raise Contradiction("it speaks of another receipt")
            if not one.path.startswith(job.path) or one.path[len(job.path) :][:1] not in _INSIDE:
                raise Contradiction(f"it speaks of another file: {one.path}")
            if one.recipient_code not in self._recipients and one.recipient_code != claimed:
                raise Contradiction(f"no such recipient: {one.recipient_code}")
            if not {one.deliverable, one.document} <= self._deliverables:
                raise Contradiction(f"no such deliverable: {one.deliverable}, {one.document}")
            if one.size not in _INT64 or (one.answered_at and one.answered_at.tzinfo):
                raise Contradiction(f"a size or a moment that no file has: {one.size}, {one.answered_at}")
            for sheet in one.sheets:
                self._require_sheet(sheet)
            _require_small(_numbers(one))

    def _require_sheet(self, sheet: SheetRows) -> None:
        table, count = self._tables.get(sheet.deliverable), len(sheet.row_numbers)
        if table is None:
            raise Contradiction(f"no table: {sheet.deliverable}")
        _require_small(sheet.row_numbers)
        # Whatever nobody looked at has no states.
        states = [one for one in (sheet.row_states, sheet.row_state_fields) if one]
        table.require(sheet.columns)
        for column in (sheet.unit_names, sheet.zero_reports, *states, *sheet.columns.values()):
            if len(column) != count:
                raise Contradiction(f"a column has {len(column)} entries, there are {count} rows")
        _require_places(sheet.places)


class _Table:
    """The columns that a deliverable's rows may have."""

    def __init__(self, schema: pa.Schema) -> None:
        self._names = set(schema.names)
        self._days = [one.name for one in schema if pa.types.is_temporal(one.type)]
        columns = {one.name: list[_cell(one.type) | None] for one in schema}  # type: ignore[misc]
        self._kind = TypedDict("_Columns", columns, total=False)  # type: ignore[misc]

    def require(self, columns: Mapping[str, Any]) -> None:
        if not columns.keys() <= self._names:
            raise Contradiction(f"no such columns: {columns.keys() - self._names}")
        try:
            msgspec.convert(columns, self._kind, builtin_types=(date, datetime))
        except msgspec.ValidationError as error:
            raise Contradiction(str(error)) from None
        # A day as text would be taken for one there.
        if any(str in map(type, columns.get(name, ())) for name in self._days):
            raise Contradiction("a day that is a text")


def _cell(arrow: pa.DataType) -> Any:
    """What a cell of such a column is, where it is anything."""
    if pa.types.is_integer(arrow):
        return Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
    if pa.types.is_timestamp(arrow):
        return Annotated[datetime, msgspec.Meta(tz=False)]
    return date if pa.types.is_date(arrow) else str


def _require_places(places: str) -> None:
    """SQL asks them for a column's number and header, of all files at once."""
    try:
        found = _PLACES.decode(places)
    except msgspec.DecodeError as error:
        raise Contradiction(f"places: {error}") from None
    for place in found.values():
        if (
            len(place) < 2
            or type(place[0]) not in (int, type(None))
            or type(place[1]) not in (str, type(None))
        ):
            raise Contradiction(f"no place: {place}")
    _require_small(place[0] for place in found.values())


def _numbers(one: Submission) -> Iterable[int | None]:
    """All of which the frames keep 32 bits."""
    yield one.row_order
    for sheet in one.sheets:
        yield sheet.header_row
    for note in one.notes:
        yield from (note.sheet_number, note.row, note.column)
    for account in one.accounts:
        yield account.sheet_number
        yield from account.cells.values()
        yield sum(account.cells.values())


def _require_small(numbers: Iterable[int | None]) -> None:
    given = [one for one in numbers if one is not None]
    if given and not (min(given) in _INT32 and max(given) in _INT32):
        raise Contradiction("a place or a count that no file has")
