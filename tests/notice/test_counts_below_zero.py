"""Whole numbers that may be negative where the notice says so (`min` below 0), and decimals below a line that states a multiplied unit."""

import os
from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.templates.rules import column_rules
from tests.notice.test_zero_statistics import HEAD, UNIT, changed

HEADER = ",".join(HEAD) + "\n"
CASES = {
    "below zero": ("", "3", "-30人", []),
    "the least": ("", "3", "-50", []),
    "too little": ("", "3", "-51", ["bad_number"]),
    "a fraction": ("", "3", "2.5", ["bad_number"]),
    "stated": ("单位：万公顷\n", "1.2", "2人", ["ambiguous_value"]),
    "stated, with a unit": ("单位：万公顷\n", "1.2公顷", "2人", []),
    "stated, nothing": ("单位：万公顷\n", "0", "2人", []),
}
"""Of each file: what stands above its table, the decimal, the count, the row's reasons."""


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Notice:
    return changed(
        tmp_path_factory.mktemp("notices"),
        "headers: [培训从业人员数, 培训人数], required: true, unit: 人",
        "headers: [培训从业人员数, 培训人数], required: true, unit: 人, min: -50",
        "headers: [停业整顿食堂数], required: true, unit: 个",
        "headers: [停业整顿食堂数], required: true, type: decimal, unit: 公顷",
    )


@pytest.fixture(scope="module")
def warehouse(
    notice: Notice, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for number, (name, (above, decimal, count, _)) in enumerate(CASES.items()):
        path = inbox / notice.sources[0].path / UNIT / f"周报{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{above}{HEADER}{UNIT},2020-12-06,9个,5处,5处,{decimal},{count},\n", "utf-8")
        moment = datetime(2020, 12, 6, number, tzinfo=notice.zone).timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, datetime(2020, 12, 20, 20))
    with duckdb.connect(home.published, read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("case", CASES)
def test_each_is_judged_by_what_it_can_mean(warehouse: duckdb.DuckDBPyConnection, case: str) -> None:
    found = warehouse.execute(
        "SELECT DISTINCT reason FROM marts.verdicts WHERE path LIKE '%周报' || $1 || '.csv'", [case]
    ).fetchall()
    assert [reason for (reason,) in found] == CASES[case][3]


def test_what_is_below_zero_is_kept_and_summed(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Of the files of one period the latest valid one speaks."""
    rows = warehouse.execute(
        "SELECT value FROM raw.statistics INNER JOIN core.submissions USING (submission_id)"
        " WHERE indicator = 'staff_trained' AND path LIKE '%周报below zero.csv'"
    ).fetchall()
    assert rows == [(-30,)]


def test_the_template_says_so(notice: Notice) -> None:
    rules = {rule.name: rule for rule in column_rules(notice, "weekly_table", notice.recipients[0])}
    assert "整数" in rules["staff_trained"].hint
    assert "-50" in rules["staff_trained"].hint
