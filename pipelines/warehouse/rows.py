"""What the read and check stages found, into the raw schema: submissions, tables, verdicts, rows. Part of the load stage."""

from pathlib import Path

import duckdb

from pipelines.check.tables import VERDICTS
from pipelines.notice.model import Notice
from pipelines.read.frames import NAMED_PERIODS, SHEETS, read_frames, rows_schema, table_deliverables
from pipelines.warehouse.notes import load_notes


def load_rows(connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path) -> None:
    """All of the run's fresh submissions; needs the temporary table `fresh`."""
    connection.execute(
        "INSERT INTO raw.submissions BY NAME SELECT $1 AS notice_id, * FROM fresh", [notice.id]
    )
    connection.register("staged", read_frames(folder, "sheets", SHEETS))
    connection.execute(
        "INSERT INTO raw.sheets BY NAME SELECT $1 AS notice_id, * FROM staged SEMI JOIN fresh USING (submission_id)",
        [notice.id],
    )
    connection.register("staged", read_frames(folder, "named_periods", NAMED_PERIODS))
    connection.execute(
        "INSERT INTO raw.named_periods BY NAME SELECT $1 AS notice_id, * FROM staged SEMI JOIN fresh USING (submission_id)",
        [notice.id],
    )
    connection.register("staged", read_frames(folder, "verdicts", VERDICTS))
    connection.execute(
        """
        INSERT INTO raw.verdicts BY NAME
        SELECT $1 AS notice_id, * EXCLUDE (is_personal) REPLACE (CASE WHEN NOT is_personal THEN value END AS value)
        FROM staged SEMI JOIN fresh USING (submission_id)
        """,
        [notice.id],
    )
    for deliverable in table_deliverables(notice):
        schema = rows_schema(notice, deliverable)
        connection.register("staged", read_frames(folder, f"rows_{deliverable}", schema))
        parameters = {"notice": notice.id, "deliverable": deliverable}
        unit_name = "unit_name" if "unit_name" in schema.names else "NULL"
        connection.execute(
            f"""
            INSERT INTO raw.rows BY NAME
            SELECT
                $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
                row_order, {unit_name} AS unit_name
            FROM staged SEMI JOIN fresh USING (submission_id)
            """,
            parameters,
        )
        connection.execute(_INSERTS[notice.deliverables[deliverable].kind](notice, deliverable), parameters)
    connection.unregister("staged")
    load_notes(connection, notice, folder)


def _insert_materials(notice: Notice, deliverable: str) -> str:
    return """
        INSERT INTO raw.materials BY NAME
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
            is_zero_report, activity_date, activity_date_given, material_type, material_type_given, title, title_given,
            category, category_given, theme, theme_given, county, county_given,
            participants, participants_given, participants_state,
            online_views, online_views_given, online_views_state, link, link_given
        FROM staged SEMI JOIN fresh USING (submission_id)
    """


def _insert_plans(notice: Notice, deliverable: str) -> str:
    return """
        INSERT INTO raw.plans BY NAME
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number,
            unit_name, unit_name_given, plan_title, plan_title_given, column_url, column_url_given
        FROM staged SEMI JOIN fresh USING (submission_id)
    """


def _insert_statistics(notice: Notice, deliverable: str) -> str:
    """From a column an indicator to a row an indicator; the names come from the checked notice, never from input."""
    return " UNION ALL ".join(
        f"""
        SELECT
            $notice AS notice_id, $deliverable AS deliverable, submission_id, sheet, table_number, row_number, period_date,
            '{name}' AS indicator, {name} AS value, {name}_given AS value_given, {name}_state AS value_state
        FROM staged SEMI JOIN fresh USING (submission_id)
        """
        for name in notice.deliverables[deliverable].indicators
    ).join(("INSERT INTO raw.statistics BY NAME ", ""))


_INSERTS = {"materials": _insert_materials, "plan": _insert_plans, "statistics": _insert_statistics}
