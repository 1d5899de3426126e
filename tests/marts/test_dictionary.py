"""docs/marts.md is what tools/dictionary.py makes of sql/marts, and says all that an analyst needs of each figure."""

import re

import pytest

from pipelines.notice import load_notice
from pipelines.warehouse.definition import load_definition
from tests.warehouse.empty import blank_warehouse
from tools.dictionary import PAGE, Entry, choose_example, fill_in, read_entries, render

_RATE = re.compile(r"\w+_(rate|coverage)")


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """Asked when a test wants them: they are seconds, which nobody who only collects tests should wait for."""
    found = list(read_entries())
    assert len(found) > 30
    return found


def test_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: python tools/dictionary.py"


def test_every_rate_states_its_denominator_and_null_rule(
    entries: list[Entry], subtests: pytest.Subtests
) -> None:
    for entry in entries:
        with subtests.test(entry.name):
            stated = {name: (base, null) for name, _, base, null in entry.figures}
            for name, _, _ in entry.columns:
                if _RATE.fullmatch(name):
                    base, null = stated[name]
                    assert base != "不适用"
                    assert "为空，不是 0" in null


def test_every_figure_has_an_example(entries: list[Entry], subtests: pytest.Subtests) -> None:
    for entry in entries:
        with subtests.test(entry.name):
            assert entry.examples
            asked = " ".join(query for _, query in entry.examples)
            assert {name for name, *_ in entry.figures} <= {name for name, *_ in entry.columns}
            if "SELECT *" not in asked:
                assert [name for name, *_ in entry.figures if not re.search(rf"\b{name}\b", asked)] == []
            assert entry.macro is None or entry.figures


def test_every_example_runs(entries: list[Entry]) -> None:
    notice, first, last = choose_example()
    with blank_warehouse() as connection:
        load_definition(connection, load_notice(notice))
        queries = [query for entry in entries for _, query in entry.examples]
        assert len(queries) >= len(entries)
        for query in queries:
            connection.execute(fill_in(query, notice, first, last)).fetchall()
