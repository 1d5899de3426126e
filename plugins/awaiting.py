"""等收件: a run of a planned moment waits until a scan that began later was read, and fails where none is in so many hours."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pendulum
from airflow.sdk import Param, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.types import DagRunProtocol as DagRun
from notice_dags import warehouse_of

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

if TYPE_CHECKING:
    from pipelines.notice import Notice

MomentOf = Callable[["Notice", dict[str, Any], DagRun], datetime]
"""What a run is as of, in the notice's zone, by its parameters and itself."""


def moments_of(notice: Card, told: Iterable[str]) -> list[pendulum.DateTime]:
    """Planned moments as a card keeps them, in the notice's zone."""
    return [pendulum.instance(datetime.fromisoformat(one), tz=notice.timezone) for one in told]


def wait_hours(until: str) -> Param:
    """The parameter that the task reads."""
    return Param(
        3,
        type="number",
        minimum=0,
        title="最多等几小时",
        description=f"收件还没有收到{until}以后的，就等；等不到则失败。填 0 不等。",
    )


def wait_for_scan(notice: Card, moment_of: MomentOf, undone: str) -> Any:
    """The task; `undone` says in its failure what was not made."""

    @task.sensor(
        task_display_name="1 等收件",
        poke_interval=60,
        timeout=timedelta(days=7),
        mode="reschedule",
        inlets=[warehouse_of(notice)],
    )
    def wait(params: dict[str, Any], dag_run: DagRun) -> bool:
        from pipelines.bulletin.ready import describe_wait
        from pipelines.notice import load_notice

        own = load_notice(notice.id)
        awaited = describe_wait(Home.default().published, own, moment_of(own, params, dag_run))
        limit = timedelta(hours=params["wait_hours"])
        if awaited and datetime.now(notice.zone) - (dag_run.start_date or dag_run.run_after) >= limit:
            raise AirflowFailException(f"{awaited}。等了 {params['wait_hours']} 小时，{undone}")
        if awaited:
            print(f"{awaited}。一分钟后再看。")
        return not awaited

    return wait()
