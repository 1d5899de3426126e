"""Check: all new rows of a cycle against their kind's suite, once; what fails becomes verdict rows.

Reads rows_<deliverable> of the run's folder, writes the verdicts and the quality page's results. The only module that
imports Great Expectations, because that costs seconds.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

os.environ["GX_ANALYTICS_ENABLED"] = "false"
for noisy in ("great_expectations", "great_expectations._docs_decorators"):
    logging.getLogger(noisy).setLevel(logging.WARNING)

from pipelines.check.lean_import import import_leanly  # noqa: E402

import_leanly("great_expectations")

import great_expectations as gx  # noqa: E402
from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: E402
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402
from great_expectations.expectations.expectation import Expectation  # noqa: E402

from pipelines.check.faults import row_verdicts  # noqa: E402
from pipelines.check.lean_asking import live_rules, needed  # noqa: E402
from pipelines.check.sentences import Sentences  # noqa: E402
from pipelines.check.suites import EXPECTATIONS, Rule, build_rules  # noqa: E402
from pipelines.check.tables import VERDICTS  # noqa: E402
from pipelines.ground.errors import NoticesError  # noqa: E402
from pipelines.notice.model import Notice  # noqa: E402

# This module of it sets its own level when it is imported, and tells of a folder that it makes and removes.
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)


@dataclass(frozen=True)
class RuleResult:
    """How one expectation went: for the page that data staff open."""

    deliverable: str
    column: str
    reason: str
    sentence: str
    rows: int
    failed: int


def validate_rows(
    notice: Notice,
    rows: dict[str, pa.Table],
    sheets: pa.Table,
    suites: Path = EXPECTATIONS,
    answers: Mapping[str, int] = MappingProxyType({}),
) -> tuple[pa.Table, list[RuleResult]]:
    """Verdicts on the rows of each deliverable, in place order. Raises NoticesError where an expectation itself failed.

    `answers`: submissions that are answers to a form, and how many rows each has: their units know of no row.
    """
    places, sentences = _Places(sheets), Sentences(notice)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("rows")
    verdicts: list[dict[str, Any]] = []
    results: list[RuleResult] = []
    for deliverable, table in rows.items():
        rules = build_rules(notice, deliverable, suites)
        live = live_rules(rules, table)
        failing: dict[int, list[int]] = {rule.number: [] for rule in rules}
        if table.num_rows and live:
            failing |= _run_suite(context, source, deliverable, live, table)
        results += [
            RuleResult(
                deliverable,
                rule.column,
                rule.reason,
                rule.in_general,
                table.num_rows,
                len(failing[rule.number]),
            )
            for rule in rules
        ]
        verdicts += row_verdicts(notice, deliverable, rules, failing, table, places, sentences, answers)
    verdicts.sort(
        key=lambda one: (
            one["submission_id"],
            one["table_number"] or 0,
            one["row_number"],
            one["fault_number"],
        )
    )
    return pa.Table.from_pylist(verdicts, schema=VERDICTS), results


def _run_suite(
    context: Any, source: Any, deliverable: str, rules: list[Rule], table: pa.Table
) -> dict[int, list[int]]:
    """The indexes of the rows that fail, by the number of the rule."""
    # As categories: every expectation drops rows first, and dropping codes is much cheaper than dropping words.
    rules, chosen = needed(rules, table)
    frame = chosen.to_pandas(strings_to_categorical=True)
    asset = source.add_dataframe_asset(deliverable)
    batch = asset.get_batch(asset.build_batch_request({"dataframe": frame}))
    suite = ExpectationSuite(name=deliverable, expectations=[rule.config for rule in rules])
    # Not by a ValidationDefinition: that writes suite, definition and outcome into stores which nobody asks, a fifth of a small suite's time.
    with _configured_once():
        outcome = batch.validate(
            suite, result_format={"result_format": "COMPLETE", "include_unexpected_rows": False}
        )
    if len(outcome.results) != len(rules):
        raise NoticesError(f"检查 {deliverable} 的 {len(rules)} 条规则只有 {len(outcome.results)} 条有结果")
    return {
        rule.number: _failing_indexes(deliverable, rule, found)
        for rule, found in _paired(rules, outcome.results)
    }


@contextmanager
def _configured_once() -> Iterator[None]:
    """Within it each expectation makes its configuration once. Great Expectations makes it anew at each of a hundred looks,
    which is two fifths of a small suite's time; nothing changes an expectation while its suite runs."""
    made: dict[int, tuple[Any, Any]] = {}
    kind: Any = Expectation
    plain = kind.configuration

    def configuration(self: Any) -> Any:
        if id(self) not in made:
            made[id(self)] = (self, plain.fget(self))  # kept, so that its id is nobody else's
        return made[id(self)][1]

    kind.configuration = property(configuration)
    try:
        yield
    finally:
        kind.configuration = plain


def _paired(rules: list[Rule], found: list[Any]) -> list[tuple[Rule, Any]]:
    """Each rule with its result: Great Expectations returns them in an order of its own."""
    by_number = {one.expectation_config.meta["number"]: one for one in found}
    return [(rule, by_number[rule.number]) for rule in rules]


def _failing_indexes(deliverable: str, rule: Rule, found: Any) -> list[int]:
    raised = found.exception_info or {}
    details = [raised] if "raised_exception" in raised else list(raised.values())
    broken = [one for one in details if one.get("raised_exception")]
    if broken or ("unexpected_index_list" not in found.result and not found.success):
        why = broken[0].get("exception_message") if broken else "没有逐行结果"
        raise NoticesError(
            f"检查 {deliverable}.{rule.column} 的规则 {rule.reason} 自己出错了，本轮作废：{why}"
        )
    return list(found.result.get("unexpected_index_list") or [])


class _Places(dict[tuple[str, int], dict[str, list[Any]]]):
    """Where each table has its columns. Of few tables it is asked, and only theirs are parsed."""

    def __init__(self, sheets: pa.Table) -> None:
        names = ("submission_id", "table_number", "places")
        self._texts = {
            (one, number): text
            for one, number, text in zip(*(sheets[name].to_pylist() for name in names), strict=True)
        }

    def __missing__(self, table: tuple[str, int]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = json.loads(self._texts[table])
        self[table] = found
        return found
