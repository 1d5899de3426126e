"""The command line that people and checks rely on (contract section 8)."""

import logging
import os
import sys

import typer

from pipelines.cli import analysts, cycle, decide, figures, mail, notice, remind, report, returns, rows, trace
from pipelines.cli.app import app
from pipelines.ground.errors import BadNoticeError, NoticesError

__all__ = [
    "analysts",
    "app",
    "cycle",
    "decide",
    "figures",
    "mail",
    "main",
    "notice",
    "remind",
    "report",
    "returns",
    "rows",
    "trace",
]


def main() -> None:
    """The console script. Exit status: 0 done, 1 the cycle failed, 2 bad usage or a bad notice folder."""
    level = {"quiet": logging.WARNING, "debug": logging.DEBUG}.get(
        os.environ.get("NOTICES_LOG", ""), logging.INFO
    )
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    try:
        app()
    except BadNoticeError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except NoticesError as error:
        typer.echo(f"没有完成：{error}", err=True)
        sys.exit(1)
