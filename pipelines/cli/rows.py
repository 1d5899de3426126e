"""Commands that show what was read, row by row, and what was noted: rows, notes."""

from typing import Annotated

import typer

from pipelines.ask.printing import print_figures
from pipelines.ask.rows import ask_notes, ask_rows
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app
from pipelines.ground.lock import refresh_handed
from pipelines.notice import load_notice
from pipelines.read.frames import table_deliverables


@app.command()
def rows(
    notice_id: NoticeId,
    deliverable: Annotated[
        str, typer.Option("--deliverable", metavar="D", help="事项代码，如 materials、plan、statistics")
    ],
    output: OutputFormat = Format.table,
) -> None:
    """某个事项读到的每一行：在哪个文件哪一行、为何退回、是否在计数、各列读作什么。含个人信息，只供经办人使用。"""
    notice = load_notice(notice_id)
    if deliverable not in (choices := table_deliverables(notice)):
        raise typer.BadParameter(f"没有“{deliverable}”这个按表报送的事项；可选：{'、'.join(choices)}")
    refresh_handed(State.home)
    found = ask_rows(State.home.published, State.home.private, State.home.masks, notice, deliverable)
    print_figures(found, output, f"{notice.deliverables[deliverable].name} {len(found.rows)} 行")


@app.command()
def notes(notice_id: NoticeId, output: OutputFormat = Format.table) -> None:
    """每条提示：凭判断读出的、没有读的、件内重复的、取代旧版的，在哪个文件哪一格、看到什么、是什么意思。"""
    notice = load_notice(notice_id)
    refresh_handed(State.home)
    found = ask_notes(State.home.published, State.home.private, State.home.masks, notice)
    print_figures(found, output, f"提示 {len(found.rows)} 条")
