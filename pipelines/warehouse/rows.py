"""What the read and check stages found, into the raw schema: submissions, tables, verdicts, rows. Part of the load stage."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.check.tables import VERDICTS
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import KINDS, OCCURRED
from pipelines.notice.model import Notice
from pipelines.notice.numbers import NumberKind
from pipelines.read.frames import (
    NAMED_PERIODS,
    SHEETS,
    SUBMISSIONS,
    read_frames,
    rows_schema,
    table_deliverables,
)
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.notes import load_notes
from pipelines.warehouse.put import insert_rows

_PHONES = (13_000_000_000, 20_000_000_000)
"""Numbers that are mobile telephone numbers, more people than there are."""
_MOST = 2**63 - 1


def no_wait() -> None:
    """The verdicts are there."""


def load_rows(
    connection: duckdb.DuckDBPyConnection,
    notice: Notice,
    folder: Path,
    masker: Masker,
    wait_for_verdicts: Callable[[], object] = no_wait,
) -> None:
    """All of the run's fresh submissions but their verdicts, which are there at the end; needs the temporary table `fresh`."""
    staged = staged_fresh(connection, folder)
    only = {"notice": notice.id}
    insert_rows(connection, "raw.submissions", "SELECT $notice AS notice_id, * FROM fresh", only)
    for relation, schema in (("sheets", SHEETS), ("named_periods", NAMED_PERIODS)):
        connection.register("staged", masker.mask_table(read_frames(folder, relation, schema)))
        insert_rows(connection, f"raw.{relation}", f"SELECT $notice AS notice_id, * FROM {staged}", only)
    for deliverable in table_deliverables(notice):
        schema = rows_schema(notice, deliverable)
        rows = read_frames(folder, f"rows_{deliverable}", schema)
        if suspects := _phone_columns(rows, notice.deliverables[deliverable]):
            wait_for_verdicts()
            rows = _hide_numbers(rows, suspects, read_frames(folder, "verdicts", VERDICTS))
        connection.register("staged", _cover(notice, deliverable, rows, masker))
        parameters = {"notice": notice.id, "deliverable": deliverable}
        unit_name = "unit_name" if "unit_name" in schema.names else "NULL"
        registered = f"""
            SELECT
                $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
                row_order, {unit_name} AS unit_name
            FROM {staged}
        """
        insert_rows(connection, "raw.rows", registered, parameters)
        relation, select = _SELECTS[notice.deliverables[deliverable].kind]
        insert_rows(connection, relation, select(notice, deliverable, staged), parameters)
    connection.unregister("staged")
    load_notes(connection, notice, folder, masker)
    wait_for_verdicts()


def staged_fresh(connection: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """What stands behind FROM for the fresh part of a table that is registered as `staged`: where all that was read is fresh, as
    nearly always, the table itself. A join would copy every column, which costs as much as writing them."""
    fresh = {row[0] for row in connection.execute("SELECT submission_id FROM fresh").fetchall()}
    read = read_frames(folder, "submissions", SUBMISSIONS).column("submission_id").to_pylist()
    return "staged" if fresh.issuperset(read) else "staged SEMI JOIN fresh USING (submission_id)"


def load_verdicts(
    connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path, masker: Masker
) -> None:
    """The verdicts on fresh submissions; what stands in a personal column is left out."""
    connection.register("staged", masker.mask_table(read_frames(folder, "verdicts", VERDICTS)))
    select = """
        SELECT $notice AS notice_id, * EXCLUDE (is_personal) REPLACE (CASE WHEN NOT is_personal THEN value END AS value)
        FROM staged SEMI JOIN fresh USING (submission_id)
    """
    insert_rows(connection, "raw.verdicts", select, {"notice": notice.id})
    connection.unregister("staged")


def _cover(notice: Notice, deliverable: str, rows: pa.Table, masker: Masker) -> pa.Table:
    """The rows masked; of a column that is personal by the notice nothing is left but a token, whatever was written there."""
    masked, item = masker.mask_table(rows), notice.deliverables[deliverable]
    for name in item.open_columns:
        if item.field(name).personal:
            kind = item.columns[name].type
            for column in (name, f"{name}_given"):
                index = masked.schema.get_field_index(column)
                told = [one if one is None else masker.cover(kind, one) for one in rows[column].to_pylist()]
                masked = masked.set_column(index, masked.schema[index], pa.array(told, pa.string()))
    return masked


def _phone_columns(rows: pa.Table, item: Deliverable) -> dict[int, tuple[int, ...]]:
    """The columns of numbers in which some may be telephone numbers, each with the sizes of its units: see `_sizes`."""
    found: dict[int, tuple[int, ...]] = {}
    for index, column in enumerate(rows.schema):
        sizes = _sizes(item.number(column.name)) if pa.types.is_int64(column.type) else ()
        for size in sizes:
            low, high = (min(edge * size, _MOST) for edge in _PHONES)
            if pc.any(pc.and_(pc.greater_equal(rows[index], low), pc.less(rows[index], high))).as_py():
                found[index] = sizes
    return found


def _sizes(number: NumberKind) -> tuple[int, ...]:
    """What one is kept as: of the base unit and of the one that the notice names. 1.5亿元 is fifteen thousand million 分, and no
    telephone number."""
    one = 10**number.places
    return tuple({one, one * number.worth})


def _is_phone(value: int, sizes: tuple[int, ...]) -> bool:
    return any(value % size == 0 and _PHONES[0] <= value // size < _PHONES[1] for size in sizes)


def _hide_numbers(rows: pa.Table, suspects: dict[int, tuple[int, ...]], verdicts: pa.Table) -> pa.Table:
    """The rows without the numbers that are telephone numbers, in rows that go back: a number of a row that counts stays."""
    place = ["submission_id", "table_number", "row_number"]
    errors = verdicts.filter(pc.equal(verdicts["severity"], "error"))
    faulty = set(zip(*(errors[name].to_pylist() for name in place), strict=True))
    places = list(zip(*(rows[name].to_pylist() for name in place), strict=True))
    for index, sizes in suspects.items():
        told = [
            None if value is not None and at in faulty and _is_phone(value, sizes) else value
            for value, at in zip(rows[index].to_pylist(), places, strict=True)
        ]
        rows = rows.set_column(index, rows.schema[index], pa.array(told, pa.int64()))
    return rows


def _select_materials(notice: Notice, deliverable: str, staged: str) -> str:
    return f"""
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
            is_zero_report, activity_date, activity_date_given, material_type, material_type_given, title, title_given,
            category, category_given, theme, theme_given, county, county_given,
            participants, participants_given, participants_state,
            online_views, online_views_given, online_views_state, link, link_given
        FROM {staged}
    """


def _select_plans(notice: Notice, deliverable: str, staged: str) -> str:
    return f"""
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
            unit_name, unit_name_given, plan_title, plan_title_given, column_url, column_url_given
        FROM {staged}
    """


def _select_statistics(notice: Notice, deliverable: str, staged: str) -> str:
    """From a column an indicator to a row an indicator; the names come from the checked notice, never from input.

    They are quoted: a notice may call a column by a word of SQL (order, group, user)."""
    item = notice.deliverables[deliverable]
    when = OCCURRED if KINDS[item.kind].tells_when else "NULL::TIMESTAMP"
    return " UNION ALL ".join(
        f"""
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number, period_date,
            {when} AS occurred_at,
            '{name}' AS indicator, {f'"{name}"' if is_number else "NULL"} AS value,
            {"NULL" if is_number else f'"{name}"::VARCHAR'} AS value_text, {name}_given AS value_given,
            coalesce({name}_state, if({name}_given IS NULL, 'blank', 'text')) AS value_state
        FROM {staged}
        """
        for name in item.open_columns
        for is_number in [name in item.indicators]
    )


_SELECTS = {
    "materials": ("raw.materials", _select_materials),
    "plan": ("raw.plans", _select_plans),
    "statistics": ("raw.statistics", _select_statistics),
    "list": ("raw.statistics", _select_statistics),
}
