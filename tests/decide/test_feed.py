"""What decisions change stands in the change feed with the decision that did it."""

import json
from datetime import timedelta
from typing import Any

from pipelines.ask.feed import read_feed
from pipelines.rebuild import rebuild
from pipelines.warehouse.snapshot import open_snapshot
from tests.decide.inbox import JINAN, NOW

EDU = "EDU-3701"
HOUR = timedelta(hours=1)


def feed_of(home, after: int) -> list[dict[str, Any]]:
    with open_snapshot(home.published) as snapshot:
        return [row for batch in read_feed(snapshot, after)[1] for row in batch.to_pylist()]


def test_what_a_decision_changed_names_it_and_a_rebuild_changes_no_number(take, home, notice):
    told = feed_of(home, 0)
    waived = take("waive", NOW, recipients=(EDU,), deliverable="plan").decision.id
    aside = take("set_aside", NOW + HOUR, reason="是草稿", path=JINAN).decision.id
    undone = take("undo", NOW + 2 * HOUR, subject=waived).decision.id
    rest = feed_of(home, told[-1]["seq"])
    said = [(one["relation"], one["change"], one["decision_id"]) for one in rest]
    assert said == [
        ("obligations", "changed", waived),
        ("decisions", "added", waived),
        ("files", "changed", aside),
        ("counted_rows", "removed", aside),
        ("obligations", "changed", aside),
        ("decisions", "added", aside),
        ("obligations", "changed", undone),
        ("decisions", "changed", undone),
        ("decisions", "added", undone),
    ]
    assert json.loads(rest[0]["row_after"])["exemption_reason"] == "说明"
    assert json.loads(rest[0]["row_key"])["deliverable"] == "plan"
    assert json.loads(rest[3]["row_before"])["title"] == "开幕式"
    assert json.loads(rest[6]["row_after"]) == json.loads(rest[0]["row_before"])
    assert {one["known_at"] for one in rest} == {NOW, NOW + HOUR, NOW + 2 * HOUR}
    everything = feed_of(home, 0)
    rebuild(home)
    assert feed_of(home, 0) == everything
