"""Decisions about single rows, select and decline, as rows for the warehouse: one for each span in which one is in force."""

from typing import Any

import pyarrow as pa

from pipelines.decide.duties import FOREVER
from pipelines.decide.record import ABOUT_ITEMS, Decisions

ITEMS = pa.schema(
    [
        *((name, pa.string()) for name in ("decision_id", "kind", "submission_id", "deliverable", "path")),
        *((name, pa.string()) for name in ("sheet", "for_line", "decided_by", "reason")),
        *((name, pa.int32()) for name in ("position", "table_number", "row_number")),
        ("is_publishable", pa.bool_()),
        *((name, pa.timestamp("us")) for name in ("decided_at", "known_from", "known_until")),
    ]
)
"""Of core.decided_items, the notice apart."""


def item_rows(decisions: Decisions) -> list[dict[str, Any]]:
    """Rows of core.decided_items, in the order in which the decisions were taken."""
    return [
        {
            "decision_id": one.id,
            "position": position,
            "kind": one.kind,
            "submission_id": one.subject["submission_id"],
            "deliverable": one.subject["deliverable"],
            "table_number": table,
            "row_number": row,
            "path": one.subject["path"],
            "sheet": one.subject.get("sheet", ""),
            "for_line": one.values.get("for_line"),
            "is_publishable": bool(one.values.get("publishable")),
            "decided_by": one.decided_by,
            "decided_at": one.decided_at,
            "reason": one.reason,
            "known_from": start,
            "known_until": min(end, FOREVER),
        }
        for position, one in enumerate(decisions.all, 1)
        if one.kind in ABOUT_ITEMS
        for table, row in one.subject["rows"]
        for start, end in decisions.spans(one)
    ]
