"""What is kept of decisions, what is refused before anything is kept, and how tampering shows."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.decide import take as effect
from pipelines.decide.given import RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.ground.errors import NoticesError
from tests.decide.inbox import NOW

PLAN = {"everybody": True, "deliverable": "plan"}
REFUSED = {
    "unknown unit": ("waive", {"recipients": ("nobody",), "deliverable": "plan"}, "名册里没有 nobody"),
    "unknown kind": ("waive", {"kinds": ("school",), "deliverable": "plan"}, "没有“school”这一类单位"),
    "unknown city": ("waive", {"cities": ("999999",), "deliverable": "plan"}, "没有代码为 999999 的市"),
    "nobody named": ("waive", {"deliverable": "plan"}, "没有写是哪些单位"),
    "unknown deliverable": ("waive", {"everybody": True, "deliverable": "poem"}, "没有报送事项 poem"),
    "period outside the notice": (
        "waive",
        {"everybody": True, "deliverable": "materials", "periods": ("2020-12-09",)},
        "没有 2020-12-09 这一期",
    ),
    "owed by none of them": (
        "waive",
        {"kinds": ("city_trade_union",), "deliverable": "plan"},
        "都不报",
    ),
    "owed by one of them": (
        "waive",
        {"recipients": ("EDU-3701", "HR-3701"), "deliverable": "plan"},
        "HR-3701 在所选各期本来不报",
    ),
    "no new due moment": ("extend", PLAN, "没有写延到何时"),
    "not later than it was": ("extend", PLAN | {"due": datetime(2020, 11, 5)}, "不晚于原来的截止"),
    "a part that the kind does not take": ("waive", PLAN | {"due": datetime(2020, 11, 20)}, "不用写 --due"),
    "nothing to undo": ("undo", {"subject": "D0009"}, "没有 D0009 这个决定"),
    "unknown kind of decision": ("forgive", {}, "没有“forgive”这种决定"),
}


@pytest.mark.parametrize(("kind", "given", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_decided_leaves_no_record(take, home, notice, kind, given, sentence):
    with pytest.raises(RefusedError, match=sentence):
        take(kind, **given)
    assert read_decisions(home, notice.id).all == ()


def test_a_decision_needs_a_reason(take):
    with pytest.raises(RefusedError, match="没有写理由"):
        take("waive", reason=" ", **PLAN)


def test_a_form_decides_once_however_often_it_is_sent(take, home, notice):
    first = take("waive", token="form-1", **PLAN)
    again = take("waive", token="form-1", **PLAN)
    assert again.decision == first.decision
    assert len(read_decisions(home, notice.id).all) == 1


def test_an_undo_can_be_undone_and_nothing_is_undone_twice(take, home, notice, monkeypatch):
    monkeypatch.setattr(effect, "bring_into_effect", lambda *_: [])
    waived = take("waive", NOW, **PLAN).decision
    undone = take("undo", NOW + timedelta(hours=1), subject=waived.id).decision
    with pytest.raises(RefusedError, match=f"已被 {undone.id} 取消"):
        take("undo", NOW + timedelta(hours=2), subject=waived.id)
    take("undo", NOW + timedelta(hours=3), subject=undone.id)
    decisions = read_decisions(home, notice.id)
    at = [NOW + timedelta(hours=hours) for hours in (0, 1, 3)]
    assert decisions.spans(waived) == [(at[0], at[1]), (at[2], datetime.max)]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [line.replace("summary", "statistics") for line in lines],
        lambda lines: lines[1:],
        lambda lines: [lines[1], lines[0]],
    ],
    ids=["changed", "taken out", "swapped"],
)
def test_a_journal_that_was_tampered_with_is_refused(take, home, notice, tamper, monkeypatch):
    monkeypatch.setattr(effect, "bring_into_effect", lambda *_: [])  # it is about the journal alone
    take("waive", NOW, **PLAN)
    take("extend", NOW, everybody=True, deliverable="summary", due=datetime(2020, 11, 25))
    path = home.archive / "decisions" / f"{notice.id}.jsonl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(tamper(lines)) + "\n", "utf-8")
    with pytest.raises(NoticesError, match="有改动或缺失"):
        read_decisions(home, notice.id)


def test_a_decision_opens_the_snapshot_once_and_the_warehouse_until_it_is_published(take, home, monkeypatch):
    opened, connect = [], duckdb.connect
    monkeypatch.setattr(
        duckdb, "connect", lambda path, **how: opened.append(Path(path)) or connect(path, **how)
    )
    moved = take("waive", everybody=True, deliverable="plan").moved
    assert moved, "it moves figures"
    snapshot, *loaders = opened
    assert snapshot.parent == home.published.parent
    assert loaders == [home.warehouse, home.private, home.warehouse], "the second time while it is open"
