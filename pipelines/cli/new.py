"""The command for whoever has a circulated text and no folder yet: new."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import app
from pipelines.ground.errors import NoticesError


class NewFormat(StrEnum):
    text = "text"
    json = "json"


@app.command()
def new(
    source: Annotated[
        Path, typer.Argument(metavar="TEXT|DOCX|PDF", help="通知原文：txt、docx 或有文字层的 pdf")
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="DIR", help="写到哪个新文件夹，文件夹名就是通知代号，如 notices/xx-reading-week"
        ),
    ] = None,
    output: Annotated[
        NewFormat, typer.Option("--format", help="text 说读到了什么、还要问什么；json 给程序用，每个值带原句")
    ] = NewFormat.text,
) -> None:
    """从通知原文起草定义：读出标题、文号、主送单位和每一项报送，写成文件夹；原文没有的列为问题，不猜。"""
    from pipelines.notice.draft import draft_notice, service
    from pipelines.notice.draft.answers import to_answers
    from pipelines.notice.draft.folder import propose, write_folder
    from pipelines.notice.draft.source import read_source

    if to is None and output is NewFormat.text:
        raise typer.BadParameter("要写明 --to 文件夹；只想看读到了什么，用 --format json", param_hint="--to")
    try:
        draft = draft_notice(read_source(source))
        draft, remark = service.complete(draft)
        questions = write_folder(draft, to) if to is not None else propose(draft, "draft")[1]
    except NoticesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if remark:
        typer.echo(remark, err=True)
    if output is NewFormat.json:
        typer.echo(json.dumps(to_answers(draft), ensure_ascii=False, indent=1))
        return
    typer.echo(
        f"{draft.title.value if draft.title else '（没有认出标题）'}：读到 {len(draft.recipients)} 类主送单位、{len(draft.duties)} 项报送。"
    )
    for duty in draft.duties:
        typer.echo(
            f"  {duty.what}：{'、'.join(duty.who)} 报 {duty.to}，{duty.due or duty.relative_due or '没有写期限'}"
        )
    typer.echo(
        f"已写 {to}/：notice.yaml、recipients.csv、regions.csv、notice.txt。还有 {len(questions)} 个问题要由人回答，见 {to}/questions.md："
    )
    for number, question in enumerate(questions, 1):
        typer.echo(f"  {number}. {question}")
