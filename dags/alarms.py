"""When alarms are raised: one DAG, every ten minutes, whether or not any notice is collected. watch → send.

What is looked at and how it is told is in pipelines/alarms/.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, dag, task
from airflow.sdk.exceptions import AirflowFailException
from alarm_calls import with_alarms
from deliver import SENDER, send_alarms
from notice_dags import connect, good_notices

from pipelines.ground.home import Home

EXPLAINED = """
每十分钟查一遍：有没有该告诉数据人员的事。每件只告诉一次，恢复了再告诉一次；看板上方和待办里一直列着，到恢复为止。
每种告警是什么意思、怎么办，见 docs/operations.md 的“告警”；群机器人怎么接，见 docs/alarms.md。重复运行没有害处，随时可以手动触发。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 查告警 | 看收件、来源、通知文件夹、发件箱、磁盘、审签；新的放进发件箱、发到群机器人 | 看日志里没能查的是什么；其余已经查过、告诉过了 |
| 2 发信 | 把告警邮件交给邮件服务器；没有配置连接的写成 .eml 文件 | 按日志核对邮件连接；信都留在发件箱里，清除该任务重跑 |
"""


def make_alarms() -> DAG:
    @dag(
        dag_id="alarms",
        dag_display_name="告警",
        description="每十分钟一次：收件停了、来源没有读到、运行失败、发不出信、磁盘将满、审签在等人，告诉数据人员",
        doc_md=EXPLAINED,
        tags=["照看"],
        # Between two collections, which start with the ten minutes.
        schedule="5-59/10 * * * *",
        start_date=datetime.fromtimestamp(0, tz=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        **with_alarms({"execution_timeout": timedelta(minutes=20)}),
    )
    def alarms() -> None:
        @task(task_display_name="1 查告警", retries=1, retry_delay=timedelta(seconds=20))
        def watch() -> dict[str, Any]:
            from pipelines.alarms.watch import watch as watch_home

            done = watch_home(Home.default(), lambda: datetime.now(UTC), connect)
            if done.errors:
                raise AirflowFailException("其余已经查过、告诉过了，没能做的是：\n" + "\n".join(done.errors))
            return {
                "standing": done.standing,
                "raised": done.raised,
                "over": done.over,
                "posted": done.posted,
            }

        @task(task_display_name="2 发信", pool=SENDER, retries=1)
        def send() -> dict[str, Any]:
            from pipelines.alarms.tell import waits_to_leave

            home, now = Home.default(), datetime.now(UTC)
            return {
                notice.id: send_alarms(notice)
                for notice in good_notices()
                if waits_to_leave(home, notice, now)
            }

        # Mail leaves whatever `watch` could not do; that it could not fails the run all the same, as a teardown's success does not hide.
        watch() >> send().as_teardown(on_failure_fail_dagrun=True)

    return alarms()


globals()["alarms"] = make_alarms()
