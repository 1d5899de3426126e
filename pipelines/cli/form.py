"""Commands about form services: provision makes everything there that units need to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import NoticeId, app
from pipelines.ground import connections
from pipelines.notice import load_notice

form_app = typer.Typer(help="表单服务：在 ODK Central 上建好项目、表单和各单位的二维码。")
app.add_typer(form_app, name="form")


@form_app.callback()
def about() -> None:
    """表单服务：在 ODK Central 上建好项目、表单和各单位的二维码。"""


@form_app.command()
def provision(
    notice_id: NoticeId,
    connection: Annotated[
        str, typer.Option("--connection", metavar="ID", help="ODK Central 的连接，账号须能建项目")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="分发表写到哪个文件夹；里面有各单位的密钥")],
) -> None:
    """在 ODK Central 上建项目、表单和每个单位一个的访问密钥，写出带二维码的分发表。再运行一次只补缺的，不换已发的二维码。"""
    from pipelines.templates.provision import provision as provide

    made = provide(load_notice(notice_id), connections.from_environment(connection), connection, to)
    typer.echo(
        f"项目 {made.project}，表单 {len(made.forms)} 个，单位 {made.units} 个，分发表在 {made.sheet}。"
    )
    typer.echo("把下面几行写进 notice.yaml 的 sources：")
    for line in made.sources:
        typer.echo(line)
