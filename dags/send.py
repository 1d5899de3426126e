"""When mail leaves that had to wait (quiet hours, a server that was away, the day's cap): one DAG for each notice that mails.

Who queues mail sends it at once where that is allowed; this one looks every ten minutes for what is left.
"""

from datetime import datetime, time, timedelta
from typing import Any

from airflow.sdk import DAG, dag, task
from deliver import SENDER, send_mail

from pipelines.errors import BadNoticeError
from pipelines.notice import Notice, list_notices, load_notice

EXPLAINED = """
**{title}**的邮件：静默时段过后、服务器恢复以后、第二天额度有了以后，把发件箱里到时的发出去。重复运行不会重复发信。
没有配置连接的写成 .eml 文件。状态和“收下与否不明”的处理见 docs/mail.md。
"""


def make_send(notice: Notice, give_up_after: timedelta) -> DAG:
    """Like collecting it has a schedule only while there can be mail, and can be started by hand at any time."""
    opens = datetime.combine(notice.opens, time.min, notice.zone)
    closes = datetime.combine(notice.closes, time.max, notice.zone) + give_up_after
    is_open = opens <= datetime.now(notice.zone) <= closes

    @dag(
        dag_id=f"send__{notice.id}",
        dag_display_name=f"发信：{notice.title}",
        description="每十分钟看一次：到时的邮件交给邮件服务器",
        doc_md=EXPLAINED.format(title=notice.title),
        tags=["发信", notice.id],
        schedule="*/10 * * * *" if is_open else None,
        start_date=opens if is_open else None,
        end_date=closes if is_open else None,
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
    )
    def send() -> None:
        @task(task_display_name="发送", pool=SENDER, retries=2, retry_delay=timedelta(seconds=20))
        def send_due() -> dict[str, Any]:
            return send_mail(load_notice(notice.id))

        send_due()

    return send()


for _id in list_notices():
    try:
        _notice = load_notice(_id)
    except BadNoticeError:
        continue  # collect shows the notice as broken, with what is wrong
    if _notice.mail:
        _give_up_after = timedelta(hours=_notice.mail.give_up_after_hours)
        globals()[f"send__{_id}"] = make_send(_notice, _give_up_after)
