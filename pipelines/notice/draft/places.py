"""Division codes of the whole country (data/divisions.csv, with its year in SOURCES.md): a province's or a city's areas."""

import csv
import re
from dataclasses import dataclass
from functools import cache

from pipelines.notice.draft.defaults import DATA

DIVISIONS = DATA / "divisions.csv"


MUNICIPALITIES = ("11", "12", "31", "50")
"""直辖市, whose districts report themselves."""


@dataclass(frozen=True)
class Area:
    """One area: six digits and its name; a parent's code ends in zeros."""

    code: str
    name: str


@dataclass(frozen=True)
class Realm:
    """What a notice's issuer is in charge of: the areas that report as `cities`, and what lies below them."""

    seat: Area
    cities: tuple[Area, ...]
    counties: tuple[tuple[Area, str], ...]
    """Each with the code of the city it belongs to."""


@cache
def divisions() -> dict[str, str]:
    """Names by codes."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def find_realm(*names: str) -> Realm | None:
    """The province or city that the first of these names begins with; None where no such area exists."""
    for name in names:
        plain = re.sub(r"^(?:中共|共青团)", "", name)
        found = [
            (code, area) for code, area in divisions().items() if code.endswith("00") and _begins(plain, area)
        ]
        if found:
            code, area = max(found, key=lambda pair: (len(pair[1]), pair[0].endswith("0000")))
            return _realm(Area(code, area))
    return None


def _begins(name: str, area: str) -> bool:
    return name.startswith(area) or (
        len(short := shorten(area)) > 1
        and bool(re.match(rf"{short}(?:省|市|区|州)?[教人卫民工农科财]", name))
    )


def shorten(area: str) -> str:
    """An area's name without its kind: 某某市 is 某某, 某某自治区 too."""
    return (
        re.sub(r"(?:维吾尔|壮族|回族)?(?:自治区|自治州|特别行政区|地区|省|市|盟|县|区|州)$", "", area) or area
    )


def _realm(seat: Area) -> Realm:
    if not seat.code.endswith("0000"):
        below = _below(seat.code[:4])
        return Realm(seat, tuple(below), ())
    cities = [
        Area(code, name)
        for code, name in divisions().items()
        if code.startswith(seat.code[:2])
        and code.endswith("00")
        and code != seat.code
        and code[2:4] not in ("90", "00")
    ]
    counties = _below(seat.code[:2])
    if seat.code[:2] in MUNICIPALITIES:
        return Realm(seat, tuple(counties), ())
    known = {city.code for city in cities}
    direct = [area for area in counties if f"{area.code[:4]}00" not in known]
    return Realm(
        seat,
        (*cities, *direct),
        tuple((area, f"{area.code[:4]}00") for area in counties if area not in direct),
    )


def _below(prefix: str) -> list[Area]:
    return [
        Area(code, name)
        for code, name in divisions().items()
        if code.startswith(prefix) and not code.endswith("00")
    ]
