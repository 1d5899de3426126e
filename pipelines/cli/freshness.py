"""What every command that shows figures says beside them: until when they are complete, and which source is silent."""

from datetime import datetime

import typer

from pipelines.ask.freshness import ask_freshness
from pipelines.cli.app import Format, State
from pipelines.notice import Notice


def say_freshness(notice: Notice, as_of: datetime, output: Format = Format.table) -> None:
    """Beside a table for people; on standard error where standard output is read by a program."""
    for sentence in ask_freshness(State.home.published, notice.id, as_of).sentences():
        typer.echo(f"注意：{sentence}。", err=output is not Format.table)
