"""Commands for analysts without SQL: explore (the marts in a browser)."""

import socket
from typing import Annotated

import typer

from pipelines.ask.explorer_base import DATABASE, write_explorer
from pipelines.cli.app import NoticeId, State, app
from pipelines.ground.scratch import scratch
from pipelines.notice import load_notice


@app.command()
def explore(
    notice_id: NoticeId,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="本机的端口；0 为任一空着的")
    ] = 0,
) -> None:
    """在浏览器里翻看各张表和二十个问题的答案：只读，不联网，只有本机拿到所印网址的人能看。按 Ctrl-C 停下。"""
    # Datasette is imported where it is needed: every other command does without it.
    from pipelines.ask.explore import HOST, make_server, open_explorer

    notice = load_notice(notice_id)
    with scratch("explore") as folder:
        database = folder / f"{DATABASE}.db"
        typer.echo("正在准备各张表……", err=True)
        metadata = write_explorer(State.home.published, notice, database)
        explorer, way_in = open_explorer(database, metadata)
        server = make_server(explorer, port)
        with socket.create_server((HOST, port)) as listening:
            typer.echo(f"请在浏览器里打开：http://{HOST}:{listening.getsockname()[1]}{way_in}")
            typer.echo("网址里的口令只能用一次，换一个浏览器请重新运行；按 Ctrl-C 停下。", err=True)
            server.run(sockets=[listening])
