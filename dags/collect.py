"""When submissions are collected: a clock scans all open notices every ten minutes, and starts the DAG of each with something new.

scan → read (a bounded number of batches) → check → load → publish → returns → finish. How each stage works is in pipelines/.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.types import DagRunProtocol as DagRun
from alarm_calls import with_alarms
from clocks import is_asked, make_clock
from notice_dags import (
    DEFAULTS,
    WHEN_STARTED,
    WRITER,
    cards_for,
    connect,
    read_moment,
    warehouse_of,
    with_params,
)

from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice.cards import Card

if TYPE_CHECKING:
    from pipelines.notice import Notice

PARAMS = {
    "inbox": Param(
        None,
        type=["null", "string"],
        title="收件文件夹",
        description="留空：收本通知自己的收件文件夹（var/inbox/通知编号）。",
    ),
    "now": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d",
        title="当作现在的时刻",
        description="留空：此刻。补收历史材料时填写，如 2020-12-01T00:00:00（通知所在时区）。",
    ),
    "replay": Param(
        False,
        type="boolean",
        title="按过去的时刻补跑",
        description="上面的时刻早于最近一次收件时，确是要这样补跑才打开；否则会当作系统时钟有误而停下。",
    ),
}


def make_collect(notice: Card) -> DAG:
    """The DAG that collects one notice."""
    warehouse = warehouse_of(notice)

    @dag(
        dag_id=f"collect__{notice.id}",
        dag_display_name=f"收件入库：{notice.title}",
        description=f"{notice.opens} 至 {notice.closes} 每十分钟看一次，有新到的就运行：收件、读表、校验、入库、发布、退回",
        doc_md=explain(notice),
        tags=["收件", notice.id],
        **WHEN_STARTED,
        max_active_tasks=2,
        dagrun_timeout=timedelta(hours=3),
        **with_alarms(DEFAULTS),
    )
    def collect() -> None:
        @task(task_display_name="1 收件")
        def scan(params: dict[str, Any], dag_run: DagRun, ti: Any) -> list[int]:
            """Returns the batches, because a task can only be mapped over a return value; the counts stand beside it."""
            from pipelines import cycle
            from pipelines.collect.inbox import make_inbox
            from pipelines.warehouse.known import kept_known

            home, own, run_id = place(notice.id, dag_run)
            inbox = Path(params["inbox"]) if params["inbox"] else None
            now = read_moment(own, params["now"]) if params["now"] else None
            if inbox is None:
                make_inbox(home, own)
            with kept_known():
                counts = cycle.scan(home, own, run_id, inbox, now, connect, params["replay"])
                ti.xcom_push("counts", counts)
                if not cycle.is_quiet(home, own, counts):
                    return counts["batches"]
                # Nothing came: this one task does the rest, and the others are skipped.
                if errors := cycle.run_rest(home, own, run_id, counts, inbox, connect):
                    raise AirflowFailException("\n".join(errors))
            return []

        @task(task_display_name="2 读表")
        def read(batch: int, dag_run: DagRun) -> dict[str, Any]:
            from pipelines import cycle

            return cycle.read(*place(notice.id, dag_run), batch)

        @task(task_display_name="3 校验")
        def check(dag_run: DagRun) -> dict[str, Any]:
            from pipelines import cycle

            return cycle.check(*place(notice.id, dag_run))

        # After a change of the notice, the rules or the program, `load` makes everything anew from the archive.
        @task(task_display_name="4 入库", pool=WRITER, execution_timeout=timedelta(hours=2))
        def load(dag_run: DagRun) -> dict[str, Any]:
            from pipelines import cycle

            return cycle.load(*place(notice.id, dag_run))

        @task(task_display_name="5 发布", pool=WRITER, outlets=[warehouse])
        def publish(loaded: dict[str, Any], dag_run: DagRun, outlet_events: Any) -> dict[str, Any]:
            from pipelines import cycle

            published = cycle.publish(*place(notice.id, dag_run))
            outlet_events[warehouse].extra = {**loaded, **published}
            return published

        # The private file is the loader's too: what a unit wrote in a personal column is shown to the unit itself.
        @task(task_display_name="6 退回", pool=WRITER)
        def returns(params: dict[str, Any], dag_run: DagRun) -> dict[str, int]:
            from pipelines import cycle

            home, own, _ = place(notice.id, dag_run)
            return cycle.returns(home, own, Path(params["inbox"]) if params["inbox"] else None)

        @task(task_display_name="7 收尾", retries=0)
        def finish(scanned: dict[str, Any]) -> None:
            """Verdicts go back to the form services that want them. The run fails here, with everything that could be
            read already published. Cleared later, it looks again: what a later scan could read is no error any more."""
            from pipelines import cycle
            from pipelines.notice import load_notice

            home, own = Home.default(), load_notice(notice.id)
            now = datetime.fromisoformat(scanned["now"])
            errors = cycle.still_unread(home, own, scanned) + cycle.tell(home, own, now, connect)
            if errors:
                raise AirflowFailException(
                    "以下来源没有读到或没能写回，其余已入库并发布：\n" + "\n".join(errors)
                )

        batches = scan()
        loaded = load()
        published = publish(loaded)
        read.expand(batch=batches) >> check() >> loaded >> published >> returns() >> finish(batches["counts"])

    return with_params(collect(), PARAMS)


def make_broken(notice: Card) -> DAG:
    """Stands in for a notice whose folder is wrong: it must not take the other notices' DAGs with it, nor vanish."""
    error = BadNoticeError(notice.id, list(notice.problems))

    @dag(
        dag_id=f"collect__{notice.id}",
        dag_display_name=f"⚠ 通知文件夹有误：{notice.id}",
        doc_md=f"请改正后等半分钟；`notices check {notice.id}` 给出同样的说明。\n\n```\n{error}\n```",
        tags=["收件", "通知有误", notice.id],
        # It fails every hour until the folder is mended: a red mark where people look for one.
        schedule="@hourly",
        start_date=datetime.fromtimestamp(0, tz=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
    )
    def collect() -> None:
        @task(task_display_name="通知文件夹有误", retries=0)
        def check_notice() -> None:
            """Says what is wrong, in red."""
            from pipelines.notice import load_notice

            try:
                load_notice(notice.id)
            except BadNoticeError as error:
                raise AirflowFailException(str(error)) from None

        check_notice()

    return collect()


def place(notice_id: str, dag_run: DagRun) -> "tuple[Home, Notice, str]":
    """Where a stage works: the home, the notice, and the run's id as a folder's name."""
    from pipelines.notice import load_notice

    return Home.default(), load_notice(notice_id), re.sub(r"[^0-9A-Za-z._-]", "_", dag_run.run_id)


def look(cards: list[Card]) -> dict[str, str]:
    """Scans all of them; those with something new, and those whose last run failed: it ends well once nothing is wrong."""
    from pipelines.alarms.journal import read_alarms
    from pipelines.sweep import sweep

    home = Home.default()
    failed = {one.subject for one in read_alarms(home)[0] if one.kind == "run_failed" and not one.gone_at}
    found = sweep(home, [card.id for card in cards], connect).work
    return {card.id: "上一次没有成功" for card in cards if f"collect__{card.id}" in failed} | found


def explain(notice: Card) -> str:
    """The page that data staff see beside the DAG."""
    return f"""
**{notice.title}**（`{notice.id}`）的收件、校验、入库与发布。{notice.opens} 至 {notice.closes}（{notice.timezone}）每十分钟由流程 `collect` 看一遍各来源，
有新到的、有要重算或补做的、上一次没有成功的，就启动本流程，为什么写在那次运行的备注（Note）里；没有新到的不启动，数据截至的时刻照样更新。
不在此期间时不自动运行，可随时点“触发”手动运行。重复运行不会改变结果。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 收件 | 把新到的文件存入档案库，不改动原件 | 没有判定任何单位，已发布的数不变；检查共享文件夹是否在线、磁盘是否已满，再清除该任务重跑 |
| 2 读表 | 把文件读成行；打不开的文件只退回它自己 | 没有判定任何单位，已发布的数不变；清除该任务重跑。日志末尾说“程序读……时自己出了错”的，是程序的错：把那句话和它上面的 traceback 交维护人员，换上改好的程序再重跑 |
| 3 校验 | 按通知的要求逐行检查，给出退回原因 | 没有判定任何单位，已发布的数不变；校验本身出错才会失败（材料不合格不算失败），把日志交维护人员 |
| 4 入库 | 一次写入数据库，要么全部写入，要么不写 | 没有通知任何单位，已发布的数不变；多为磁盘已满，腾出空间后清除该任务重跑 |
| 5 发布 | 更新供分析查询的数据库（不含个人信息） | 分析人员看到的仍是上一次的完整数据，没有通知任何单位；多为磁盘已满，腾出空间后清除该任务重跑 |
| 6 退回 | 把有问题的材料标好原因，写进退回件文件夹和各单位的“退回”文件夹 | 检查共享文件夹能否写入、磁盘是否已满；清除该任务重跑，已退回的不会重复 |
| 7 收尾 | 把结果写回要求写回的表单服务；有来源没有读到、没能写回时，在这里报告失败 | 按日志里的路径检查共享文件夹和连接；下一轮会自动补上 |

每个任务的日志末尾和 XCom 写着件数：新到多少、接收多少、退回多少、因为什么。更多说明见 docs/operations.md。
"""


for _card in cards_for("collect"):
    globals()[f"collect__{_card.id}"] = make_broken(_card) if _card.problems else make_collect(_card)
if is_asked("collect"):
    globals()["collect"] = make_clock(
        "collect",
        "收件：各通知",
        "*/10 * * * *",
        "收件",
        "每十分钟把开着的通知的各个来源看一遍，新到的存入档案库。",
        look,
    )
