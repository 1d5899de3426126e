"""When shortlists are made: one DAG for each notice that selects, a run for each evening of its days.

wait → shortlist. People choose on the board's page 遴选, whenever they like; no run waits for them. How is in pipelines/select.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.types import DagRunProtocol as DagRun
from alarm_calls import with_alarms
from awaiting import moments_of, wait_for_scan, wait_hours
from notice_dags import DEFAULTS, cards_for, with_params
from planned_moments import PlannedMoments

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

if TYPE_CHECKING:
    from pipelines.notice import Notice

PARAMS = {
    "day": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-\d\d-\d\d$",
        title="哪一天",
        description="留空：本次运行所属的一天；手动触发时为最近的一天。也可填写，如 2020-11-08。",
    ),
    "wait_hours": wait_hours("出名单的时刻"),
}


def make_select(notice: Card) -> DAG:
    """The DAG of one notice's shortlists."""
    moments = moments_of(notice, notice.selection_moments)

    @dag(
        dag_id=f"select__{notice.id}",
        dag_display_name=f"遴选：{notice.title}",
        description=f"{len(moments)} 天，{moments[0]:%Y-%m-%d %H:%M} 至 {moments[-1]:%Y-%m-%d %H:%M}：出当天的初选名单",
        doc_md=explain(notice),
        tags=["遴选", notice.id],
        schedule=PlannedMoments(moments, description=f"{len(moments)} 份初选名单"),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
        **with_alarms(DEFAULTS),
    )
    def select() -> None:
        @task(task_display_name="2 出名单")
        def shortlist(params: dict[str, Any], dag_run: DagRun) -> dict[str, Any]:
            from pipelines.notice import load_notice
            from pipelines.select.evening import make_evening

            own = load_notice(notice.id)
            now = own.local(datetime.now(own.zone))
            made = make_evening(Home.default(), own, moment_of(own, params, dag_run), now)
            return {
                "as_of": made.as_of.isoformat(),
                "candidates": len(made.rows),
                "listed": len(made.listed),
            }

        wait_for_scan(notice, moment_of, "没有出名单") >> shortlist()

    return with_params(select(), PARAMS)


def moment_of(notice: "Notice", params: dict[str, Any], dag_run: DagRun) -> datetime:
    """The planned moment of the day that was asked for, else of the one that the run stands for."""
    from pipelines.ground.errors import NoticesError
    from pipelines.notice.selection import latest_selection, selection_moments
    from pipelines.select.evening import moment_of_day

    if params["day"]:
        try:
            return moment_of_day(notice, datetime.fromisoformat(params["day"]).date())
        except (ValueError, NoticesError) as error:
            raise AirflowFailException(f"{params['day']}：{error}。请改正后重新触发") from None
    found = latest_selection(notice, dag_run.data_interval_end or dag_run.run_after)
    if found is None:
        raise AirflowFailException(f"第一份初选名单在 {selection_moments(notice)[0]}，还没有到")
    return found


def explain(notice: Card) -> str:
    """The page that data staff see beside the DAG."""
    asks = "两个人都选了才算入选。" if notice.selection_by_two else ""
    return f"""
**{notice.title}**（`{notice.id}`）每天 {notice.selection_at} 出一份初选名单，由{notice.selection_line}遴选。{asks}
出了名单，人在[遴选](/board/n/select__{notice.id}/select)页上选，什么时候选都行；没有流程在等。重复运行不会改动出过的名单。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 等收件 | 等出名单的时刻以后开始的一次收件读完 | 看日志：哪个来源没有读到；收件正常后清除该任务重跑 |
| 2 出名单 | 给当天新报的材料打分、找重复、按市和类别平衡，存档 | 看日志；改正后重跑，不会出第二份 |

怎么打分、怎么选，见 docs/selection.md。
"""


for _card in cards_for("select"):
    if _card.selection_moments:
        globals()[f"select__{_card.id}"] = make_select(_card)
