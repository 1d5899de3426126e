"""When bulletins go out: one DAG for each notice, a run for each planned moment, as of the end of its data interval.

wait → draft → (approve) → publish → send, then compare → (approve) → publish → send for a correction. How is in pipelines/.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Asset, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk.types import DagRunProtocol as DagRun
from alarm_calls import with_alarms
from awaiting import moments_of, wait_for_scan, wait_hours
from deliver import SENDER, send_mail
from notice_dags import DEFAULTS, WRITER, cards_for, read_moment, with_params
from planned_moments import GRACE, PlannedMoments
from sign import CHOICES, ask, read_answer

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

if TYPE_CHECKING:
    from pipelines.notice import Notice

PARAMS = {
    "as_of": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d",
        title="截至时刻",
        description="留空：本次运行所属的一期；手动触发时为最近的一期。也可填写，如 2020-11-14T20:00:00（通知所在时区）。",
    ),
    "wait_hours": wait_hours("截至时刻"),
    "send": Param(
        False,
        type="boolean",
        title="发信",
        description="指定了截至时刻的、补跑过去各期的，默认只出通报不发信；勾选才发。"
        "不勾选时“发布”任务的结果里写明会发多少封（held_back）。自动运行的照常发信。",
    ),
    "again": Param(
        False,
        type="boolean",
        title="重新送审",
        description="这一期曾经决定不发，现在重新拟稿送审。",
    ),
}


def make_bulletin(notice: Card) -> DAG:
    """The DAG of one notice's bulletins. It has no dates of its own: past moments can be made again at any time."""
    moments = moments_of(notice, notice.moments)
    bulletins = Asset(
        name=f"bulletins/{notice.id}", uri=f"x-notices://bulletins/{notice.id}", group="bulletins"
    )
    approval, has_mail = notice.approval_hours, notice.mails_bulletins

    @dag(
        dag_id=f"bulletin__{notice.id}",
        dag_display_name=f"通报：{notice.title}",
        description=f"{len(moments)} 期，{moments[0]:%Y-%m-%d %H:%M} 至 {moments[-1]:%Y-%m-%d %H:%M}：拟稿、发布、发送、更正",
        doc_md=explain(notice),
        tags=["通报", notice.id],
        schedule=PlannedMoments(moments, description=f"{len(moments)} 期通报"),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
        **with_alarms(DEFAULTS),
    )
    def bulletin() -> None:
        @task(task_display_name="2 拟稿")
        def draft(params: dict[str, Any], dag_run: DagRun) -> dict[str, Any]:
            from pipelines.bulletin.draft import draft_bulletin
            from pipelines.notice import load_notice

            home, own = Home.default(), load_notice(notice.id)
            stem = draft_bulletin(home, own, moment_of(own, params, dag_run), params["again"])
            return describe(home, own, stem)

        @task(task_display_name="6 核对往期", trigger_rule="none_failed")
        def compare() -> dict[str, Any]:
            from pipelines.bulletin.correction import draft_correction
            from pipelines.notice import load_notice

            home, own = Home.default(), load_notice(notice.id)
            stem = draft_correction(home, own)
            return describe(home, own, stem) if stem else {}

        def publish_task(number: int, task_id: str, words: str, asks: str) -> Any:
            # It reads the loader's private file, for addresses: never while something is loaded.
            @task(task_id=task_id, task_display_name=f"{number} {words}", pool=WRITER, outlets=[bulletins])
            def publish(
                drafted: dict[str, Any], params: dict[str, Any], dag_run: DagRun, ti: Any, outlet_events: Any
            ) -> dict[str, Any]:
                from pipelines.bulletin.issue import issue
                from pipelines.notice import load_notice

                if not drafted:
                    raise AirflowSkipException("已发布的各期没有需要更正的")
                choice, decision = read_answer(drafted, ti.xcom_pull(task_ids=asks) if approval else None)
                now = datetime.now(notice.zone)
                mails = may_send(notice, params, dag_run)
                found = issue(
                    Home.default(), load_notice(notice.id), drafted["stem"], now, choice, decision, mails
                )
                if not found["is_published"]:
                    raise AirflowSkipException(f"决定不发：{drafted['stem']}")
                outlet_events[bulletins].extra = found
                return found

            return publish

        def send_task(number: int, task_id: str) -> Any:
            @task(task_id=task_id, task_display_name=f"{number} 发送", pool=SENDER)
            def send(params: dict[str, Any], dag_run: DagRun) -> dict[str, Any]:
                from pipelines.notice import load_notice

                if not may_send(notice, params, dag_run):
                    raise AirflowSkipException("没有要求发信")
                return send_mail(load_notice(notice.id))

            return send

        def go_out(drafted: Any, numbers: tuple[int, int, int], suffix: str, words: str) -> Any:
            """approve → publish → send for one draft; returns the publishing task."""
            published = publish_task(numbers[1], f"publish{suffix}", words, f"approve{suffix}")(drafted)
            if approval:
                asking = f"approve{suffix}"
                drafted_by = drafted.operator.task_id
                drafted >> ask(asking, f"{numbers[0]} 审签", drafted_by, notice) >> published
            if has_mail:
                published >> send_task(numbers[2], f"send{suffix}")()
            return published

        drafted = draft()
        wait_for_scan(notice, moment_of, "本期没有拟稿") >> drafted
        compared = compare()
        go_out(drafted, (3, 4, 5), "", "发布") >> compared
        go_out(compared, (7, 8, 9), "_correction", "发布更正")

    return with_params(bulletin(), PARAMS)


def may_send(notice: Card, params: dict[str, Any], dag_run: DagRun) -> bool:
    """Whether a run sends mail: one that came by itself does; a trial, or one that makes up for the past, if it is told to."""
    if params["send"] or dag_run.run_type == "scheduled":
        return True
    is_past = datetime.now(notice.zone) - (dag_run.data_interval_end or dag_run.run_after) > GRACE
    return not params["as_of"] and dag_run.run_type != "backfill" and not is_past


def moment_of(notice: "Notice", params: dict[str, Any], dag_run: DagRun) -> datetime:
    """What the bulletin is as of, in the notice's zone: as told, else the planned moment that the run stands for."""
    from pipelines.notice.bulletins import latest_moment, planned_moments

    if params["as_of"]:
        return read_moment(notice, params["as_of"])
    found = latest_moment(notice, dag_run.data_interval_end or dag_run.run_after)
    if found is None:
        raise AirflowFailException(f"第一期通报截至 {planned_moments(notice)[0]}，还没有到")
    return found


def describe(home: Home, notice: "Notice", stem: str) -> dict[str, Any]:
    """What the tasks after a draft need: what it is, and whether a person is asked about it."""
    from pipelines.bulletin.shelf import Shelf

    shelf = Shelf(home, notice.id)
    place = shelf.find(stem)
    kind = stem.split("-")[3]
    approval = notice.bulletins.approval
    asks = approval is not None and place == "draft" and kind in approval.asked
    return {"stem": stem, "place": place, "asks": asks}


def explain(notice: Card) -> str:
    """The page that data staff see beside the DAG."""
    signs = (
        f"发出前要人审签（{notice.approval_hours} 小时没有答复则{CHOICES[notice.approval_otherwise]}）：在“待办 Required Actions”里答复。"
        if notice.approval_hours
        else "不经人审签，自动发出。"
    )
    return f"""
**{notice.title}**（`{notice.id}`）的通报：每期截至一个时刻，到时自动出。{signs}
已发布的在[目录](/bulletins/bulletin__{notice.id}/index.html)。重复运行不会重复发布，也不会重复发信。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 等收件 | 等截至时刻以后开始的一次收件读完，再拟稿 | 看日志：哪个来源没有读到；收件正常后清除该任务重跑 |
| 2 拟稿 | 生成公文稿、数据表、网页、图片 | 多为模板写错，日志里有文件和行号；改正后重跑 |
| 3 审签 | 通知要求时，等人决定发出或不发 | 不会失败；没有答复按通知的规定 |
| 4 发布 | 放进通报文件夹，更新目录，邮件放进发件箱 | 重跑，不会重复 |
| 5 发送 | 交给邮件服务器；没有配置连接的写成文件 | 看 docs/mail.md；重跑，不会重复 |
| 6 核对往期 | 已发布的数与现在的数逐期核对，变动大的拟更正通报 | 多为模板写错，日志里有文件和行号；改正后重跑 |
| 7 审签 | 更正通报也要人审签的 | 不会失败；没有答复按通知的规定 |
| 8 发布更正 | 同 4；没有要更正的跳过 | 重跑，不会重复 |
| 9 发送 | 同 5 | 看 docs/mail.md；重跑，不会重复 |

补出某几天的：`.venv/bin/python tools/airflow_env.py backfill create --dag-id bulletin__{notice.id} --from-date … --to-date …`，
写法见 docs/bulletins.md。
"""


for _card in cards_for("bulletin"):
    if not _card.problems:
        globals()[f"bulletin__{_card.id}"] = make_bulletin(_card)
