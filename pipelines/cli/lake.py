"""publish-parquet: the marts as of a moment to a place that other tools read, beside those of earlier moments; versions of the
DuckLake."""

from typing import Annotated

import typer

from pipelines.ask import figures
from pipelines.ask.lake import publish_parquet
from pipelines.ask.place import PublishedPlace
from pipelines.cli.analysts import print_result
from pipelines.cli.app import AsOf, NoticeId, State, app, parse_moment
from pipelines.cli.keep import Connection
from pipelines.notice import load_notice
from pipelines.warehouse.lake.read import list_versions


@app.command("publish-parquet")
def publish(
    notice_id: NoticeId,
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help="发布到哪里：文件夹，或 s3://桶/路径 等 fsspec 认得的地址"),
    ],
    as_of: AsOf = None,
    connection: Connection = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="那一刻的数已发布过而现在不同时，换成现在的；省略则不换，报错")
    ] = False,
) -> None:
    """把各张表截至某一时刻的内容发布为分区的 Parquet：早先各日的都留着，同样的再发一次一个字节也不变。"""
    notice = load_notice(notice_id)
    last = figures.last_scan(State.home.published, notice.id)
    moment = parse_moment(notice, as_of) if as_of else last
    manifest, written = publish_parquet(
        State.home.published, notice, moment, PublishedPlace(to, connection), may_replace=replace
    )
    done = f"写了 {len(written)} 张表" if written else "与已发布的相同，没有写任何东西"
    typer.echo(f"{to}：截至 {manifest['moment']}，共 {len(manifest['files'])} 张表，{done}")
    for sentence in manifest["freshness"]["sentences"]:
        typer.echo(f"注意：{sentence}。", err=True)


@app.command()
def versions() -> None:
    """湖仓里有哪些版本：每次发布一个，新的在前；查过去的版本用 notices sql --version N。"""
    table = list_versions(State.home)
    names = {
        "version": "版本",
        "published_at": "发布（世界时）",
        "committed_at": "写入湖仓（世界时）",
        "known_at": "当时最近一次扫描",
    }
    print_result(table.rename_columns(names).schema, iter(table.rename_columns(names).to_batches()))
