"""docs/analysts.md: its queries run on a snapshot, and its reasons are all that there are."""

import re

import pytest

from pipelines.cli.trace import REASONS
from pipelines.ground.home import ROOT
from tests.analysts.conftest import World

PAGE = (ROOT / "docs" / "analysts.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^notices (\w+) ", PAGE, re.MULTILINE)


def test_there_are_queries_and_commands_to_guard() -> None:
    assert len(QUERIES) >= 4
    assert {"trace", "changes", "export"} <= set(COMMANDS)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.splitlines()[0][:40])
def test_queries_run_and_find_something(small: World, query: str) -> None:
    found = small.connection.execute(query)
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    assert names
    assert rows or "< 0" in query or "'370700'" in query


def test_every_reason_is_explained() -> None:
    ends = {"counted", "attachment", "ignored", "accepted", "partly accepted"}
    explained = {
        code for line in PAGE.splitlines() if line.startswith("| `") for code in re.findall(r"`(\w+)`", line)
    }
    assert set(REASONS) - ends <= explained
