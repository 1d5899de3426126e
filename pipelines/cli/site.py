"""The command that makes the special website."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import AsOf, NoticeId, State, app, parse_moment
from pipelines.notice import load_notice


@app.command()
def site(
    notice_id: NoticeId,
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="DIR", help="写到哪个文件夹，整个换成新的；或 s3://桶/路径 等 fsspec 认得的地址"
        ),
    ],
    as_of: AsOf = None,
    connection: Annotated[
        str | None,
        typer.Option("--connection", metavar="ID", help="发布到哪个连接的服务器；--to 是那里的路径"),
    ] = None,
) -> None:
    """生成专题网站（静态网页，断网也能看），截至某一时刻；只取自已发布的数据和通报。"""
    from pipelines.ask.place import PublishedPlace
    from pipelines.site.make import make_site  # templates and lxml cost half a second

    notice = load_notice(notice_id)
    place = PublishedPlace(to, connection) if connection or "://" in to else Path(to)
    made = make_site(State.home, notice, place, parse_moment(notice, as_of) if as_of else None)
    done = "已更新" if made.is_changed else "没有变化"
    typer.echo(
        f"{to}：{done}，{made.files} 个文件，材料 {len(made.site.materials)} 条，通报 {len(made.site.bulletins)} 件，"
        f"截至 {made.site.as_of:%Y-%m-%d %H:%M:%S}"
    )
    for one in made.left:
        typer.echo(f"撤下：{one.title}（{one.unit}）：{one.why}")
    for sentence in made.site.not_shown:
        typer.echo(f"{sentence}。", err=True)
    for sentence in made.site.remarks:
        typer.echo(f"注意：{sentence}。", err=True)
