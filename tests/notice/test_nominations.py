"""Nominations for awards and votes: who nominated whom until when, and what is beyond the quota is noted, never dropped."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from pipelines.board.desk import SORTS
from pipelines.notice.nominations import Nominations
from tests.report.conftest import World, empty, world

__all__ = ["empty", "world"]
UNITS = {"甲市": ["甲一校", "甲二校"], "乙市": ["乙一校"]}
LIST = {
    "kind": "list",
    "name": "最美职校生评选",
    "file_words": ["推荐名单"],
    "optional": True,
    "open_to": ["school"],
    "periods": {"every": "once", "due": "2021-05-20T18:00:00"},
    "identity": ["name"],
    "columns": {"name": {"headers": ["姓名"], "required": True, "type": "text"}},
    "nominations": {
        "at_most": 2,
        "each": "city",
        "vote": "https://vote.example.cn/1",
        "vote_until": "2021-05-31T18:00:00",
    },
}
NAMED = "UPDATE core.items SET item_id = core.item_id(submission_id, deliverable, table_number, row_number)"
CHOSEN = """
INSERT INTO core.decided_items SELECT
    'small-week', 'd' || position, position, 'select', 's' || position, 'stars', 1, 1, '', '', NULL, position = 1,
    'wang', TIMESTAMP '2021-05-21', '事迹突出', TIMESTAMP '2021-05-21', TIMESTAMP '9999-12-31'
FROM (VALUES (1), (2)) AS chosen (position)
"""
"""The first two are selected on the day after the last; only the first is cleared for the public."""
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def ask(world: Callable[..., World]) -> Callable[..., Ask]:
    """Asks a warehouse to which three of one city and one of another were nominated."""

    def make(**nominations: Any) -> Ask:
        rules = {**LIST["nominations"], **nominations}  # type: ignore[dict-item]
        rules = {key: value for key, value in rules.items() if value is not None}
        made = world(UNITS, deliverables={"stars": {**LIST, "nominations": rules}})
        for unit, day, name in (
            ("甲一校", 10, "子"),
            ("甲二校", 11, "丑"),
            ("乙一校", 12, "寅"),
            ("甲一校", 13, "卯"),
        ):
            made.send(unit, "stars", f"2021-05-{day} 09:00:00", identity=name)
        path: Path = made.path
        with duckdb.connect(path) as connection:
            connection.execute(NAMED)
            connection.execute(CHOSEN)

        def found(query: str, *bound: object) -> list[tuple[Any, ...]]:
            with duckdb.connect(path, read_only=True) as connection:
                return connection.execute(query, list(bound)).fetchall()

        return found

    return make


AT = "SELECT recipient, nominee, place, is_over_quota FROM marts.nominations_as_of('small-week', $1)"


def test_who_nominated_whom_and_what_is_too_much(ask: Callable[..., Ask]) -> None:
    asked = ask()
    early, late = datetime(2021, 5, 12), datetime(2021, 5, 14)
    assert asked(AT, early) == [("甲一校", "子", 1, False), ("甲二校", "丑", 2, False)]
    assert asked(AT, late) == [
        ("甲一校", "子", 1, False),
        ("甲一校", "卯", 3, True),
        ("甲二校", "丑", 2, False),
        ("乙一校", "寅", 1, False),
    ]
    assert asked("SELECT DISTINCT deliverable_name, due_at, quota_each, vote_url, vote_until FROM marts.nominations") == [
        ("最美职校生评选", datetime(2021, 5, 20, 18), "city", "https://vote.example.cn/1", datetime(2021, 5, 31, 18))
    ]  # fmt: skip


def test_what_is_too_much_is_noted_where_it_stands(ask: Callable[..., Ask]) -> None:
    asked = ask()
    ((recipient, value, sentence),) = asked(
        "SELECT recipient, value, sentence FROM marts.notes WHERE code = 'over_quota'"
    )
    assert (recipient, value) == ("甲一校", "卯")
    assert sentence.startswith("每个市至多推荐 2 个，这一行是第 3 个，照收并记为超过名额")
    over = asked("SELECT path FROM marts.nominations WHERE is_over_quota")
    assert over == asked("SELECT path FROM marts.notes WHERE code = 'over_quota'"), "one order, said twice"
    assert "超过名额的推荐" in SORTS


def test_what_people_approved_is_seen_from_then_on(ask: Callable[..., Ask]) -> None:
    asked = ask()
    query = "SELECT nominee, is_approved, is_public FROM marts.nominations_as_of('small-week', $1) ORDER BY received_at"
    none = [(one, False, False) for one in "子丑寅卯"]
    assert asked(query, datetime(2021, 5, 20)) == none
    assert asked(query, datetime(2021, 5, 22)) == [("子", True, True), ("丑", True, False), *none[2:]]


QUOTAS = {
    "of a unit": ({"each": "unit", "at_most": 1}, ["卯"]),
    "of a unit unless said": ({"each": None, "at_most": 1}, ["卯"]),
    "of a city": ({"at_most": 1}, ["卯", "丑"]),
    "not reached": ({"at_most": 3}, []),
    "none": ({"at_most": None, "each": None}, []),
}


@pytest.mark.parametrize(("rules", "over"), QUOTAS.values(), ids=QUOTAS)
def test_quotas(ask: Callable[..., Ask], rules: dict[str, Any], over: list[str]) -> None:
    asked = ask(**rules)
    assert asked("SELECT nominee FROM marts.nominations WHERE is_over_quota ORDER BY 1") == [
        (one,) for one in sorted(over)
    ]
    assert asked("SELECT count(*) FROM marts.notes WHERE code = 'over_quota'") == [(len(over),)]


REFUSED = {
    "a quota of none": ({"at_most": 0}, "at_most"),
    "each without how many": ({"each": "city"}, "请补上至多推荐几个"),
    "until when without where": ({"vote_until": "2021-05-31T18:00:00"}, "请补上在哪里投票"),
    "no address": ({"vote": "微信公众号"}, "完整的网址"),
    "another scope": ({"each": "province", "at_most": 1}, "each"),
    "an unknown key": ({"quota": 1}, "quota"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_mistakes_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Nominations.model_validate(given)
    assert said in str(error.value)
