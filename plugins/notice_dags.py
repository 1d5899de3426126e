"""What the DAGs of notices have in common: which notices there are, when theirs run by themselves, what they wait for."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from airflow.sdk import Asset
from airflow.sdk import Connection as AirflowConnection
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from masked_logs import mask_logs

from pipelines.ground.connections import Connection, from_airflow, from_environment
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.private import keep_private
from pipelines.notice import Notice, list_notices, load_notice

# Every task's process comes by here.
keep_private()
mask_logs()
DEFAULTS = {
    "retries": 3,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(minutes=30),
}
WRITER = "warehouse"
"""A pool of one slot, made by tools/airflow_env.py: DuckDB has one writer, whichever notice it works for."""


def good_notices() -> Iterator[Notice]:
    """Every notice whose folder is right; `collect` shows the others as broken, with what is wrong."""
    for notice_id in list_notices():
        try:
            yield load_notice(notice_id)
        except BadNoticeError:
            continue


def while_open(notice: Notice, cron: str, after: timedelta = timedelta(0)) -> dict[str, Any]:
    """What a DAG is told that runs by itself only while its notice is open, and `after` that, and one run at a time.

    Airflow silently runs nothing of a run whose date lies outside a DAG's dates, and people must be able to start it at
    any time: a notice that is not open has no dates.
    """
    opens = datetime.combine(notice.opens, time.min, notice.zone)
    closes = datetime.combine(notice.closes, time.max, notice.zone) + after
    is_open = opens <= datetime.now(notice.zone) <= closes
    return {
        "schedule": cron if is_open else None,
        "start_date": opens if is_open else None,
        "end_date": closes if is_open else None,
        "catchup": False,
        "is_paused_upon_creation": False,
        "max_active_runs": 1,
    }


def warehouse_of(notice: Notice) -> Asset:
    """What `collect` publishes and the other DAGs read."""
    return Asset(name=f"warehouse/{notice.id}", uri=f"x-notices://warehouse/{notice.id}", group="warehouse")


def read_moment(notice: Notice, text: str) -> datetime:
    """A moment that somebody wrote into a form, naive in the notice's zone. One that is none fails at once: it stays none."""
    try:
        return notice.local(datetime.fromisoformat(text))
    except ValueError:
        raise AirflowFailException(
            f"“{text}”不是时刻；应写成 2020-11-14T20:00:00。请改正后重新触发"
        ) from None


def connect(connection_id: str) -> Connection:
    """A connection from Airflow's page, its environment or its secrets backend. Raises MissingConnectionError."""
    try:
        return from_airflow(connection_id, AirflowConnection.get(connection_id))
    except AirflowNotFoundException:
        return from_environment(connection_id)
