"""A question that names nothing, or a moment with a zone, is an error in SQL, never zero and never all rows."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from pipelines.ground.home import ROOT
from pipelines.warehouse.guards import guard_of, macro_names
from tests.analysts.conftest import END, NOTICE_ID, World

T = datetime(2020, 11, 14, 20)


SOUND: dict[str, Any] = {
    "notice": NOTICE_ID, "t": T, "t1": T, "t2": T, "for_city": None, "for_figure": "due", "dimensions": "city",
}  # fmt: skip
"""What each parameter of a macro may be given. A parameter of a new name is refused here until somebody says how it is guarded."""
MOMENTS = ("t", "t1", "t2")


def _macros(world: World) -> dict[str, list[str]]:
    """All of them, with their parameters: those that the files of sql/marts define."""
    found = world.connection.execute(
        "SELECT function_name, parameters FROM duckdb_functions() WHERE schema_name = 'marts' AND function_type LIKE '%macro'"
    ).fetchall()
    macros: dict[str, list[str]] = dict(found)
    defined = macro_names(path.read_text("utf-8") for path in (ROOT / "sql" / "marts").glob("*.sql"))
    assert set(macros) == defined
    assert len(found) == len(macros) > 40, "none has a second form"
    return macros


def _ask(world: World, macro: str, parameters: list[str], **given: Any) -> list[Any]:
    values = {**{name: SOUND[name] for name in parameters}, **given}
    call = ", ".join(f"${name}" for name in parameters)
    return world.connection.execute(f"FROM marts.{macro}({call})", values).fetchall()


def test_what_is_sound_is_answered(small: World) -> None:
    """Else every refusal below might be of something else."""
    for macro, parameters in _macros(small).items():
        _ask(small, macro, parameters)


@pytest.mark.parametrize(
    ("names", "value", "said"),
    [
        pytest.param(("notice",), None, "空值", id="no notice"),
        pytest.param(("notice",), "nothing-2020", "没有“nothing-2020”这个通知", id="unknown notice"),
        pytest.param(MOMENTS, None, "时刻是空值", id="no moment"),
        pytest.param(MOMENTS, T.replace(tzinfo=UTC), "时刻带有时区", id="zone"),
        pytest.param(MOMENTS, "2020-11-14T20:00:00+08:00", "不是通知所在时区的时刻", id="zone in text"),
    ],
)
def test_every_macro_refuses(small: World, names: tuple[str, ...], value: Any, said: str) -> None:
    asked = 0
    for macro, parameters in _macros(small).items():
        for name in {*names}.intersection(parameters):
            with pytest.raises(duckdb.Error, match=said):
                _ask(small, macro, parameters, **{name: value})
            asked += 1
    assert asked > 40


@pytest.mark.parametrize("value", ["2020-11-14T12:00:00Z", 20201114], ids=["Z", "a number"])
def test_what_is_no_moment_is_none_for_any_macro(small: World, value: Any) -> None:
    """All of them ask the same guard, as the refusals above tell."""
    with pytest.raises(duckdb.Error, match="不是通知所在时区的时刻"):
        small.connection.execute("SELECT core.given_moment($1)", [value]).fetchall()


@pytest.mark.parametrize("t", ["2020-11-14", "2020-11-14 20:00", "2020-11-14T20:00:00"])
def test_a_moment_as_text_is_that_moment(small: World, t: str) -> None:
    query = "FROM marts.city_reporting_as_of($1, $2)"
    asked = small.connection.execute(query, [NOTICE_ID, t]).fetchall()
    meant = small.connection.execute(query, [NOTICE_ID, datetime.fromisoformat(t)]).fetchall()
    assert asked == meant
    assert len(asked) == 16


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("FROM marts.trace($1, $2, NULL, 'nothing')", "没有“nothing”这个数", id="unknown figure"),
        pytest.param("FROM marts.trace($1, $2, NULL, NULL)", "没有“空值”这个数", id="no figure"),
        pytest.param("FROM marts.trace($1, $2, '济南', 'due')", "没有“济南”这个市", id="unknown city"),
        pytest.param(
            "FROM marts.changes_between($1, $2, TIMESTAMP '2020-11-01')", "晚于后一刻", id="reversed"
        ),
        pytest.param("FROM marts.changes_between($1, $2, NULL)", "时刻是空值", id="no second moment"),
        pytest.param("FROM marts.changes_between($1, NULL, $2)", "时刻是空值", id="no first moment"),
    ],
)
def test_what_there_is_not_is_refused(small: World, query: str, said: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=said):
        small.connection.execute(query, [NOTICE_ID, T]).fetchall()


def test_figures_that_can_be_asked_are_those_there_are(small: World) -> None:
    names = {
        row["figure"]
        for row in small.rows("SELECT DISTINCT figure FROM marts.figures_as_of($notice, $t)", t=END)
    }
    assert len(names) > 20
    for name in names:
        assert small.connection.execute("SELECT core.given_figure($1)", [name]).fetchone() == (name,)


def test_a_guard_is_made_for_macros_of_marts_alone() -> None:
    assert guard_of("CREATE OR REPLACE MACRO core.items_at(notice, t) AS TABLE SELECT 1") == ()
    assert guard_of("CREATE OR REPLACE MACRO marts.x(notice, t) AS TABLE SELECT 1")[0] == (
        "CREATE OR REPLACE MACRO marts.x(notice, t) AS TABLE"
        " SELECT * FROM core.x(core.given_notice(notice), core.given_moment(t))"
        " WHERE (SELECT core.is_asked(notice, NULL) AND core.given_moment(t) IS NOT NULL)"
    )
