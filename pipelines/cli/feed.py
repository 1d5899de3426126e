"""Commands for other systems: feed (what changed in what is published, by number)."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.ask.feed import read_feed, write_feed_lines
from pipelines.ask.streams import STREAMS
from pipelines.cli.app import State, app
from pipelines.notice import load_notice
from pipelines.warehouse.snapshot import open_snapshot


class FeedFormat(StrEnum):
    jsonl = "jsonl"
    csv = "csv"
    arrow = "arrow"


@app.command()
def feed(
    notice_id: Annotated[
        str | None, typer.Argument(metavar="[NOTICE]", help="通知代号；省略为所有通知")
    ] = None,
    after: Annotated[
        int, typer.Option("--after", metavar="N", min=0, help="上次读到的最后一个序号；第一次写 0")
    ] = 0,
    output: Annotated[
        FeedFormat,
        typer.Option(
            "--format", metavar="FORMAT", help="jsonl（一行一个对象）、csv 或 arrow（Arrow IPC 流）"
        ),
    ] = FeedFormat.jsonl,
) -> None:
    """给别的系统：某个序号之后，发布出去的每一行的每一次变化，按序号从小到大；下次从读到的最后一个序号接着读。"""
    wanted = load_notice(notice_id).id if notice_id else None
    out = sys.stdout.buffer
    with open_snapshot(State.home.published) as snapshot:
        schema, batches = read_feed(snapshot, after, wanted)
        if output is FeedFormat.jsonl:
            write_feed_lines(batches, out)
        else:
            STREAMS[output](schema, batches, out)
    out.flush()
