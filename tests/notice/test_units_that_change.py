"""Units that get another name, city or line while a notice runs: every figure goes by how things stood in the period it counts."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.obligations import expand_obligations
from pipelines.read.names import Roster
from tests.marts.statuses import assert_stretches_are_right
from tests.notice.test_broken import GOOD, NOTICE

CHANGES = """day,code,change,into,reason
2020-12-30,B-2,renamed,丙市教育局|丙市教体局,机构改革
2020-12-31,C-1,moved,990200,划转
2021-01-01,D-1,joined,,新设
2021-01-02,C-1,changed_line,culture,划归文旅
"""
OLD, NEW, COLLEGE = "乙市教育局", "丙市教育局", "甲市职业学院"
# (source's folder, unit's folder, the day of its one row, when it came, whose it is)
SENT = (
    ("收件", OLD, "2020-12-28", "2020-12-28 12:00", "B-2"),
    ("收件", NEW, "2020-12-29", "2020-12-29 12:00", None),  # it is not yet called so
    ("收件", COLLEGE, "2020-12-29", "2020-12-29 12:00", "C-1"),
    ("收件", NEW, "2020-12-30", "2020-12-30 12:00", "B-2"),
    ("收件", OLD, "2020-12-31", "2020-12-31 12:00", "B-2"),  # nobody else is called so yet
    ("收件", COLLEGE, "2020-12-31", "2020-12-31 12:00", "C-1"),
    ("收件", OLD, "2021-01-01", "2021-01-01 12:00", "D-1"),  # the new unit has the name now
    ("文旅收件", COLLEGE, "2021-01-02", "2021-01-02 12:00", "C-1"),
)  # fmt: skip
FIGURES = ("circulated", "obligated", "participating", "expected", "due", "on_time", "missing")
# By city and by line, worked out by hand. C-1 owes three days in 甲市 and three (one of its four is waived) in 乙市.
BY_CITY = {
    "2020-12-30T13:00": {"甲市": (3, 2, 1, 13, 4, 1, 3), "乙市": (2, 2, 1, 16, 2, 2, 1)},
    "2021-01-05T00:00": {"甲市": (2, 1, 0, 13, 11, 1, 10), "乙市": (3, 3, 3, 16, 14, 6, 8)},
}
BY_LINE = {
    "2020-12-30T13:00": {"education": (4, 4, 2, 27, 6, 3, 4), "culture": (0, 0, 0, 2, 0, 0, 0)},
    "2021-01-05T00:00": {"education": (3, 3, 2, 27, 23, 6, 17), "culture": (1, 1, 1, 2, 2, 1, 1)},
}
NAMES = {"2020-12-29T12:00": OLD, "2020-12-30T00:00": NEW}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for source, unit, day, at, _ in SENT:
        path = inbox / source / unit / f"{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"活动日期,类型,标题,类别\n{day},照片,{source}{unit}{day},开放\n", "utf-8")
        moment = datetime.fromisoformat(f"{at}+08:00").timestamp()
        os.utime(path, (moment, moment))
    cycle.run(
        home, load_notice(NOTICE, folder(tmp_path_factory.mktemp("notices"))), inbox, datetime(2021, 1, 5)
    )
    return home


def folder(root: Path, changes: str = CHANGES) -> Path:
    shutil.copytree(GOOD / NOTICE, root / NOTICE)
    shutil.copy(NOTICES / "words.yaml", root)
    home = root / NOTICE
    text = (home / "notice.yaml").read_text("utf-8")
    text = text.replace("  education: 省教育厅\n", "  education: 省教育厅\n  culture: 省文旅厅\n")
    source = "  - {id: folder, kind: folder, path: 收件, line: education}\n"
    text = text.replace(source, source + "  - {id: other, kind: folder, path: 文旅收件, line: culture}\n")
    (home / "notice.yaml").write_text(text, "utf-8")
    with open(home / "recipients.csv", "a", encoding="utf-8") as roster:
        roster.write(f"D-1,{OLD},college,education,990200,\n")
    (home / "units_changes.csv").write_text(changes, "utf-8")
    return root


def ask(home: Home, query: str, moment: str) -> list[tuple[object, ...]]:
    with duckdb.connect(home.published, read_only=True) as connection:
        return connection.execute(query, {"notice": NOTICE, "t": datetime.fromisoformat(moment)}).fetchall()


def test_a_name_is_whose_it_is_when_a_file_comes(home: Home) -> None:
    found = ask(
        home,
        "SELECT path, recipient_code FROM core.submissions WHERE notice_id = $notice AND $t IS NOT NULL",
        "2021-01-05T00:00",
    )
    assert dict(found) == {f"{source}/{unit}/{day}.csv": code for source, unit, day, _, code in SENT}


@pytest.mark.parametrize("moment", BY_CITY)
def test_figures_by_city_go_by_where_a_unit_lay_in_the_period(home: Home, moment: str) -> None:
    query = f"SELECT city, {', '.join(FIGURES)} FROM marts.city_reporting_as_of($notice, $t)"
    found = {str(city): tuple(figures) for city, *figures in ask(home, query, moment)}
    assert found == BY_CITY[moment]
    whole = f"SELECT {', '.join(FIGURES)} FROM marts.province_reporting_as_of($notice, $t)"
    assert ask(home, whole, moment) == [tuple(map(sum, zip(*found.values(), strict=True)))]


def test_counts_kept_for_stretches_are_those_of_each_obligation(home: Home) -> None:
    with duckdb.connect(home.published, read_only=True) as connection:
        assert_stretches_are_right(connection, NOTICE)


@pytest.mark.parametrize("moment", BY_LINE)
def test_figures_by_line_go_by_to_whom_it_reported(home: Home, moment: str) -> None:
    query = f"SELECT line, {', '.join(FIGURES)} FROM marts.line_reporting_as_of($notice, $t) WHERE line <> ''"
    assert {str(line): tuple(figures) for line, *figures in ask(home, query, moment)} == BY_LINE[moment]
    any_grain = (
        f"SELECT line, {', '.join(FIGURES)} FROM marts.reporting_by($notice, $t, 'line') WHERE line <> ''"
    )
    assert {str(line): tuple(figures) for line, *figures in ask(home, any_grain, moment)} == BY_LINE[moment]


def test_materials_stand_in_the_city_of_their_day(home: Home) -> None:
    query = "SELECT city, materials FROM marts.city_coverage_as_of($notice, $t)"
    assert dict(ask(home, query, "2021-01-05T00:00")) == {"甲市": 1, "乙市": 6}


@pytest.mark.parametrize("moment", BY_CITY)
def test_parts_make_up_every_figure(home: Home, moment: str) -> None:
    query = """
        SELECT figures.city, figures.figure, figures.value, parts.amount
        FROM marts.figures_as_of($notice, $t) AS figures
        LEFT JOIN (
            SELECT city_code, figure,
                sum(amount) FILTER (part = 'counted') / coalesce(sum(amount) FILTER (part = 'denominator'), 1) AS amount
            FROM marts.figure_parts_as_of($notice, $t) GROUP BY ALL
        ) AS parts USING (city_code, figure)
        WHERE figures.value IS NOT NULL
    """
    found = ask(home, query, moment)
    assert len(found) > 20
    assert [one for one in found if (one[3] or 0) != pytest.approx(one[2])] == []


@pytest.mark.parametrize("moment", NAMES)
def test_a_unit_is_shown_under_its_name_of_the_moment(home: Home, moment: str) -> None:
    query = "SELECT DISTINCT recipient FROM marts.obligation_status_as_of($notice, $t) WHERE recipient_code = 'B-2'"
    assert ask(home, query, moment) == [(NAMES[moment],)]


def test_a_waiver_of_a_city_holds_for_what_counts_there(tmp_path: Path) -> None:
    root = folder(tmp_path)
    text = (root / NOTICE / "notice.yaml").read_text("utf-8")
    waived = "exemptions:\n  - {cities: ['990100'], deliverable: materials, reason: 停课}\n"
    (root / NOTICE / "notice.yaml").write_text(text.replace("exemptions:\n", waived), "utf-8")
    found = {
        one.period: one.exemption_reason
        for one in expand_obligations(load_notice(NOTICE, root))
        if (one.recipient_code, one.deliverable) == ("C-1", "materials")
    }
    assert [day for day, reason in found.items() if reason == "停课"] == [
        "2020-12-28",
        "2020-12-29",
        "2020-12-30",
    ]


def test_letters_go_under_the_name_and_on_the_line_of_the_day(tmp_path: Path) -> None:
    notice = load_notice(NOTICE, folder(tmp_path))
    college = {one.code: one for one in notice.on(datetime(2021, 1, 2).date()).recipients}["C-1"]
    assert (college.line, college.city_code) == ("culture", "990200")
    assert {one.code: one.name for one in notice.on(datetime(2020, 12, 30).date()).recipients}["B-2"] == NEW
    roster = Roster(notice).at(datetime(2020, 12, 29, 23, 59))
    assert (roster.name_of("B-2"), roster.line_of("C-1")) == (OLD, "education")


def test_the_last_of_all_days_knows_every_unit() -> None:
    notice = load_notice("sd-vocational-week-2020")
    roster = Roster(notice)
    assert all(roster.find(one.name, one.line) == one.code for one in notice.recipients)
