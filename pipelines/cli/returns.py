"""Commands of the return loop: template."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import NoticeId, app
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

    written = write_templates(load_notice(notice_id), to, recipient)
    typer.echo(f"写了 {len(written)} 个文件，在 {to}。")
