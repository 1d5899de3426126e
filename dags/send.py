"""When what had to wait leaves (quiet hours, a server that was away, the day's cap), mails and pushes alike: one DAG for each
notice that mails or pushes.

Who queues mail sends it at once where that is allowed; this one looks every ten minutes for what is left, for what came back
where the notice says into which mailbox, and for what the media's feeds are to say now.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, dag, task
from alarm_calls import WITH_ALARMS
from deliver import SENDER, push_feeds, read_bounces, send_mail
from notice_dags import good_notices, while_open

from pipelines.notice import Notice, load_notice

EXPLAINED = """
**{title}**的邮件：静默时段过后、服务器恢复以后、第二天额度有了以后，把发件箱里到时的发出去。重复运行不会重复发信。
没有配置连接的写成 .eml 文件。通知的 mail 里写了 bounces 的，同时从那个邮箱读退信，退回的记为“被退信”；读不了时只有“读退信”这一项失败，
下一轮从上次停的地方接着读。状态和“收下与否不明”的处理见 docs/mail.md。
通知里写了 feeds 或 recommend 的，同时更新供稿，把推送箱里到时的推到各处：入选并核对可公开的推出去，撤下的也告诉对方。
对方连不上时隔得越来越久再试，重复运行不会重复推。见 docs/feeds.md。
"""


def make_send(notice: Notice, give_up_after: timedelta) -> DAG:
    """The DAG that looks after one notice's mails and pushes, for as long as any may still wait."""

    @dag(
        dag_id=f"send__{notice.id}",
        dag_display_name=f"发信：{notice.title}",
        description="每十分钟看一次：到时的邮件交给邮件服务器，到时的推送推到各处",
        doc_md=EXPLAINED.format(title=notice.title),
        tags=["发信", notice.id],
        **while_open(notice, "*/10 * * * *", give_up_after),
        **WITH_ALARMS,
    )
    def send() -> None:
        @task(task_display_name="发送", pool=SENDER, retries=2, retry_delay=timedelta(seconds=20))
        def send_due() -> dict[str, Any]:
            return send_mail(load_notice(notice.id))

        @task(task_display_name="读退信", retries=2, retry_delay=timedelta(seconds=20))
        def settle_bounces() -> dict[str, int]:
            return read_bounces(load_notice(notice.id))

        @task(task_display_name="供稿和推送", retries=2, retry_delay=timedelta(seconds=20))
        def push_due() -> dict[str, Any]:
            return push_feeds(load_notice(notice.id))

        if notice.mail:
            send_due()
        if notice.mail and notice.mail.bounces:
            settle_bounces()
        if notice.feeds or notice.recommend:
            push_due()

    return send()


for _notice in good_notices():
    _hours = [
        one.give_up_after_hours for one in (_notice.mail, _notice.feeds, _notice.recommend) if one is not None
    ]
    if _hours:
        globals()[f"send__{_notice.id}"] = make_send(_notice, timedelta(hours=max(_hours)))
