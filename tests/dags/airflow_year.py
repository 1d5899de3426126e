"""A year of one clock in Airflow's own tables, written as rows: a run every six hours, with what Airflow keeps of each."""

import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import uuid4

CLOCK = "collect"
GROWING = {
    "dag_run": "start_date",
    "task_instance": "start_date",
    "xcom": "timestamp",
    "rendered_task_instance_fields": None,
    "log": "dttm",
    "import_error": "timestamp",
    "job": "latest_heartbeat",
    "dag_version": "created_at",
    "serialized_dag": "created_at",
}
"""Table -> when a row is from; None where the rows go with those of a task."""


def _insert(base: sqlite3.Connection, table: str, **values: object) -> None:
    """With what else the table asks for, in the plainest way."""
    for _, name, kind, is_asked, default, is_key in base.execute(f"PRAGMA table_info({table})").fetchall():
        if name not in values and is_asked and default is None and not (is_key and kind == "INTEGER"):
            is_number = kind in ("INTEGER", "BOOLEAN")
            values[name] = 0 if is_number else "{}" if kind == "JSON" else f"{name}-{uuid4().hex[:8]}"
    names = ", ".join(values)
    base.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


def write_year(base: sqlite3.Connection, now: datetime) -> None:
    """Until `now`; the clock's DAG changed once a month."""
    if not base.execute("SELECT 1 FROM dag_bundle WHERE name = 'dags-folder'").fetchone():
        _insert(base, "dag_bundle", name="dags-folder")
    base.execute("DELETE FROM dag WHERE dag_id = ?", (CLOCK,))
    _insert(base, "dag", dag_id=CLOCK, bundle_name="dags-folder", last_parsed_time=_text(now))
    version = ""
    for number in range(365 * 4):
        moment = now - timedelta(hours=6 * (365 * 4 - number))
        at, run = _text(moment), f"scheduled__{moment.isoformat()}"
        if number % 120 == 0:
            version, month = uuid4().hex, number // 120 + 1
            _insert(
                base,
                "dag_version",
                id=version,
                version_number=month,
                dag_id=CLOCK,
                created_at=at,
                last_updated=at,
            )
            _insert(
                base,
                "serialized_dag",
                id=uuid4().hex,
                dag_id=CLOCK,
                created_at=at,
                last_updated=at,
                dag_version_id=version,
            )
            _insert(base, "import_error", timestamp=at, filename=f"{number}.py", stacktrace="")
            _insert(
                base,
                "job",
                latest_heartbeat=at,
                start_date=at,
                end_date=at,
                state="success",
                job_type="SchedulerJob",
            )
        _insert(
            base, "dag_run", id=number + 1, dag_id=CLOCK, run_id=run, run_type="scheduled", run_after=at, start_date=at,
            logical_date=at, state="success", created_dag_version_id=version,
        )  # fmt: skip
        task = {"dag_id": CLOCK, "run_id": run, "task_id": "look_over", "map_index": -1}
        _insert(
            base, "task_instance", id=uuid4().hex, start_date=at, end_date=at, state="success", try_number=1,
            pool="default_pool", pool_slots=1, dag_version_id=version, **task,
        )  # fmt: skip
        _insert(base, "xcom", dag_run_id=number + 1, key="return_value", timestamp=at, **task)
        _insert(base, "rendered_task_instance_fields", rendered_fields="{}", **task)
        _insert(base, "log", dttm=at, event="success", dag_id=CLOCK)


def count_rows(base: sqlite3.Connection, before: datetime) -> dict[str, tuple[int, int]]:
    """Table -> rows from before that moment, and all rows."""
    found = {}
    for table, column in GROWING.items():
        old = f"{column} < '{_text(before)}'" if column else "FALSE"
        found[table] = base.execute(f"SELECT count(*) FILTER (WHERE {old}), count(*) FROM {table}").fetchone()
    return found


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
