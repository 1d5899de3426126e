"""The command line that people and checks rely on (contract section 8)."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines import cycle, figures
from pipelines.errors import BadNoticeError, NoticesError
from pipelines.figures import Figures
from pipelines.home import Home
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.printing import print_figures

app = typer.Typer(
    name="notices",
    help="把各单位对通知的报送变成可信的数：收件、校验、入库、统计。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


NoticeId = Annotated[str, typer.Argument(metavar="NOTICE", help="通知代号，即 notices/ 下的文件夹名")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="T", help="截至时刻，如 2020-11-14T20:00:00；不写时区按通知所在时区；省略为最近一次扫描")
]
OutputFormat = Annotated[Format, typer.Option("--format", help="table 给人看，csv、json 给程序用")]


class State:
    """What the options before the command say."""

    home = Home.default()


@app.callback()
def options(
    home: Annotated[
        Path | None, typer.Option("--home", metavar="DIR", help="数据所在文件夹；省略为环境变量 NOTICES_HOME，再省略为 var/")
    ] = None,
) -> None:
    if home is not None:
        State.home = Home(home.absolute())


@app.command("run")
def run_command(
    notice_id: NoticeId,
    inbox: Annotated[Path | None, typer.Option("--inbox", metavar="DIR", help="收件箱；省略为 <home>/inbox/<通知>")] = None,
    now: Annotated[str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在（补跑、试跑用）")] = None,
) -> None:
    """跑完一整轮：收件、读取、校验、入库、发布。重复运行不会改变结果。"""
    notice = load_notice(notice_id)
    with _progress("读取") as progress:
        done = cycle.run(State.home, notice, inbox, _moment(notice, now) if now else None, progress)
    states = "、".join(f"{_STATES[state]} {count}" for state, count in done["states"].items()) or "没有新的报送"
    typer.echo(f"本轮新收 {done['new']} 个文件；{states}。")
    if done["waiting"]:
        typer.echo(f"有 {done['waiting']} 个文件可能还在传，下一轮再收。")
    if done["reasons"]:
        typer.echo("退回原因：" + "、".join(f"{reason} {count}" for reason, count in done["reasons"].items()))


_STATES = {
    "accepted": "收下",
    "partly accepted": "部分收下",
    "rejected": "退回",
    "duplicate": "重复",
    "ignored": "忽略",
    "attachment": "附件",
}


@app.command()
def metrics(notice_id: NoticeId, as_of: AsOf = None, output: OutputFormat = Format.table) -> None:
    """各市的参与、报送和覆盖情况，截至某一时刻。"""
    notice = load_notice(notice_id)
    moment = _moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
    found = figures.ask_metrics(State.home.published, notice.id, moment)
    if output is not Format.table:
        print_figures(found, output)
        return
    split = found.columns.index("materials")
    for title, chosen in (
        ("参与和报送", [*range(split)]),
        ("材料和覆盖", [0, 1, *range(split, len(found.columns))]),
    ):
        part = Figures([found.columns[index] for index in chosen], [tuple(row[index] for index in chosen) for row in found.rows])
        print_figures(part, output, f"{title}，截至 {moment:%Y-%m-%d %H:%M:%S}")


@app.command()
def files(notice_id: NoticeId, output: OutputFormat = Format.table) -> None:
    """每个收到的文件及其结论。"""
    print_figures(figures.ask_files(State.home.published, load_notice(notice_id).id), output, "收到的文件")


@app.command()
def status(notice_id: NoticeId, as_of: AsOf = None, output: OutputFormat = Format.table) -> None:
    """谁还欠什么，截至某一时刻。表格只列未报和未到期的，csv、json 列全部。"""
    notice = load_notice(notice_id)
    moment = _moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
    found = figures.ask_status(State.home.published, notice.id, moment)
    if output is not Format.table:
        print_figures(found, output)
        return
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    words = {"missing": "未报", "pending": "未到期"}
    owed = [
        (row["recipient"], notice.deliverables[row["deliverable"]].name, row["period"], row["due_at"], words[row["status"]], row["is_returned"])
        for row in rows
        if row["status"] in words
    ]
    columns = ["recipient", "deliverable", "period", "due_at", "status", "is_returned"]
    print_figures(Figures(columns, owed), output, f"尚欠 {len(owed)} 项，截至 {moment:%Y-%m-%d %H:%M:%S}")


@app.command()
def check(notice_id: Annotated[str | None, typer.Argument(metavar="[NOTICE]", help="省略则检查全部通知")] = None) -> None:
    """检查通知的定义：哪个文件哪一行、写了什么、应该是什么、怎么改。"""
    bad = False
    for name in [notice_id] if notice_id else list_notices():
        try:
            notice = load_notice(name)
        except BadNoticeError as error:
            bad = True
            typer.echo(str(error), err=True)
            continue
        typer.echo(
            f"{name}：没有问题。主送 {len(notice.recipients)} 个单位，{len(notice.cities)} 个市，"
            f"报送事项 {'、'.join(item.name for item in notice.deliverables.values())}"
        )
    if bad:
        raise typer.Exit(2)


@app.command()
def rebuild() -> None:
    """丢弃一切算出来的数据，从档案全部重算（结果不变）。"""
    with _progress("读取") as progress:
        found = cycle.rebuild(State.home, progress)
    for notice_id, counts in found.items():
        typer.echo(f"{notice_id}：重算 {counts['submissions']} 件报送。")


@app.command()
def sample(
    notice_id: NoticeId,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹")],
    seed: Annotated[int, typer.Option("--seed", help="同一个种子得到同样的文件")] = 1,
    recipients: Annotated[int | None, typer.Option("--recipients", help="多少个单位；省略为全部")] = None,
    rows: Annotated[int, typer.Option("--rows", help="每个表大约几行")] = 5,
) -> None:
    """造一个收件箱的样例（虚构数据）：各种格式、迟报、错误、更正、零报告都有。"""
    from pipelines.sample import write_sample

    notice = load_notice(notice_id)
    write_sample(notice, to, seed=seed, recipients=recipients, rows=rows)
    now = (to / "now.txt").read_text("utf-8").strip()
    typer.echo(f"样例在 {to / 'inbox'}。接着运行：notices run {notice_id} --inbox {to / 'inbox'} --now {now}")


def _moment(notice: Notice, text: str) -> datetime:
    """A moment in the notice's zone; exits with 2 where the text is none."""
    try:
        return notice.local(datetime.fromisoformat(text))
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是时刻；应写成 2020-11-14T20:00:00") from None


@contextmanager
def _progress(label: str) -> Iterator[cycle.Progress | None]:
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def main() -> None:
    """The console script. Exit status: 0 done, 1 the cycle failed, 2 bad usage or a bad notice folder."""
    level = {"quiet": logging.WARNING, "debug": logging.DEBUG}.get(os.environ.get("NOTICES_LOG", ""), logging.INFO)
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    try:
        app()
    except BadNoticeError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except NoticesError as error:
        typer.echo(f"没有完成：{error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
