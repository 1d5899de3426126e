"""Waivers and extensions: what they move, from when on, and until they are undone."""

from datetime import datetime, timedelta

import pytest

from pipelines.ask.figures import ask_status
from pipelines.notice import Notice
from tests.decide.inbox import NOW

LATER = NOW + timedelta(hours=1)
DAY = "2020-11-09"


@pytest.fixture(scope="module")
def jinan(notice: Notice) -> str:
    return next(one.code for one in notice.recipients if one.name == "济南市教育局")


def test_a_waiver_holds_from_its_decision_and_until_it_is_undone(take, metrics, jinan):
    before = metrics(NOW)["济南市"]
    taken = take("waive", LATER, recipients=(jinan,), deliverable="materials", periods=(DAY,))
    after = metrics(LATER)["济南市"]
    assert (after["expected"], after["on_time"]) == (before["expected"] - 1, before["on_time"] - 1)
    assert metrics(NOW)["济南市"] == before, "a past figure never changes by a later decision"
    assert {(one.city, one.figure) for one in taken.moved} >= {("济南市", "expected"), ("济南市", "on_time")}
    undone = LATER + timedelta(hours=1)
    take("undo", undone, subject=taken.decision.id)
    assert metrics(undone)["济南市"] == before | {"due": metrics(undone)["济南市"]["due"]}
    assert metrics(LATER)["济南市"] == after


def test_an_extension_moves_the_due_moment_and_timeliness_follows(take, metrics, home, notice, jinan):
    due = datetime(2020, 11, 15, 12)
    was = _status(home, notice, NOW, jinan, "2020-11-08")
    assert was == ("missing", datetime(2020, 11, 8, 23, 59, 59))
    take("extend", NOW, recipients=(jinan,), deliverable="materials", periods=("2020-11-08",), due=due)
    assert _status(home, notice, NOW, jinan, "2020-11-08") == ("pending", due)
    assert _status(home, notice, due, jinan, "2020-11-08") == ("missing", due)
    assert _status(home, notice, NOW - timedelta(seconds=1), jinan, "2020-11-08") == was


@pytest.mark.parametrize(
    ("given", "whom"),
    [
        ({"kinds": ("city_education_bureau",)}, lambda one: one.kind == "city_education_bureau"),
        ({"cities": ("370100",)}, lambda one: one.city_code == "370100"),
        ({"everybody": True}, lambda one: True),
    ],
    ids=["kind", "city", "all"],
)
def test_one_decision_may_speak_of_many(take, home, notice, given, whom):
    take("waive", NOW, deliverable="plan", **given)
    found = ask_status(home.published, notice.id, NOW)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    exempt = {row["recipient_code"] for row in rows if row["status"] == "exempt"}
    owing = {row["recipient_code"] for row in rows if row["deliverable"] == "plan"}
    assert exempt == {one.code for one in notice.recipients if whom(one)} & owing
    assert exempt


def _status(home, notice, at, recipient, period):
    found = ask_status(home.published, notice.id, at)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    (row,) = [
        row
        for row in rows
        if (row["recipient_code"], row["deliverable"], row["period"]) == (recipient, "materials", period)
    ]
    return row["status"], row["due_at"]
