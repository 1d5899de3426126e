"""What the DAGs of notices have in common: which notices there are, when theirs run by themselves, what they wait for."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Asset, Param, get_parsing_context
from airflow.sdk import Connection as AirflowConnection
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from masked_logs import mask_logs
from schemas import check_schemas_once

from pipelines.ground.connections import Connection, from_airflow, from_environment
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.ground.private import keep_private
from pipelines.notice.cards import Card, list_cards, read_card

if TYPE_CHECKING:
    from pipelines.notice import Notice

# Every task's process comes by here.
keep_private()
mask_logs()
check_schemas_once()
DEFAULTS = {
    "retries": 3,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(minutes=30),
}
LONGEST_READING = 10.0
"""Seconds for notices that changed since a DAG file was read last."""
WRITER = "warehouse"
"""A pool of one slot, made by tools/airflow_env.py: DuckDB has one writer, whichever notice it works for."""


def cards_for(flow: str) -> Iterator[Card]:
    """The notices that a DAG file makes `<flow>__<notice>` of, those whose folder is wrong among them (`problems`).

    A task's process reads the file as well, and asks for its own DAG alone: it is given no other.
    """
    asked = get_parsing_context().dag_id
    if asked is None:
        yield from list_cards(Home.default(), seconds=LONGEST_READING)
    elif asked.startswith(f"{flow}__"):
        yield read_card(Home.default(), asked.removeprefix(f"{flow}__"))


def good_notices() -> "Iterator[Notice]":
    """Every notice whose folder is right, whole: for tasks and pages, never while a DAG file is read."""
    from pipelines.notice import list_notices, load_notice

    for notice_id in list_notices():
        try:
            yield load_notice(notice_id)
        except BadNoticeError:
            continue


def warehouse_of(notice: "Card | Notice") -> Asset:
    """What `collect` publishes and the other DAGs read."""
    return Asset(name=f"warehouse/{notice.id}", uri=f"x-notices://warehouse/{notice.id}", group="warehouse")


def while_open(notice: "Card | Notice", cron: str, after: timedelta = timedelta(0)) -> dict[str, Any]:
    """What a DAG of few notices is told that runs by itself only while its notice is open, and `after` that, and one run at a
    time. What every notice has, every few minutes, has a clock (clocks.py).

    Airflow silently runs nothing of a run whose date lies outside a DAG's dates, and people must be able to start it at
    any time: a notice that is not open has no dates.
    """
    opens = datetime.combine(notice.opens, time.min, notice.zone)
    closes = datetime.combine(notice.closes, time.max, notice.zone) + after
    is_open = opens <= datetime.now(notice.zone) <= closes
    return WHEN_STARTED | ({"schedule": cron, "start_date": opens, "end_date": closes} if is_open else {})


WHEN_STARTED: dict[str, Any] = {
    "schedule": None,
    "catchup": False,
    "is_paused_upon_creation": False,
    "max_active_runs": 1,
}
"""What a notice's own flow is told that runs when its clock (clocks.py) finds something to do, or a person starts it.

Without dates: Airflow silently runs nothing of a run that lies outside a DAG's."""


def with_params(made: DAG, params: dict[str, Param]) -> DAG:
    """The DAG with these parameters, which its tasks read from it when they run.

    Told while it is made, it would hand every task copies of its own, made four times and written down with each task: a third of
    what reading hundreds of DAGs costs.
    """
    made.params = ParamsDict(params)
    return made


def read_moment(notice: "Notice", text: str) -> datetime:
    """A moment that somebody wrote into a form, naive in the notice's zone. One that is none fails at once: it stays none."""
    try:
        return notice.local(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise AirflowFailException(
            f"“{text}”不是时刻；应写成 2020-11-14T20:00:00。请改正后重新触发"
        ) from None


def connect(connection_id: str) -> Connection:
    """A connection from Airflow's page, its environment or its secrets backend. Raises MissingConnectionError."""
    try:
        return from_airflow(connection_id, AirflowConnection.get(connection_id))
    except AirflowNotFoundException:
        return from_environment(connection_id)
