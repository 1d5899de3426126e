"""When what had to wait leaves (quiet hours, a server that was away, the day's cap), mails and pushes alike: one DAG for each
notice that mails or pushes.

Who queues mail sends it at once where that is allowed. A clock looks every ten minutes for what is left, and starts the DAG of
each notice that has any, that reads a mailbox for what came back, or whose feeds are to say something now.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, dag, task
from alarm_calls import with_alarms
from clocks import is_asked, make_clock
from deliver import SENDER, push_feeds, read_bounces, send_mail
from notice_dags import WHEN_STARTED, cards_for

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

LONGEST_WAIT = timedelta(days=30)
"""After a notice closed, no mail of it waits for longer; each gives up by itself before."""

EXPLAINED = """
**{title}**的邮件：静默时段过后、服务器恢复以后、第二天额度有了以后，把发件箱里到时的发出去。重复运行不会重复发信。
没有配置连接的写成 .eml 文件。通知的 mail 里写了 bounces 的，同时从那个邮箱读退信，退回的记为“被退信”；读不了时只有“读退信”这一项失败，
下一轮从上次停的地方接着读。状态和“收下与否不明”的处理见 docs/mail.md。
通知里写了 feeds 或 recommend 的，同时更新供稿，把推送箱里到时的推到各处：入选并核对可公开的推出去，撤下的也告诉对方。
对方连不上时隔得越来越久再试，重复运行不会重复推。见 docs/feeds.md。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 发送 | 把到时的信交给邮件服务器 | 按日志核对邮件连接；信都留在发件箱里，下一轮再发 |
| 读退信 | 从退信的邮箱读退回的信 | 按日志核对那个邮箱的连接；下一轮从上次停的地方接着读 |
| 供稿和推送 | 更新供稿，把到时的推到各处 | 按日志核对对方的连接和磁盘空间；没推出的都留着，下一轮再推 |
"""


def make_send(notice: Card) -> DAG:
    """The DAG that looks after one notice's mails and pushes."""

    @dag(
        dag_id=f"send__{notice.id}",
        dag_display_name=f"发信：{notice.title}",
        description="每十分钟看一次，有到时的就运行：邮件交给邮件服务器，推送推到各处",
        doc_md=EXPLAINED.format(title=notice.title),
        tags=["发信", notice.id],
        **WHEN_STARTED,
        **with_alarms(),
    )
    def send() -> None:
        @task(task_display_name="发送", pool=SENDER, retries=2, retry_delay=timedelta(seconds=20))
        def send_due() -> dict[str, Any]:
            from pipelines.notice import load_notice

            return send_mail(load_notice(notice.id))

        @task(task_display_name="读退信", retries=2, retry_delay=timedelta(seconds=20))
        def settle_bounces() -> dict[str, int]:
            from pipelines.notice import load_notice

            return read_bounces(load_notice(notice.id))

        @task(task_display_name="供稿和推送", retries=2, retry_delay=timedelta(seconds=20))
        def push_due() -> dict[str, Any]:
            from pipelines.notice import load_notice

            return push_feeds(load_notice(notice.id))

        if notice.mails:
            send_due()
        if notice.reads_bounces:
            settle_bounces()
        if notice.pushes:
            push_due()

    return send()


def look(cards: list[Card]) -> dict[str, str]:
    """Who has mail that is due, a mailbox to read, or feeds and pushes to look after."""
    from datetime import UTC, datetime

    from pipelines.send.due import notices_with_due

    now = datetime.now(UTC)
    looked_after = [card for card in cards if card.is_open(now, timedelta(hours=card.give_up_after_hours))]
    due = notices_with_due(Home.default().mail, {card.id: card.zone for card in looked_after}, now)
    pushing = {card.id: "更新供稿，推送到时的" for card in looked_after if card.pushes}
    bouncing = {card.id: "读退信" for card in looked_after if card.reads_bounces}
    return pushing | bouncing | {notice_id: f"有 {count} 封到时的信" for notice_id, count in due.items()}


for _card in cards_for("send"):
    if _card.mails or _card.pushes:
        globals()[f"send__{_card.id}"] = make_send(_card)
if is_asked("send"):
    globals()["send"] = make_clock(
        "send", "发信：各通知", "*/10 * * * *", "发信", "每十分钟看一遍发件箱里到时的信。", look, LONGEST_WAIT
    )
