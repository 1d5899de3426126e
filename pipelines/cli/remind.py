"""Commands about units: queue reminders, acknowledgements and returns; list liaisons and check their columns."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.notice import load_notice

PURPOSE_WORDS = {
    "reminder": "催报",
    "digest": "本市欠报汇总",
    "escalation": "请数据人员联系",
    "acknowledgement": "回执",
    "return": "退回",
}

MOST_SHOWN = 10
"""Codes of units in one line."""


@app.command()
def remind(
    notice_id: NoticeId,
    now: Annotated[
        str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在（补跑、试跑用）")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出会放进发件箱的邮件，什么都不改变")
    ] = False,
) -> None:
    """把到时的信放进发件箱：每个单位一天至多一封，要补报的、收到的、退回的都在里面；撤回不必再说的。发出用 notices send。"""
    from pipelines.remind import remind as queue_mails

    notice = load_notice(notice_id)
    if notice.remind is None:
        typer.echo(f"通知 {notice.id} 的 notice.yaml 没有 remind 一节，不催报（见 docs/remind.md）。")
        return
    moment = parse_moment(notice, now) if now else notice.local(datetime.now(notice.zone))
    done = queue_mails(State.home, notice, moment, dry_run)
    if dry_run:
        columns = ["purpose", "recipient", "subject"]
        rows = [(PURPOSE_WORDS[mail.purpose], mail.recipient, mail.subject) for mail in done.queued]
        print_figures(Figures(columns, rows), Format.table, f"试列 {len(rows)} 封，什么都没有改变")
    else:
        counts = (
            "、".join(f"{PURPOSE_WORDS[name]} {count}" for name, count in done.counts.items())
            or "没有新的邮件"
        )
        typer.echo(f"放进发件箱：{counts}；撤回 {done.withdrawn} 封。发出用 notices send {notice.id}")
    if done.held:
        typer.echo(f"一天以上没有完整收件，先不催报：{'、'.join(done.held)}。先运行 notices run {notice.id}")
    if done.holding:
        typer.echo(f"有文件还没能收下，先不催报：{'、'.join(done.holding)}（见 marts.held_entries）")
    if done.unreachable:
        shown = "、".join(done.unreachable[:MOST_SHOWN]) + (
            " 等" if len(done.unreachable) > MOST_SHOWN else ""
        )
        typer.echo(
            f"有 {len(done.unreachable)} 个欠报单位没有邮箱，催不到：{shown}（全部见 marts.mailboxes）"
        )


@app.command()
def registry(
    notice_id: NoticeId,
    check: Annotated[
        bool, typer.Option("--check", help="先看一遍各单位的专栏网址、通知里活动的直播频道打不打得开")
    ] = False,
    now: Annotated[str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在")] = None,
    output: OutputFormat = Format.table,
) -> None:
    """各单位现在的联络员和专栏网址（含个人信息，只给数据人员用），以及网址最近一次检查的结果。"""
    from pipelines.registry.check import check_columns, check_events
    from pipelines.registry.liaisons import find_liaisons

    notice = load_notice(notice_id)
    moment = parse_moment(notice, now) if now else notice.local(datetime.now(notice.zone))
    if check:
        check_columns(State.home, notice, moment, timedelta(0))
        for one in check_events(State.home, notice, moment, timedelta(0)):
            said = (
                "打得开" if one.visit.is_ok else f"打不开：{one.visit.failure or f'答复 {one.visit.status}'}"
            )
            typer.echo(f"活动 {one.event} {one.url}：{said}", err=True)
    columns = [
        *("recipient", "contact_name", "contact_phone", "contact_email", "column_url", "submitted_at"),
        *("checked_at", "is_ok", "status", "title", "failure"),
    ]
    rows = [
        (one.recipient, one.name, one.phone, one.email, one.column_url, one.submitted_at, one.checked_at)
        + (
            (one.visit.is_ok, one.visit.status, one.visit.title, one.visit.failure)
            if one.visit
            else (None,) * 4
        )
        for one in find_liaisons(State.home, notice, moment)
    ]
    print_figures(Figures(columns, rows), output, f"联络员和专栏：{len(rows)} 个单位")
