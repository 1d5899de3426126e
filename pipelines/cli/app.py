"""What every command shares: the app, its options, and how arguments are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.commands import Commands
from pipelines.ground.home import Home
from pipelines.ground.private import keep_private
from pipelines.notice import Notice

if TYPE_CHECKING:
    from pipelines.read.receipts import Progress

app = typer.Typer(
    name="notices",
    help="把各单位对通知的报送变成可信的数：收件、校验、入库、统计。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    cls=Commands,
)


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


NoticeId = Annotated[str, typer.Argument(metavar="NOTICE", help="通知代号，即 notices/ 下的文件夹名")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="T",
        help="截至时刻，如 2020-11-14T20:00:00；不写时区按通知所在时区；省略为最近一次扫描",
    ),
]
OutputFormat = Annotated[Format, typer.Option("--format", help="table 给人看，csv、json 给程序用")]


class State:
    """What the options before the command say."""

    home = Home.default()


OUTWARD = frozenset({"export", "publish-parquet", "report", "sample", "site", "sql", "template"})
"""Commands that write where the user says: their files are the user's, with the rights the user's own files have."""


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", help="数据所在文件夹；省略为环境变量 NOTICES_HOME，再省略为 var/"
        ),
    ] = None,
) -> None:
    if context.invoked_subcommand not in OUTWARD:
        keep_private()
    if home is not None:
        State.home = Home(home.absolute())


def parse_moment(notice: Notice, text: str) -> datetime:
    """A moment in the notice's zone; exits with 2 where the text is none."""
    try:
        return notice.local(datetime.fromisoformat(text))
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是时刻；应写成 2020-11-14T20:00:00") from None


@contextmanager
def show_progress(label: str) -> Iterator["Progress | None"]:
    """A progress bar on a terminal; nothing elsewhere."""
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
