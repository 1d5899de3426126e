"""Clocks: one DAG looks over all open notices, and starts the flow of each that has something to do, with why in the run's note.

Hundreds of notices with nothing new cost one task then, and what happens to one is still seen in its own flow: its runs are those
in which something was done, or went wrong.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from alarm_calls import with_alarms

from pipelines.ground.home import Home
from pipelines.notice.cards import Card, list_cards
from pipelines.warehouse.likeness import mask_plainly

LONGEST_NOTE = 500
BUSY = ("queued", "running")
Look = Callable[[list[Card]], Mapping[str, str]]
"""From the open notices to those whose flow has something to do, each with why (Chinese)."""
EXPLAINED = """
{what}没有事的通知到此为止，一个任务看完全部；有事的，启动它自己的流程“{flow}__通知编号”，为什么启动写在那次运行的备注（Note）里。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 看一遍 | 逐个看开着的通知；日志里每个通知一行 | 看日志；下一轮会再看 |
| 2 启动 | 启动有事的通知自己的流程；上一次还没有结束的不重复启动 | 下一轮会再启动 |

一个通知出错，不影响别的通知：它自己的流程会启动，并在那里显示失败。重复运行没有害处，随时可以手动触发。
"""


class StartFlow(TriggerDagRunOperator):
    """Starts a notice's flow, unless a run of it waits or goes on already: that one finds everything there is."""

    def execute(self, context: Any) -> None:
        if context["ti"].get_dr_count(dag_id=self.trigger_dag_id, states=list(BUSY)):
            raise AirflowSkipException(f"{self.trigger_dag_id} 上一次还没有结束")
        super().execute(context)


def make_clock(
    flow: str, name: str, schedule: str, tag: str, what: str, look: Look, after: timedelta = timedelta(0)
) -> DAG:
    """The DAG `<flow>`, which starts `<flow>__<notice>` where `look` finds something to do; `after` a notice closed it is
    looked at for so long."""

    @dag(
        dag_id=flow,
        dag_display_name=name,
        description=what,
        doc_md=EXPLAINED.format(what=what, flow=flow),
        tags=[tag, "定时"],
        schedule=schedule,
        start_date=datetime.fromtimestamp(0, tz=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        **with_alarms(),
    )
    def clock() -> None:
        @task(task_display_name="1 看一遍", execution_timeout=timedelta(minutes=50))
        def look_over() -> list[dict[str, str]]:
            """What the next task is mapped over: only the notices that have something to do."""
            now, cards = datetime.now(UTC), list_cards(Home.default())
            found = look([card for card in cards if not card.problems and card.is_open(now, after)])
            for notice_id, why in found.items():
                print(f"{notice_id}：{mask_plainly(why)}")
            return [
                {"trigger_dag_id": f"{flow}__{notice_id}", "note": mask_plainly(why)[:LONGEST_NOTE]}
                for notice_id, why in found.items()
            ]

        StartFlow.partial(
            task_id="start",
            task_display_name="2 启动",
            map_index_template="{{ task.trigger_dag_id }}",
            retries=2,
            retry_delay=timedelta(seconds=20),
        ).expand_kwargs(look_over())

    return clock()


def is_asked(flow: str) -> bool:
    """Whether whoever reads the DAG file wants the clock: a task of another DAG does not."""
    from airflow.sdk import get_parsing_context

    return get_parsing_context().dag_id in (None, flow)
