"""Commands for what only a person can decide: decide, undo, decisions."""

import getpass
import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.decide.given import TAKES, Asked, Given, RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.decide.learning import find_learnable
from pipelines.decide.record import KINDS
from pipelines.decide.rows import decision_rows
from pipelines.decide.take import Taken, decide, foresee
from pipelines.notice import Notice, load_notice
from pipelines.warehouse.snapshot import open_snapshot

_COLUMNS = {
    "decision_id": "decision_id",
    "kind": "kind",
    "recipient": "recipient",
    "deliverable": "deliverable",
    "period": "period",
    "path": "path",
    "sheet": "sheet",
    "row": "row_number",
    "values": "given",
    "reason": "reason",
    "decided_by": "decided_by",
    "decided_at": "decided_at",
    "undone_by": "undone_by",
}
"""As `notices decisions` prints them, and where each comes from."""
_KINDS = "、".join(f"{kind} {KINDS[kind]}" for kind in TAKES if kind != "undo")
_UNKNOWN = """
SELECT path FROM marts.files
WHERE notice_id = $1 AND received_at <= $2 AND recipient_code IS NULL AND state IN ('rejected', 'attachment')
ORDER BY received_at, path
"""
SHOWN = 20
"""Files that a name would settle, of which so many are printed."""
Many = list[str] | None
By = Annotated[str | None, typer.Option("--by", metavar="LOGIN", help="谁决定的；省略为登录本机的用户")]
Now = Annotated[str | None, typer.Option("--now", metavar="T", help="把这一刻当作决定的时刻；省略为此刻")]
Reason = Annotated[str, typer.Option("--reason", metavar="R", help="理由，随决定一起存档")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会变动哪些数，不记下决定")]


@app.command("decide")
def decide_command(
    notice_id: NoticeId,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"决定的种类：{_KINDS}")],
    reason: Reason,
    recipient: Annotated[Many, typer.Option("--recipient", metavar="C", help="单位代码；可写多次")] = None,
    recipient_kind: Annotated[Many, typer.Option("--kind", metavar="K", help="单位类别；可写多次")] = None,
    city: Annotated[Many, typer.Option("--city", metavar="C", help="市的代码；可写多次")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="全部单位")] = False,
    deliverable: Annotated[str | None, typer.Option("--deliverable", metavar="D", help="事项代码")] = None,
    period: Annotated[Many, typer.Option("--period", metavar="P", help="期；可写多次，省略为各期")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="T", help="延到何时")] = None,
    path: Annotated[
        str | None, typer.Option("--path", metavar="P", help="哪个文件，写法见 notices files")
    ] = None,
    received: Annotated[
        str | None,
        typer.Option("--received-at", metavar="T", help="同一路径收过几次的，哪一次；省略为最近的"),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="S", help="哪个工作表")] = None,
    row: Annotated[int | None, typer.Option("--row", metavar="N", help="哪一行")] = None,
    given_values: Annotated[
        Many, typer.Option("--set", metavar="FIELD=VALUE", help="列的值；可写多次")
    ] = None,
    arrived: Annotated[str | None, typer.Option("--arrived", metavar="T", help="何时报来")] = None,
    how: Annotated[
        str | None, typer.Option("--how", metavar="W", help="怎么报来：电话、传真、纸质、光盘、现场")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F", help="报来的文件或扫描件")] = None,
    alias: Annotated[str | None, typer.Option("--alias", metavar="A", help="单位自称的名称")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="从哪天起收到的文件")] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="ID", help="哪一条")] = None,
    item: Annotated[
        str | None, typer.Option("--item", metavar="ID", help="入选、不选：有效行编号，代替文件、工作表和行")
    ] = None,
    for_line: Annotated[
        str | None,
        typer.Option("--as-line", metavar="LINE", help="入选、不选：替哪条线选；省略为遴选的那条线"),
    ] = None,
    publishable: Annotated[
        bool,
        typer.Option("--publishable", help="入选：已核对不含个人信息，未成年人影像已获同意，可公开"),
    ] = False,
    now: Now = None,
    by: By = None,
    dry_run: DryRun = False,
) -> None:
    """记下一个人的决定（认领、免报、延期、准予计入、撤回、代登记等），立即生效，并说明变动了哪些数。收到的东西不会改动。"""
    notice = load_notice(notice_id)
    given = Given(
        recipients=_split(recipient),
        kinds=_split(recipient_kind),
        cities=_split(city),
        everybody=everybody,
        deliverable=deliverable,
        periods=_split(period),
        due=parse_moment(notice, due) if due else None,
        path=path,
        received=parse_moment(notice, received) if received else None,
        sheet=sheet,
        row=row,
        values=_pairs(given_values),
        arrived=parse_moment(notice, arrived) if arrived else None,
        how=how,
        file=file,
        alias=alias,
        since=parse_moment(notice, since) if since else None,
        subject=subject,
        item=item,
        for_line=for_line,
        publishable=publishable,
    )
    _take(notice, Asked(kind, reason, by or getpass.getuser(), _moment(notice, now)), given, dry_run)


@app.command("undo")
def undo_command(
    notice_id: NoticeId,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="决定编号，见 notices decisions")],
    reason: Reason,
    now: Now = None,
    by: By = None,
    dry_run: DryRun = False,
) -> None:
    """取消一个决定：从此刻起它不再有效；取消本身也是一个决定。"""
    notice = load_notice(notice_id)
    asked = Asked("undo", reason, by or getpass.getuser(), _moment(notice, now))
    _take(notice, asked, Given(subject=decision), dry_run)


@app.command("decisions")
def decisions_command(notice_id: NoticeId, output: OutputFormat = Format.table) -> None:
    """所有决定，按先后。"""
    notice = load_notice(notice_id)
    rows = decision_rows(read_decisions(State.home, notice.id))
    columns = _COLUMNS | ({"kind": "kind_name"} if output is Format.table else {})
    found = Figures(list(columns), [tuple(row[name] for name in columns.values()) for row in rows])
    print_figures(found, output, "决定")


def _take(notice: Notice, asked: Asked, given: Given, is_only_foreseen: bool) -> None:
    try:
        taken = (foresee if is_only_foreseen else decide)(State.home, notice, asked, given)
    except RefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    _tell(taken)
    if asked.kind == "assign" and not is_only_foreseen:
        tell_lessons(notice, asked.at)


def tell_lessons(notice: Notice, at: datetime) -> None:
    """Names that were assigned often enough to be known from now on, with the command that does it."""
    with open_snapshot(State.home.published) as snapshot:
        found = snapshot.execute(_UNKNOWN, [notice.id, at]).fetchall()
    decisions = read_decisions(State.home, notice.id)
    for one in find_learnable(notice, decisions, at, [path for (path,) in found]):
        typer.echo(f"“{one.alias}”（{one.recipient}）：{one.sentence}。")
        for path in one.others[:SHOWN]:
            typer.echo(f"  {path}")
        alias = shlex.quote(one.alias)
        command = f"notices decide {notice.id} know_as --alias {alias} --recipient {one.recipient} --reason …"
        typer.echo(f"认得此名：{command}")


def _tell(taken: Taken) -> None:
    typer.echo(f"{taken.decision.id} {KINDS[taken.decision.kind]}")
    if not taken.moved:
        typer.echo(f"截至 {taken.decision.decided_at}，各市的数没有变动。")
    for one in taken.moved:
        typer.echo(one.told)
    if taken.faults:
        typer.echo(
            f"登记的这一件没有全部收下（取消用 notices undo，改好后重新登记）：{'；'.join(taken.faults)}"
        )


def _split(words: Many) -> tuple[str, ...]:
    """Each word once; several may stand in one, with commas between."""
    found = (part for word in words or () for part in re.split(r"[,，、\s]+", word))
    return tuple(dict.fromkeys(part for part in found if part))


def _pairs(words: Many) -> dict[str, str]:
    """FIELD=VALUE, each field once."""
    found: dict[str, str] = {}
    for word in words or ():
        name, equals, value = word.partition("=")
        if not equals or name.strip() in found:
            raise typer.BadParameter(f"--set 应写成 列=值，每列一次：{word}")
        found[name.strip()] = value
    return found


def _moment(notice: Notice, now: str | None) -> datetime:
    return parse_moment(notice, now) if now else notice.local(datetime.now(notice.zone))
