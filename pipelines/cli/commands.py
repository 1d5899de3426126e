"""Which module has which command: the one that is called is imported, all of them for `--help` and for a name that is none.

Importing all of them costs a call half a second.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_OF_MODULES = {
    "analysts": "sql export",
    "cycle": "run rebuild sample",
    "decide": "decide undo decisions",
    "explore": "explore",
    "feed": "feed",
    "figures": "metrics files status",
    "keep": "fsck diff backup fill-store restore",
    "lake": "publish-parquet versions",
    "mail": "send",
    "new": "new",
    "notice": "check",
    "pushes": "feeds recommend",
    "remind": "remind registry",
    "report": "report",
    "returns": "template returns",
    "rows": "rows notes",
    "select": "shortlist selections",
    "site": "site",
    "trace": "trace changes",
}
_WITH_COMMANDS = {
    "alarms": "alarms",
    "contacts": "contacts",
    "form": "form",
    "outbox": "mail",
    "pushes": "pushes",
}
MODULES = {name: module for module, names in _OF_MODULES.items() for name in names.split()} | _WITH_COMMANDS
"""By command, in the order of `--help`; those that have commands of their own come last."""


def import_commands(name: str = "") -> None:
    """Imports the module that has the command; all of them where none has it."""
    for module in {MODULES[name]} if name in MODULES else dict.fromkeys(MODULES.values()):
        import_module(f"pipelines.cli.{module}")


class Commands(TyperGroup):
    """The commands of `notices`, as far as their modules are imported."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        self._learn(cmd_name)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        self._learn()
        return super().list_commands(ctx)

    def _learn(self, name: str = "") -> None:
        from pipelines.cli.app import app

        import_commands(name)
        known = typer.main.get_group(app).commands
        self.commands = {one: known[one] for one in MODULES if one in known}
