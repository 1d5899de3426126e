"""Commands about what leaves for others: the media's feeds, the recommendation, and the outbox of pushes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.cli.mail import WORDS as MAIL_WORDS
from pipelines.cli.mail import Now
from pipelines.ground.connections import from_environment
from pipelines.notice import Notice, load_notice
from pipelines.send.push_records import PushRow, PushState
from pipelines.send.pusher import Pushed, push_due
from pipelines.send.pushes import Pushes

WORDS = MAIL_WORDS | {"sent": "已推", "failed": "没推成", "withdrawn": "未推已撤"}
PURPOSES = {"feed": "供稿列表", "package": "素材包", "withdrawal": "撤下", "recommendation": "推荐包"}
pushes_app = typer.Typer(help="推送箱：列出推送；对收下与否不明、没推成的由人决定。")
app.add_typer(pushes_app, name="pushes")

Key = Annotated[str, typer.Argument(metavar="KEY", help="推送编号（至少前 6 位）")]


@app.command()
def feeds(
    notice_id: NoticeId,
    now: Now = None,
    send: Annotated[bool, typer.Option("--send", help="随即推到 feeds.destinations 里的各处")] = False,
) -> None:
    """更新给媒体的供稿（Atom、JSON Feed、每件一个素材包）：只有入选并核对可公开的。没有变化的不再推。"""
    from pipelines.media.refresh import FEEDS, refresh_feeds  # opens pictures

    notice = load_notice(notice_id)
    done = refresh_feeds(State.home, notice, _moment(notice, now))
    folder = State.home.feeds(notice.id)
    typer.echo(f"供稿 {done.items} 件，撤下过 {done.withdrawn} 件；新放入推送箱 {done.queued} 件。")
    typer.echo("、".join(str(folder / name) for name in FEEDS))
    if send:
        _push(notice, now)


@app.command()
def recommend(
    notice_id: NoticeId,
    at: Annotated[str, typer.Option("--at", metavar="T", help="截至时刻，如 2020-11-14T20:00:00")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹；里面每个时刻一个子文件夹")],
    send: Annotated[bool, typer.Option("--send", help="随即寄出或上传，同一时刻的只送一次")] = False,
    now: Now = None,
) -> None:
    """做择优推荐的包：推荐汇总表（docx、xlsx）、每件一个文件夹的原件、清单和校验码，按大小分成几个 zip。"""
    from pipelines.recommend.issue import recommend as make
    from pipelines.recommend.package import MANIFEST

    notice = load_notice(notice_id)
    done = make(State.home, notice, parse_moment(notice, at), to, _moment(notice, now), send)
    package = done.package
    for name in package.names:
        typer.echo(str(package.folder / name))
    for name in package.too_large:
        typer.echo(f"注意：{package.folder / name} 比一个压缩包还大，没有装进去，请另送。", err=True)
    for item in package.items:
        for left in item.left_out:
            typer.echo(f"没有放入：{item.folder}/{left.name}：{left.why}。", err=True)
        for file in item.files:
            if file.cleaned.why:
                typer.echo(f"注意：{file.path}：{file.cleaned.why}。", err=True)
    cleaned = sum(file.cleaned.state == "removed" for item in package.items for file in item.files)
    if cleaned:
        typer.echo(
            f"去掉了 {cleaned} 个文件里的作者、拍摄位置等信息，去掉了什么见 {MANIFEST}；档案里的原件不变。"
        )
    if done.is_made_otherwise:
        typer.echo(
            f"这个时刻的推荐包 {done.made_before} 做过，{done.sent_before} 送出，没有再送。现在做出来的字节与送出的不同"
            "（送出时的程序不去除文件属性，或程序换过版本），以送出的为准。"
        )
    elif done.made_before:
        typer.echo(
            f"这个时刻的推荐包 {done.made_before} 做过，内容{'相同' if done.sent_before else '以这次为准'}。"
        )
    if done.sent_before and not done.is_made_otherwise:
        typer.echo(f"已于 {done.sent_before} 送出，没有再送。")
    elif done.queued:
        by_mail = notice.recommend is not None and bool(notice.recommend.mail_to)
        typer.echo(f"放入{'发件箱' if by_mail else '推送箱'} {done.queued.new} 件。")
        if by_mail:
            typer.echo(f"寄出：notices send {notice.id}")
    if send and not (notice.recommend and notice.recommend.mail_to):
        _push(notice, now)


def _push(notice: Notice, now: str | None) -> None:
    with Pushes(State.home.pushes) as pushes:
        done = push_due(pushes, notice.id, lambda: _moment(notice, now), from_environment)
        unsure = len(pushes.rows(PushState.unsure, notice.id))
    _report(done, unsure)


def _report(done: Pushed, unsure: int) -> None:
    counts = "、".join(f"{WORDS[state]} {count}" for state, count in done.counts.items() if count)
    typer.echo(f"{counts or '没有到时的推送'}。" + (f"等待 {done.waiting} 件。" if done.waiting else ""))
    for reason in done.reasons:
        typer.echo(f"等待的原因：{reason}。")
    if unsure:
        typer.echo(f"有 {unsure} 件收下与否不明，请处理：notices pushes --state unsure（见 docs/feeds.md）")


@pushes_app.callback(invoke_without_command=True)
def list_pushes(
    context: typer.Context,
    state: Annotated[PushState | None, typer.Option("--state", help="只列这种状态")] = None,
    notice_id: Annotated[str | None, typer.Option("--notice", metavar="NOTICE", help="只列这个通知")] = None,
    output: OutputFormat = Format.table,
) -> None:
    """列出推送箱里的推送。"""
    if context.invoked_subcommand:
        return
    with Pushes(State.home.pushes) as pushes:
        rows = pushes.rows(state, notice_id)
    columns = [
        *("key", "notice_id", "destination", "purpose", "name", "state", "queued_at", "not_before"),
        *("sent_at", "attempts", "size", "error", "receipt"),
    ]
    shown = [tuple(_show(row, name, output is Format.table) for name in columns) for row in rows]
    print_figures(Figures(columns, shown), output, f"推送箱：{len(rows)} 件")


def _show(row: PushRow, name: str, is_table: bool) -> object:
    if not is_table:
        return getattr(row, name)
    short = {"key": row.key[:8], "state": WORDS[row.state], "purpose": PURPOSES[row.purpose]}
    return short.get(name, getattr(row, name))


@pushes_app.command("show")
def show_push(key: Key) -> None:
    """一件推送的全部情况，含对方的答复。"""
    with Pushes(State.home.pushes) as pushes:
        row = pushes.find(key)
        changes = pushes.changes(row.key)
    for name, value in vars(row).items():
        if value not in (None, ()):
            typer.echo(f"{name:>12}  {value}")
    for moment, state, error in changes:
        typer.echo(f"{moment}  {WORDS[state]}  {error or ''}".rstrip())


@pushes_app.command("resend")
def push_again(key: Key, now: Now = None) -> None:
    """把一件没推成的、人撤回的或收下与否不明的推送放回待推；已有更新一版的不能。"""
    with Pushes(State.home.pushes) as pushes:
        row, notice, moment = _find(pushes, key, now)
        _decide(row, pushes.resend(row.key, moment, _give_up_after(notice, row)), "放回待推，下次推送时推出")


@pushes_app.command("mark-sent")
def mark_pushed(key: Key, now: Now = None) -> None:
    """一件收下与否不明的推送，问明对方其实已经收下。"""
    with Pushes(State.home.pushes) as pushes:
        row, _, moment = _find(pushes, key, now)
        _decide(row, pushes.mark_sent(row.key, moment), "记为已推")


@pushes_app.command("cancel")
def cancel_push(
    key: Key, reason: Annotated[str, typer.Option("--because", help="为什么")] = "人工撤回", now: Now = None
) -> None:
    """撤回一件还没推的推送；内容再有变化时会推新的一版。"""
    with Pushes(State.home.pushes) as pushes:
        row, _, moment = _find(pushes, key, now)
        _decide(row, pushes.withdraw(row.key, reason, moment), "已撤回")


def _find(pushes: Pushes, key: str, now: str | None) -> tuple[PushRow, Notice, datetime]:
    row = pushes.find(key)
    notice = load_notice(row.notice_id)
    return row, notice, _moment(notice, now)


def _decide(row: PushRow, is_done: bool, words: str) -> None:
    if not is_done:
        typer.echo(f"{row.key[:8]} 现在是“{WORDS[row.state]}”（或已有更新的一版），不能这样做。", err=True)
        raise typer.Exit(1)
    typer.echo(f"{row.key[:8]}（{row.name}）：{words}。")


def _give_up_after(notice: Notice, row: PushRow) -> timedelta:
    settings = notice.recommend if row.purpose == "recommendation" else notice.feeds
    return timedelta(hours=settings.give_up_after_hours if settings else 72)


def _moment(notice: Notice, text: str | None) -> datetime:
    return parse_moment(notice, text) if text else notice.local(datetime.now(notice.zone))
