"""What README, docs and glossary name is there: commands, options, targets, files."""

import re
from pathlib import Path

import pytest
import typer

from pipelines.cli import app
from pipelines.cli.commands import import_commands
from pipelines.ground.home import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
import_commands()
COMMANDS = typer.main.get_command(app).commands
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M)


def named(pattern: str, path: Path) -> set[str]:
    return set(re.findall(pattern, path.read_text("utf-8")))


def test_there_is_something_to_check():
    assert {"run", "metrics", "files", "status", "check", "rebuild", "sample"} <= set(COMMANDS)
    assert {"run", "test", "ui", "lint"} <= set(TARGETS)
    for page in (ROOT / "README.md", ROOT / "README.zh-CN.md"):
        assert len(named(r"\.venv/bin/notices ([a-z]+)", page)) >= 6
        assert len(named(r"\]\(([^)#:]+)\)", page)) >= 6


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_commands_targets_and_links_are_there(page):
    assert named(r"\.venv/bin/notices (?:--home \S+ )?([a-z]+)", page) <= set(COMMANDS)
    assert named(r"(?:^    |`)make ([a-z-]+)", page) <= set(TARGETS)
    assert [link for link in named(r"\]\(([^)#:]+)\)", page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_options_named_beside_a_command_are_its_own(name):
    rows = re.findall(
        r"^\| `\.venv/bin/notices ([a-z]+)[^`]*` \| (.*) \|$", (ROOT / name).read_text("utf-8"), re.M
    )
    assert len(rows) >= 6
    for command, text in rows:
        options = {option for parameter in COMMANDS[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", text)) <= options
