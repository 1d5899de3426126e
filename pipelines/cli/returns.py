"""Commands of the return loop: template, returns."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import Format, NoticeId, OutputFormat, State, app
from pipelines.notice import load_notice


@app.command()
def template(
    notice_id: NoticeId,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹，每个单位一个子文件夹")],
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient", metavar="CODE", help="只写这个单位的（recipients.csv 的代码）；省略为全部"
        ),
    ] = None,
) -> None:
    """写出各单位、各事项的预填表样，和表单服务用的表单定义（XLSForm）。"""
    from pipelines.templates.write import write_templates

    notice = load_notice(notice_id)
    today = notice.local(datetime.now(notice.zone)).date()
    written = write_templates(notice.on(today), to, recipient)
    typer.echo(f"写了 {len(written)} 个文件，在 {to}。")


@app.command("returns")
def returns_command(
    notice_id: NoticeId,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", metavar="DIR", help="收件箱；省略为 <home>/inbox/<通知>")
    ] = None,
    output: OutputFormat = Format.table,
) -> None:
    """补写还没有写出的退回件，列出全部退回件：给谁、哪个文件、为什么、退回件在哪里。"""
    from pipelines.returns.write import list_returns, write_returns

    notice = load_notice(notice_id)
    write_returns(State.home, notice, inbox)
    units = {one.code: one.name for one in notice.recipients}
    columns = ["received_at", "recipient", "path", "state", "reason", "file", "summary"]
    rows = [
        (
            str(one.received_at),
            units.get(one.recipient_code or ""),
            one.path,
            one.state,
            one.reason,
            one.file,
            one.summary,
        )
        for one in list_returns(State.home, notice)
    ]
    title = f"退回件 {len(rows)} 份，在 {State.home.returns(notice.id)}"
    print_figures(Figures(columns, rows), output, title)
