"""Commands about mail: send what is due, list the outbox, and decide what only a person can."""

from datetime import datetime
from typing import Annotated

import typer

from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.ground import connections
from pipelines.ground.errors import NoticesError
from pipelines.notice import Notice, load_notice
from pipelines.remind import deliver
from pipelines.send.bounces import settle_bounces
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, mail_settings
from pipelines.send.records import State as MailState
from pipelines.send.sender import Sent, preview

WORDS = {
    "queued": "待发", "handing_over": "正在交出", "sent": "已发", "written": "已写成文件", "failed": "没发成",
    "unsure": "收下与否不明", "cancelled": "已撤回", "bounced": "被退信", "retry": "稍后再试",
}  # fmt: skip
outbox_app = typer.Typer(help="发件箱：列出邮件；对收下与否不明、没发成的邮件由人决定。")
app.add_typer(outbox_app, name="outbox")

Key = Annotated[str, typer.Argument(metavar="KEY", help="邮件编号（至少前 6 位）或 Message-ID")]
Now = Annotated[str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在（补跑、试跑用）")]


@app.command()
def send(
    notice_id: NoticeId,
    now: Now = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只把到时的邮件写成 .eml 文件看看，状态不变，一封不发")
    ] = False,
) -> None:
    """发出一个通知到时的邮件。没有配置连接时写成 .eml 文件。"""
    notice = load_notice(notice_id)
    settings = mail_settings(notice)
    if dry_run:
        with Outbox(State.home.mail) as outbox:
            found = preview(outbox, notice, _moment(notice, now), State.home.eml)
        typer.echo(f"试写 {len(found)} 封到 {State.home.eml / notice.id}，一封没发，状态不变。")
        return
    is_configured = connections.is_configured(settings.connection)
    connection = connections.from_environment(settings.connection) if is_configured else None
    done = deliver(State.home, notice, lambda: _moment(notice, now), connection)
    with Outbox(State.home.mail) as outbox:
        unsure = len(outbox.rows(MailState.unsure, notice.id))
    _report(notice, done, unsure)


def _report(notice: Notice, done: Sent, unsure: int) -> None:
    counts = "、".join(f"{WORDS[state]} {count}" for state, count in done.counts.items() if count)
    typer.echo(f"{counts or '没有到时的邮件'}。" + (f"等待 {done.waiting} 封。" if done.waiting else ""))
    if done.reason:
        typer.echo(f"等待的原因：{done.reason}。")
    if done.counts["written"]:
        where = State.home.eml / notice.id
        typer.echo(
            f"没有配置连接 {mail_settings(notice).connection}（或 mail.dry_run 为 true），邮件写在 {where}，"
            "以后也不会自动发出；要发哪一封：notices outbox resend KEY"
        )
    if unsure:
        typer.echo(f"有 {unsure} 封收下与否不明，请处理：notices outbox --state unsure（见 docs/mail.md）")


@outbox_app.callback(invoke_without_command=True)
def list_outbox(
    context: typer.Context,
    state: Annotated[MailState | None, typer.Option("--state", help="只列这种状态")] = None,
    notice_id: Annotated[str | None, typer.Option("--notice", metavar="NOTICE", help="只列这个通知")] = None,
    output: OutputFormat = Format.table,
) -> None:
    """列出发件箱里的邮件（不含地址；地址用 notices outbox show KEY 看）。"""
    if context.invoked_subcommand:
        return
    with Outbox(State.home.mail) as outbox:
        rows = outbox.rows(state, notice_id)
    columns = [
        *("key", "notice_id", "purpose", "recipient", "what", "state", "queued_at", "not_before"),
        *("sent_at", "attempts", "error", "message_id"),
    ]
    is_table = output is Format.table
    shown = [
        tuple(
            row.key[:8] if is_table and name == "key"
            else WORDS[row.state] if is_table and name == "state"
            else getattr(row, name)
            for name in columns
        )
        for row in rows
    ]  # fmt: skip
    print_figures(Figures(columns, shown), output, f"发件箱：{len(rows)} 封")


@outbox_app.command()
def show(key: Key) -> None:
    """一封邮件的全部情况，含地址和服务器的答复。"""
    with Outbox(State.home.mail) as outbox:
        row = outbox.find(key)
        changes = outbox.changes(row.key)
    for name, value in vars(row).items():
        if value is not None:
            typer.echo(f"{name:>12}  {value}")
    for moment, state, error in changes:
        typer.echo(f"{moment}  {WORDS[state]}  {error or ''}".rstrip())


@outbox_app.command()
def resend(key: Key, now: Now = None) -> None:
    """把一封写成文件的、没发成的、已撤回的、被退信的或收下与否不明的邮件放回待发。"""
    with Outbox(State.home.mail) as outbox:
        row, notice, moment = _find(outbox, key, now)
        _decide(row, outbox.resend(row.key, moment, notice), "放回待发，下次发送时发出")


@outbox_app.command("mark-sent")
def mark_sent(key: Key, now: Now = None) -> None:
    """一封收下与否不明的邮件，查明其实已经送到。"""
    with Outbox(State.home.mail) as outbox:
        row, _, moment = _find(outbox, key, now)
        _decide(row, outbox.mark_sent(row.key, moment), "记为已发")


@outbox_app.command()
def cancel(
    key: Key, reason: Annotated[str, typer.Option("--because", help="为什么")] = "人工撤回", now: Now = None
) -> None:
    """撤回一封还没发的邮件。"""
    with Outbox(State.home.mail) as outbox:
        row, _, moment = _find(outbox, key, now)
        _decide(row, bool(outbox.cancel([row.key], reason, moment)), "已撤回")


@outbox_app.command()
def bounced(
    key: Key, reason: Annotated[str, typer.Option("--because", help="退信里说的原因")], now: Now = None
) -> None:
    """登记一封发出后被退回的邮件。"""
    with Outbox(State.home.mail) as outbox:
        row, _, moment = _find(outbox, key, now)
        _decide(row, outbox.register_bounce(row.key, reason, moment), "记为被退信")


@outbox_app.command("read-bounces")
def read_bounces(notice_id: NoticeId, now: Now = None) -> None:
    """从 notice.yaml 的 mail.bounces 所写的邮箱里读退信，把退回的邮件记为被退信。只看不动邮箱里的信。"""
    notice = load_notice(notice_id)
    where = mail_settings(notice).bounces
    if where is None:
        raise NoticesError(
            f"通知 {notice.id} 的 mail 一节没有写 bounces，不知道从哪个邮箱读退信（见 docs/mail.md）"
        )
    connection = connections.from_environment(where.connection)
    settled = settle_bounces(State.home, notice, where, connection, _moment(notice, now))
    for key, reason in settled.items():
        typer.echo(f"{key[:8]}  {reason}")
    typer.echo(f"记为被退信 {len(settled)} 封。")


def _find(outbox: Outbox, key: str, now: str | None) -> tuple[Row, Notice, datetime]:
    row = outbox.find(key)
    notice = load_notice(row.notice_id)
    return row, notice, _moment(notice, now)


def _decide(row: Row, is_done: bool, words: str) -> None:
    if not is_done:
        typer.echo(f"{row.key[:8]} 现在是“{WORDS[row.state]}”，不能这样做。", err=True)
        raise typer.Exit(1)
    typer.echo(f"{row.key[:8]}（{row.subject}）：{words}。")


def _moment(notice: Notice, text: str | None) -> datetime:
    return parse_moment(notice, text) if text else notice.local(datetime.now(notice.zone))
