"""The worked notebook runs against a home as it is, its answers are those of the marts, and the first five have their charts."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.ask.printing import HEADERS
from pipelines.ground.home import ROOT
from tests.analysts import recomputed
from tests.analysts.conftest import END, NOTICE_ID, World

NOTEBOOK = ROOT / "notebooks" / "analysis.py"


@pytest.fixture(scope="module")
def answers(filled: World) -> dict[str, Any]:
    """What the notebook's cells define."""
    from notebooks.analysis import app

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_HOME", str(filled.home.path))
        _, defined = app.run()
    return dict(defined)


def test_it_looks_at_the_newest_notice_at_its_last_scan(answers: dict[str, Any]) -> None:
    assert answers["choice"].value == NOTICE_ID
    assert answers["moment"].value == END


def test_who_is_behind(answers: dict[str, Any], filled: World) -> None:
    rows = filled.rows("FROM marts.city_reporting_as_of($notice, $t)", t=END)
    told = answers["behind"].set_index("city")
    assert len(told) == sum(row["due"] > 0 for row in rows) > 3
    for row in rows:
        if row["due"]:
            assert told.loc[row["city"], "missing"] == row["missing"]
    assert list(told["reporting_rate"]) == sorted(told["reporting_rate"])
    assert answers["owing"]["未报项"].iloc[0] >= answers["owing"]["未报项"].iloc[-1] > 0


def test_which_counties_have_nothing(answers: dict[str, Any], filled: World) -> None:
    named = len(
        filled.rows(
            "FROM marts.trace($notice, $t, NULL, 'county_coverage') WHERE part = 'counted' AND amount = 1",
            t=END,
        )
    )
    assert len(answers["counties"]) - len(answers["silent"]) == named > 0


def test_which_errors_recur(answers: dict[str, Any], filled: World) -> None:
    rows = filled.rows(
        "SELECT count(*) AS faults FROM marts.verdicts WHERE notice_id = $notice AND severity = 'error'"
    )
    files = filled.rows(
        """
        SELECT count(*) AS files FROM marts.files
        WHERE notice_id = $notice AND state = 'rejected' AND reason <> 'no_valid_row'
        """
    )
    assert answers["errors"]["times"].sum() == rows[0]["faults"] + files[0]["files"] > 10


def test_how_participation_grew(answers: dict[str, Any], filled: World) -> None:
    last = answers["growth"].iloc[-1]
    t = last["day"].replace(hour=23, minute=59, second=59)
    (row,) = filled.rows("SELECT sum(participants) AS n FROM marts.city_coverage_as_of($notice, $t)", t=t)
    assert last["participants"] == row["n"] > 0


def test_which_activities_are_thin(answers: dict[str, Any], filled: World) -> None:
    (row,) = filled.rows("SELECT sum(materials) AS n FROM marts.city_coverage_as_of($notice, $t)", t=END)
    assert answers["thin"]["materials"].sum() == row["n"] > 0
    assert len(answers["thin"]) == 16 * 4


def _plain(table: Any) -> list[tuple[Any, ...]]:
    """Its rows as DuckDB would give them."""
    rows = table.astype(object).where(table.notna(), None).itertuples(index=False, name=None)
    return [
        tuple(value.to_pydatetime() if hasattr(value, "to_pydatetime") else value for value in row)
        for row in rows
    ]


MORE: dict[str, Callable[[World], recomputed.Answer]] = {
    "每千人有多少人参与": lambda world: recomputed.per_thousand(world, END),
    "哪些单位三天来越报越差": lambda world: recomputed.worsening(world, END - timedelta(days=3), END),
    "哪些单位只报零报告": lambda world: recomputed.zero_only(world, END),
    "截止以后改了哪些数": lambda world: recomputed.corrected_after_due(world, END),
    "哪些单位的材料没有写县（市、区）": lambda world: recomputed.lacking_county(world, END),
    "报来的专栏网址打得开吗": recomputed.column_visits,
    "退回以后多久补好": lambda world: recomputed.mended(world, END),
    "各渠道各收到多少，退回多少": lambda world: recomputed.channels(world, END),
    "哪种格式最容易被退回": recomputed.failing_formats,
    "三天前的数现在变了多少": lambda world: recomputed.then_and_now(world, END - timedelta(days=3), END),
}
NOTHING = {"哪些单位三天来越报越差", "三天前的数现在变了多少"}
"""In the last days of this world nothing moved any more."""


@pytest.mark.parametrize("title", MORE)
def test_ten_more_are_answered_under_chinese_headers(
    answers: dict[str, Any], filled: World, title: str
) -> None:
    table = answers["told_more"][title]
    assert [name for name in table.columns if name.isascii()] == []
    assert table.empty == (title in NOTHING)
    told, expected = _plain(table), MORE[title](filled)
    if title == "截止以后改了哪些数":
        cells = {HEADERS.get(cell, cell): cell for cell in recomputed.CELLS}
        told = [(*row[:2], cells[row[2]], *row[3:]) for row in told if row[2] in cells]
    assert recomputed.exactly(told) == recomputed.exactly(expected)


def test_they_are_ten(answers: dict[str, Any]) -> None:
    assert list(answers["told_more"]) == list(MORE)


def export_html(world: World, to: Path) -> str:
    """The notebook run by marimo itself, in a process of its own; Chinese that it spelt as \\u8c01 reads as 谁."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "marimo",
            "export",
            "html",
            str(NOTEBOOK),
            "-o",
            str(to),
            "--no-include-code",
            "-f",
        ],
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "NOTICES_HOME": str(world.home.path), "XDG_CONFIG_HOME": str(to.parent)},
        check=True,
        timeout=300,
        capture_output=True,
    )
    return re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), to.read_text("utf-8"))


@pytest.mark.slow
def test_every_answer_has_its_chart(small: World, tmp_path: Path) -> None:
    page = export_html(small, tmp_path / "analysis.html")
    assert page.count("vega-lite") >= 5
    for heading in (
        "谁落后",
        "哪些县没有材料",
        "哪些错误反复出现",
        "参与怎样逐日增长",
        "哪类活动薄弱",
        "常被问到的十个",
    ):
        assert heading in page
    assert "Traceback" not in page
