"""The command line that people and checks rely on (contract section 8)."""

import logging
import os
import sys

import typer

from pipelines.cli.app import State, app
from pipelines.cli.trouble import say
from pipelines.ground.errors import BadNoticeError
from pipelines.warehouse.likeness import mask_record

__all__ = ["app", "main"]


def main() -> None:
    """The console script. Exit status: 0 done, 1 the cycle failed, 2 bad usage or a bad notice folder."""
    level = {"quiet": logging.WARNING, "debug": logging.DEBUG}.get(
        os.environ.get("NOTICES_LOG", ""), logging.INFO
    )
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.addFilter(mask_record)
    try:
        app()
    except BadNoticeError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        # The last one to hear of it: whatever failed, a clerk gets a sentence, and the traceback goes to a file.
        typer.echo(say(error, State.home), err=True)
        sys.exit(1)
