"""The text of edge worlds, to the letter: tests/report/golden/<case>.txt. Write them anew with NOTICES_GOLDEN=write, then read them."""

import os
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.check.suites import REASONS
from pipelines.ground.home import ROOT
from pipelines.report.measure import measure_bulletin
from pipelines.report.phrases import reason_label
from pipelines.report.wording import word_bulletin
from tests.report.conftest import PLAN, World, make_notice

GOLDEN = Path(__file__).parent / "golden"
THREE = {"东市": ["东一中", "东二中"], "南市": ["南一中"], "西市": ["西一中"]}
SECOND_EVENING = datetime(2021, 5, 11, 18)
DAYS = ("2021-05-10", "2021-05-11", "2021-05-12")


def nobody(world: Any) -> Any:
    return world(THREE)


def everybody(world: Any) -> Any:
    made = world(THREE)
    for units in THREE.values():
        for unit in units:
            made.send(unit, "plan", "2021-05-07 09:00:00")
            for day in DAYS:
                made.send(unit, "materials", f"{day} 10:00:00", day, category="讲座", participants=100)
    return made


def some(world: Any) -> Any:
    made = world(THREE)
    made.send("东一中", "plan", "2021-05-07 09:00:00")
    made.send("东二中", "plan", "2021-05-08 18:00:01")
    made.send(
        "东一中",
        "materials",
        "2021-05-10 10:00:00",
        DAYS[0],
        county="东市甲区",
        participants=12000,
        approximate=True,
    )
    made.send("东一中", "materials", "2021-05-11 10:00:00", DAYS[1], material_type="照片")
    made.send("南一中", "materials", "2021-05-11 09:00:00", DAYS[0])
    made.send("西一中", "materials", "2021-05-10 11:00:00", DAYS[0], is_zero_report=True)
    made.returned("西一中", "2021-05-09 11:00:00", "encrypted")
    made.returned("西一中", "2021-05-09 12:00:00", "unreadable")
    return made


def one_city(world: Any) -> Any:
    made = world({"独市": ["甲校", "乙校"]})
    made.send("甲校", "plan", "2021-05-07 09:00:00")
    made.send("甲校", "materials", "2021-05-10 10:00:00", DAYS[0])
    return made


def ties(world: Any) -> Any:
    cities = {f"{name}市": [f"{name}校"] for name in "甲乙丙丁戊己庚"}
    made = world(cities, bulletins={"named": 3})
    for name in "甲乙丙丁戊己":
        made.send(f"{name}校", "plan", "2021-05-07 09:00:00")
        made.send(f"{name}校", "materials", "2021-05-10 10:00:00", DAYS[0])
    return made


def long_names(world: Any) -> Any:
    name = "山东省" + "经济社会高质量融合发展" * 2 + "职业技术学院"
    made = world({"呼伦贝尔市鄂温克族自治旗": [f"{name}一", f"{name}二"]})
    made.send(f"{name}一", "plan", "2021-05-09 09:00:00")
    return made


def many_units(world: Any) -> Any:
    cities = {
        f"第{number}市": [f"第{number}市第{unit}中学" for unit in range(1, 31)] for number in range(1, 11)
    }
    made = world(cities)
    for number in range(1, 11):
        for unit in range(1, number):
            made.send(f"第{number}市第{unit}中学", "plan", "2021-05-07 09:00:00")
    return made


def nothing_owed(world: Any) -> Any:
    exempt = [{"recipient": f"U00{n}", "deliverable": "plan", "reason": "试点"} for n in range(4)]
    exempt += [{"recipient": f"U00{n}", "deliverable": "materials", "reason": "试点"} for n in range(4)]
    return world(THREE, exemptions=exempt)


def extended(world: Any) -> Any:
    """南一中 may send its plan until the 12th; what it owes before that is neither missing nor due."""
    grant = {"recipient": "U002", "deliverable": "plan", "due": "2021-05-12T18:00:00", "reason": "停电"}
    made = world(THREE, extensions=[grant])
    for unit in ("东一中", "东二中"):
        made.send(unit, "plan", "2021-05-07 09:00:00")
    return made


def counted_only(world: Any) -> Any:
    made = world(THREE, bulletins={"blame": "counted", "whole": "全区", "area": "地"})
    made.send("东一中", "plan", "2021-05-09 09:00:00")
    return made


WEEKLY = {
    "kind": "statistics", "name": "来访周报", "file_words": ["周报"], "owed_by": ["school"],
    "periods": {"every": "week", "first": "2021-05-03", "last": "2021-05-16", "due_days_after": 1, "due_time": "12:00:00"},
    "columns": {
        "period_date": {"headers": ["日期"], "required": True},
        "visitors": {"headers": ["来访人次"], "required": True},
        "lent": {"headers": ["借出册数"], "required": True},
    },
}  # fmt: skip


def statistics_only(world: Any) -> Any:
    """No materials, no event, no counties, no lists: a second notice of another kind."""
    made = world(THREE, deliverables={"weekly": WEEKLY}, lists={})
    made.count("东一中", "weekly", "2021-05-09 09:00:00", "2021-05-03", visitors=100, lent=20)
    made.count("南一中", "weekly", "2021-05-10 12:00:01", "2021-05-03", visitors=7, lent=None)
    made.count("东一中", "weekly", "2021-05-16 09:00:00", "2021-05-10", visitors="约30000", lent=0)
    made.count("东二中", "weekly", "2021-05-16 10:00:00", "2021-05-10", visitors=5, lent=None)
    return made


def over_new_year(world: Any) -> Any:
    """Weeks of two years, one over New Year; indicators with their units."""
    weekly = WEEKLY | {"periods": WEEKLY["periods"] | {"first": "2020-12-21", "last": "2021-01-17"}}
    columns = weekly["columns"]
    weekly["columns"] = columns | {
        "visitors": columns["visitors"] | {"unit": "人次"}, "lent": columns["lent"] | {"unit": "册"},
    }  # fmt: skip
    more = {"opens": "2020-12-01", "closes": "2021-02-01", "title": "关于做好冬季开放工作的紧急通知"}
    made = world(THREE, deliverables={"weekly": weekly}, lists={}, **more)
    made.count("东一中", "weekly", "2020-12-28 09:00:00", "2020-12-21", visitors=100, lent=20)
    made.count("南一中", "weekly", "2021-01-04 09:00:00", "2020-12-28", visitors=7, lent=3)
    return made


def monthly(world: Any) -> Any:
    """Whole months of two years; most units got something back, one of them more often than all others."""
    monthly = WEEKLY | {
        "periods": WEEKLY["periods"] | {"every": "month", "first": "2020-12-01", "last": "2021-01-31"}
    }
    more = {"opens": "2020-12-01", "closes": "2021-03-01"}
    made = world(THREE, deliverables={"monthly": monthly}, lists={}, **more)
    made.count("东一中", "monthly", "2021-01-01 09:00:00", "2020-12-01", visitors=100, lent=20)
    for unit, times in (("东一中", 3), ("南一中", 2), ("西一中", 2)):
        for hour in range(times):
            made.returned(unit, f"2021-01-02 1{hour}:00:00", "encrypted")
    return made


def one_library(world: Any) -> Any:
    """Areas under another word, and a kind that is a single unit."""
    cities = {"东市": "370000", "南市": "380000", "西市": "390000"}
    units = [("省图书馆", "library", "东市"), *((f"{city}一中", "school", city) for city in cities)]
    recipients = [
        {
            "code": f"U{place:03}",
            "name": name,
            "kind": kind,
            "line": "main",
            "city_code": cities[city],
            "aliases": (name,),
        }
        for place, (name, kind, city) in enumerate(units)
    ]
    plan, kinds = PLAN | {"owed_by": ["library", "school"]}, {"library": "图书馆", "school": "学校"}
    said = {"area": "区（市）", "whole": "全区"}
    made = world(
        THREE,
        deliverables={"plan": plan},
        recipient_kinds=kinds,
        recipients=recipients,
        bulletins=said,
        lists={},
    )
    made.send("省图书馆", "plan", "2021-05-07 09:00:00")
    return made


def far_apart(world: Any) -> Any:
    """One of many has next to nothing, all others nothing."""
    cities = {f"{name}市": [f"{name}{number}校" for number in range(10)] for name in "甲乙丙丁戊己"}
    made = world(cities, deliverables={"plan": PLAN}, lists={})
    made.send("甲0校", "plan", "2021-05-07 09:00:00")
    return made


def low(world: Any) -> Any:
    cities = {f"{name}市": [f"{name}{number}校" for number in range(10)] for name in "甲乙丙丁戊己"}
    made = world(cities, deliverables={"plan": PLAN}, lists={})
    for name, count in zip("甲乙丙丁", (3, 3, 2, 1), strict=True):
        for number in range(count):
            made.send(f"{name}{number}校", "plan", "2021-05-07 09:00:00")
    return made


def led(world: Any) -> Any:
    """Six places one after another: three lead, and the last is none of them."""
    cities = {f"{name}市": [f"{name}{number}校" for number in range(10)] for name in "甲乙丙丁戊己"}
    made = world(cities, deliverables={"plan": PLAN}, lists={})
    for name, count in zip("甲乙丙丁戊己", (10, 9, 8, 7, 6, 5), strict=True):
        for number in range(count):
            made.send(f"{name}{number}校", "plan", "2021-05-07 09:00:00")
    return made


def corrected(world: Any) -> Any:
    """5000 participants become 50; thumbnails and pictures lie beside the reports."""
    made = world(THREE)
    for at, participants in (("2021-05-10 10:00:00", 5000), ("2021-05-11 10:00:00", 50)):
        made.send("东一中", "materials", at, DAYS[0], participants=participants)
    first, second = made._rows["core.items"]
    first["current_until"], second["item_key"] = second["received_at"], first["item_key"]
    for number, state in ((901, "attachment"), (902, "attachment"), (903, "ignored")):
        made._file(number, "U000", None, datetime(2021, 5, 10, 11), state, 0, None)
    return made


CASES: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("first-day", nobody, "daily", "2021-05-01 18:00:00"),
    ("nobody-evening", nobody, "daily", "2021-05-10 18:00:00"),
    ("nobody-final", nobody, "final", "2021-06-01 00:00:00"),
    ("everybody-early", everybody, "daily", "2021-05-07 18:00:00"),
    ("everybody-final", everybody, "final", "2021-06-01 00:00:00"),
    ("some-first-evening", some, "daily", "2021-05-10 18:00:00"),
    ("some-second-evening", some, "daily", "2021-05-11 18:00:00"),
    ("some-last-second", some, "daily", "2021-05-11 23:59:59"),
    ("one-city", one_city, "daily", "2021-05-11 18:00:00"),
    ("ties", ties, "daily", "2021-05-11 18:00:00"),
    ("long-names", long_names, "daily", "2021-05-11 18:00:00"),
    ("many-units", many_units, "daily", "2021-05-10 18:00:00"),
    ("nothing-owed", nothing_owed, "daily", "2021-05-10 18:00:00"),
    ("statistics-first-week", statistics_only, "daily", "2021-05-10 12:00:00"),
    ("statistics-second-week", statistics_only, "daily", "2021-05-16 18:00:00"),
    ("statistics-final", statistics_only, "final", "2021-06-01 00:00:00"),
    ("extended", extended, "daily", "2021-05-10 18:00:00"),
    ("counted-only", counted_only, "daily", "2021-05-10 18:00:00"),
    ("over-new-year", over_new_year, "daily", "2021-01-04 12:00:00"),
    ("over-new-year-before", over_new_year, "daily", "2020-12-28 12:00:00"),
    ("monthly", monthly, "daily", "2021-01-04 12:00:00"),
    ("monthly-final", monthly, "final", "2021-03-01 00:00:00"),
    ("one-library", one_library, "daily", "2021-05-08 18:00:00"),
    ("far-apart", far_apart, "daily", "2021-05-08 18:00:00"),
    ("low", low, "daily", "2021-05-08 18:00:00"),
    ("led", led, "daily", "2021-05-08 18:00:00"),
    ("corrected", corrected, "daily", "2021-05-11 18:00:00"),
    ("corrected-final", corrected, "final", "2021-06-01 00:00:00"),
]


@pytest.fixture(scope="module")
def made_once(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Any]:
    """Makes a world for the first of its moments; the others only read it."""

    @cache
    def make(fill: Any) -> Any:
        path = tmp_path_factory.mktemp("wording") / "notices.duckdb"
        return fill(lambda units, **more: World(empty, path, make_notice(units, **more)))

    return make


@pytest.mark.parametrize(("name", "fill", "cadence", "as_of"), CASES, ids=[case[0] for case in CASES])
def test_wording_is_the_golden_one(made_once: Any, name: str, fill: Any, cadence: Any, as_of: str) -> None:
    made = made_once(fill)
    bulletin = measure_bulletin(made.path, made.notice, cadence, datetime.fromisoformat(as_of))
    text = word_bulletin(bulletin)
    said = text.plain + "".join(f"附件{one.number or ''}：{one.title}\n" for one in text.attachments)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NOTICES_GOLDEN") == "write":
        path.write_text(said, "utf-8")
    assert said == path.read_text("utf-8")


def test_every_reason_has_words_of_its_own() -> None:
    """No bulletin shows a code."""
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "pipelines" / "read").rglob("*.py"))
    codes = {*REASONS, *re.findall(r'FileRejected\(\s*"([a-z_]+)"', written)}
    assert codes > {"repeated_row", "cell_error", "unsupported_format", "link_only", "unreadable"}
    assert {code for code in codes if reason_label(code) == code} == set()
    assert len({reason_label(code) for code in codes}) == len(codes)
