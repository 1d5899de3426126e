"""docs/marts.md is what tools/dictionary.py makes of sql/marts, and says all that an analyst needs of each figure."""

import re

import duckdb
import pytest

from pipelines.notice import load_notice
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.relations import create_relations
from tools.dictionary import PAGE, Entry, choose_example, fill_in, read_entries, render

ENTRIES = read_entries()
_RATE = re.compile(r"\w+_(rate|coverage)")


def test_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: python tools/dictionary.py"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_rate_states_its_denominator_and_null_rule(entry: Entry) -> None:
    stated = {name: (base, null) for name, _, base, null in entry.figures}
    for name, _, _ in entry.columns:
        if _RATE.fullmatch(name):
            base, null = stated[name]
            assert base != "不适用"
            assert "为空，不是 0" in null


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_figure_has_an_example(entry: Entry) -> None:
    assert entry.examples
    asked = " ".join(query for _, query in entry.examples)
    assert {name for name, *_ in entry.figures} <= {name for name, *_ in entry.columns}
    if "SELECT *" not in asked:
        assert [name for name, *_ in entry.figures if not re.search(rf"\b{name}\b", asked)] == []
    assert entry.macro is None or entry.figures


def test_every_example_runs() -> None:
    notice, first, last = choose_example()
    with duckdb.connect() as connection:
        create_relations(connection)
        load_definition(connection, load_notice(notice))
        queries = [query for entry in ENTRIES for _, query in entry.examples]
        assert len(queries) >= len(ENTRIES)
        for query in queries:
            connection.execute(fill_in(query, notice, first, last)).fetchall()
