"""The worked notebook runs against a home as it is, its answers are those of the marts, and the first five have their charts."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.home import ROOT
from tests.analysts.conftest import END, NOTICE_ID, World

NOTEBOOK = ROOT / "notebooks" / "analysis.py"


@pytest.fixture(scope="module")
def answers(small: World) -> dict[str, Any]:
    """What the notebook's cells define."""
    from notebooks.analysis import app

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_HOME", str(small.home.path))
        _, defined = app.run()
    return dict(defined)


def test_it_looks_at_the_newest_notice_at_its_last_scan(answers: dict[str, Any]) -> None:
    assert answers["choice"].value == NOTICE_ID
    assert answers["moment"].value == END


def test_who_is_behind(answers: dict[str, Any], small: World) -> None:
    rows = small.rows("FROM marts.city_reporting_as_of($notice, $t)", t=END)
    told = answers["behind"].set_index("city")
    assert len(told) == sum(row["due"] > 0 for row in rows) > 3
    for row in rows:
        if row["due"]:
            assert told.loc[row["city"], "missing"] == row["missing"]
    assert list(told["reporting_rate"]) == sorted(told["reporting_rate"])
    assert answers["owing"]["未报项"].iloc[0] >= answers["owing"]["未报项"].iloc[-1] > 0


def test_which_counties_have_nothing(answers: dict[str, Any], small: World) -> None:
    named = len(
        small.rows(
            "FROM marts.trace($notice, $t, NULL, 'county_coverage') WHERE part = 'counted' AND amount = 1",
            t=END,
        )
    )
    assert len(answers["counties"]) - len(answers["silent"]) == named > 0


def test_which_errors_recur(answers: dict[str, Any], small: World) -> None:
    rows = small.rows(
        "SELECT count(*) AS faults FROM marts.verdicts WHERE notice_id = $notice AND severity = 'error'"
    )
    files = small.rows(
        """
        SELECT count(*) AS files FROM marts.files
        WHERE notice_id = $notice AND state = 'rejected' AND reason <> 'no_valid_row'
        """
    )
    assert answers["errors"]["times"].sum() == rows[0]["faults"] + files[0]["files"] > 10


def test_how_participation_grew(answers: dict[str, Any], small: World) -> None:
    last = answers["growth"].iloc[-1]
    t = last["day"].replace(hour=23, minute=59, second=59)
    (row,) = small.rows("SELECT sum(participants) AS n FROM marts.city_coverage_as_of($notice, $t)", t=t)
    assert last["participants"] == row["n"] > 0


def test_which_activities_are_thin(answers: dict[str, Any], small: World) -> None:
    (row,) = small.rows("SELECT sum(materials) AS n FROM marts.city_coverage_as_of($notice, $t)", t=END)
    assert answers["thin"]["materials"].sum() == row["n"] > 0
    assert len(answers["thin"]) == 16 * 4


def test_ten_more_are_answered_under_chinese_headers(answers: dict[str, Any], small: World) -> None:
    told = answers["told_more"]
    assert len(told) == 10
    names = [name for table in told.values() for name in table.columns]
    assert [name for name in names if name.isascii()] == []
    people = {row["city"]: row["people"] for row in small.rows("FROM marts.cities WHERE notice_id = $notice")}
    for row in told["每千人有多少人参与"].to_dict("records"):
        given = people[row["市"]]
        if given:
            assert row["每千人"] == pytest.approx(1000 * row["参与人数"] / given, abs=0.051)
    channels = told["各渠道各收到多少，退回多少"]
    (row,) = small.rows(
        "SELECT count(*) AS rows, count(*) FILTER (row_end = 'rejected') AS gone"
        " FROM marts.row_ends_as_of($notice, $t)",
        t=END,
    )
    assert (channels["行"].sum(), channels["退回行"].sum()) == (row["rows"], row["gone"])
    empty = {title for title, table in told.items() if table.empty}
    # Of the last days of this world, when nothing moved any more, and nobody visited columns in it.
    assert empty <= {
        "哪些单位三天来越报越差",
        "三天前的数现在变了多少",
        "哪些单位只报零报告",
        "报来的专栏网址打得开吗",
    }


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
