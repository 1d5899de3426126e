"""The command that makes a bulletin without sending it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ask import figures
from pipelines.cli.app import AsOf, NoticeId, State, app, parse_moment
from pipelines.notice import load_notice


class BulletinKind(StrEnum):
    daily = "daily"
    final = "final"


@app.command()
def report(
    notice_id: NoticeId,
    kind: Annotated[BulletinKind, typer.Argument(help="daily 日报，final 总的通报")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="写到哪个文件夹")],
    as_of: AsOf = None,
) -> None:
    """生成通报（docx、xlsx、网页、图片），截至某一时刻；只生成，不发送。"""
    from pipelines.report.write import write_bulletin  # the office libraries cost half a second

    notice = load_notice(notice_id)
    published = State.home.published
    moment = parse_moment(notice, as_of) if as_of else figures.last_scan(published, notice.id)
    written = write_bulletin(published, notice, kind.value, moment, out)
    for path in written.paths:
        typer.echo(str(path))
    for remark in written.remarks:
        typer.echo(f"注意：{remark}。", err=True)
