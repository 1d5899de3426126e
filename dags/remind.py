"""When units are written to: a clock looks every hour at each open notice that reminds, and starts its DAG where there is a mail.

queue → send, and beside them the visits to units' columns. Which mail is due when is in notice.yaml; how is in pipelines/.
"""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from alarm_calls import with_alarms
from clocks import is_asked, make_clock
from deliver import SENDER, send_mail
from notice_dags import WHEN_STARTED, cards_for, read_moment, warehouse_of, with_params

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

if TYPE_CHECKING:
    from pipelines.notice import Notice

PARAMS = {
    "now": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d",
        title="当作现在的时刻",
        description="留空：此刻。试跑时填写，如 2020-11-14T20:00:00（通知所在时区）；试跑不发信，只在结果里写明会发多少封。",
    ),
    "send": Param(
        False,
        type="boolean",
        title="试跑也真的发信",
        description="填写了“当作现在的时刻”时，勾选才把信放进发件箱并发出。没有填写的照常发信，不看这一项。",
    ),
    "columns": Param(
        True, type="boolean", title="看专栏", description="是否检查各单位的专栏网址；试跑时可以不看。"
    ),
}
log = logging.getLogger(__name__)
DEFAULTS = {
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(minutes=50),
}


def make_remind(notice: Card) -> DAG:
    """The DAG that writes to one notice's units."""
    warehouse = warehouse_of(notice)

    @dag(
        dag_id=f"remind__{notice.id}",
        dag_display_name=f"催报和回执：{notice.title}",
        description=f"{notice.opens} 至 {notice.closes} 每小时看一次，有要写的就运行：给单位的信（催报、回执、退回，一天至多一封）放入发件箱并发出；检查专栏网址",
        doc_md=explain(notice),
        tags=["催报", notice.id],
        **WHEN_STARTED,
        dagrun_timeout=timedelta(hours=3),
        **with_alarms(DEFAULTS),
    )
    def remind_units() -> None:
        @task(task_display_name="1 放入发件箱", inlets=[warehouse])
        def queue(params: dict[str, Any]) -> dict[str, Any]:
            from pipelines.notice import load_notice
            from pipelines.remind import remind as queue_mails

            own = load_notice(notice.id)
            done = queue_mails(Home.default(), own, moment_of(own, params), dry_run=not may_send(params))
            return {
                "is_trial": not may_send(params),
                **done.counts,
                "withdrawn": done.withdrawn,
                "without_address": len(done.unreachable),
                "held": done.held,
            }

        @task(task_display_name="2 发送", pool=SENDER)
        def send(params: dict[str, Any]) -> dict[str, Any]:
            if not may_send(params):
                raise AirflowSkipException("试跑：没有放入发件箱，也没有发信")
            from pipelines.notice import load_notice

            own = load_notice(notice.id)
            return send_mail(own, moment_of(own, params) if params["now"] else None)

        @task(task_display_name="3 看专栏", inlets=[warehouse])
        def columns(params: dict[str, Any]) -> dict[str, int]:
            from pipelines.notice import load_notice
            from pipelines.registry.check import check_columns, check_events

            own = load_notice(notice.id)
            hours = own.remind.columns_every_hours if own.remind else None
            if not hours or not params["columns"]:
                return {"checked": 0, "failed": 0}
            home, moment, every = Home.default(), moment_of(own, params), timedelta(hours=hours)
            found = [
                one.visit
                for one in (
                    *check_columns(home, own, moment, every),
                    *check_events(home, own, moment, every),
                )
            ]
            return {"checked": len(found), "failed": sum(not one.is_ok for one in found)}

        queue() >> send()
        if notice.visits_columns:
            columns()

    return with_params(remind_units(), PARAMS)


def may_send(params: dict[str, Any]) -> bool:
    """Whether a run writes to anybody: one that was told another moment is a trial, and does so only where a box says so."""
    return bool(params["send"] or not params["now"])


def look(cards: list[Card]) -> dict[str, str]:
    """Who has something to write, or columns to visit; what goes wrong with one is told by its own flow."""
    from pipelines.notice import load_notice
    from pipelines.remind.due import why_remind
    from pipelines.warehouse.snapshot import kept_open

    home, found = Home.default(), {}
    with kept_open(home.published):
        for card in cards:
            if card.reminds:
                try:
                    found[card.id] = why_remind(home, load_notice(card.id), datetime.now(card.zone))
                except Exception as error:
                    log.exception("remind: %s", card.id)
                    found[card.id] = f"出错：{error}"
    return {notice_id: why for notice_id, why in found.items() if why}


def moment_of(notice: "Notice", params: dict[str, Any]) -> datetime:
    """The run's moment, naive in the notice's zone: what it was told, else the real one."""
    given = params["now"]
    return read_moment(notice, given) if given else notice.local(datetime.now(notice.zone))


def explain(notice: Card) -> str:
    """The page that data staff see beside the DAG."""
    return f"""
**{notice.title}**（`{notice.id}`）给单位的信：催报、回执、退回，每个单位一天至多一封。{notice.opens} 至 {notice.closes}（{notice.timezone}）每小时由流程 `remind` 看一遍，
有信要写、有专栏要看的就启动本流程（每天至少一次），为什么写在那次运行的备注（Note）里。不在此期间时不自动运行，可随时点“触发”手动运行。同一封信只发一次，重复运行不会重复发。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 放入发件箱 | 看此刻谁欠什么、收到了什么、退回了什么，到时的信放入发件箱；已经报来的撤回 | 多为还没有收过件；先运行收件入库，再清除该任务重跑 |
| 2 发送 | 把到时的信交给邮件服务器；没有配置连接的写成 .eml 文件 | 按日志核对邮件连接；信都留在发件箱里，清除该任务重跑 |
| 3 看专栏 | 逐个打开各单位方案里的专栏网址、通知里活动的直播频道和网页，记下打不打得开 | 打不开的网址不算失败；任务失败多为断网，清除该任务重跑 |

某条线的收件没有跟上时，那条线先不催报（结果里的 held），以免催到已经报来的单位。更多说明见 docs/remind.md 和 docs/mail.md。
"""


for _card in cards_for("remind"):
    if _card.reminds:
        globals()[f"remind__{_card.id}"] = make_remind(_card)
if is_asked("remind"):
    # After the collection that starts with the hour: a reminder of 09:00 waits until all is known that came by 09:00.
    globals()["remind"] = make_clock(
        "remind", "催报和回执：各通知", "5 * * * *", "催报", "每小时把开着的、要催报的通知看一遍。", look
    )
