"""Commands about alarms: list them, and look for new ones where Airflow does not."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.alarms.journal import FILE, Alarms
from pipelines.alarms.letters import WORDS, Event, Local
from pipelines.alarms.record import Alarm
from pipelines.alarms.tell import list_tellings
from pipelines.alarms.watch import watch
from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, OutputFormat, State, app
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.notice import Notice, list_notices, load_notice

COLUMNS = [
    *("alarm_id", "notice_id", "kind", "kind_name", "subject", "state"),
    *("raised_at", "gone_at", "over_at", "settled_by", "sentence", "remedy", "told"),
]
SHORT = ["alarm_id", "notice_id", "kind_name", "state", "raised_at", "sentence", "remedy"]
STATES = {"standing": "在告警", "settled": "已在处理", "over": "已恢复"}
TOLD = {
    "queued": "待发",
    "outboxed": "已放入发件箱",
    "handing_over": "正在发",
    "sent": "已发",
    "unsure": "收到与否不明",
    "failed": "没发成",
    "dropped": "没有再发",
}
alarms_app = typer.Typer(help="告警：列出在告警的（--all 连同已恢复的），没有 Airflow 时自己查一遍。")
app.add_typer(alarms_app, name="alarms")


@alarms_app.callback(invoke_without_command=True)
def list_alarms(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="连同已恢复的一起列出")] = False,
    notice_id: Annotated[str | None, typer.Option("--notice", metavar="NOTICE", help="只列这个通知")] = None,
    output: OutputFormat = Format.table,
) -> None:
    """列出告警：什么事、从何时起、怎么办、告诉了谁。"""
    if context.invoked_subcommand:
        return
    rows: list[tuple[object, ...]] = []
    if (State.home.alarms / FILE).exists():
        with Alarms(State.home.alarms) as journal:
            found = journal.all() if every else journal.standing()
            told = list_tellings(journal)
        notices = _notices()
        rows = [
            _row(one, notices, told.get(one.position, []), output is Format.table)
            for one in found
            if notice_id is None or one.notice_id == notice_id
        ]
    columns = SHORT if output is Format.table else COLUMNS
    print_figures(Figures(columns, rows), output, f"告警 {len(rows)} 件")


def _row(
    one: Alarm, notices: dict[str, Notice], told: list[tuple[Event, str, str, str | None]], is_table: bool
) -> tuple[object, ...]:
    local = Local(notices.get(one.notice_id) or next(iter(notices.values()), None))
    state = "over" if one.over_at else "settled" if one.settled_by else "standing"
    moments = [local.read(moment) if moment else None for moment in (one.raised_at, one.gone_at, one.over_at)]
    if is_table:
        return one.id, one.notice_id, one.name, STATES[state], moments[0], one.sentence, one.remedy
    return (
        *(one.id, one.notice_id, one.kind, one.name, one.subject, state),
        *moments,
        *(one.settled_by, one.sentence, one.remedy),
        "；".join(
            f"{channel} {WORDS[event]}：{TOLD[state]}{f'（{error}）' if error else ''}"
            for event, channel, state, error in told
        ),
    )


def _notices() -> dict[str, Notice]:
    """Those whose folder is right: what is wrong with the others is an alarm itself."""
    found = {}
    for notice_id in list_notices():
        try:
            found[notice_id] = load_notice(notice_id)
        except BadNoticeError:
            continue
    return found


@alarms_app.command()
def check(
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="T", help="把这一刻当作现在，要写时区，如 2020-11-14T20:00:00+08:00"),
    ] = None,
) -> None:
    """查一遍有没有该告警的：新的放进发件箱、发到群机器人，没有了的发恢复。开着 Airflow 时每十分钟自动做，不必手动。"""
    moment = _read(now) if now else None
    done = watch(State.home, lambda: moment or datetime.now(UTC))
    typer.echo(f"在告警 {done.standing} 件：新发生 {done.raised}，恢复 {done.over}。")
    for notice_id in done.mails_of:
        typer.echo(f"告警邮件在发件箱里，发出：notices send {notice_id}")
    if done.posted:
        typer.echo("群机器人：" + "、".join(f"{SAID[state]} {count}" for state, count in done.posted.items()))
    if done.errors:
        raise NoticesError("\n".join(done.errors))


SAID = {"sent": "已发", "retry": "稍后再试", "unsure": "收到与否不明"}


def _read(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(f"“{text}”不是带时区的时刻；应写成 2020-11-14T20:00:00+08:00")
    return moment
