"""Decisions as rows for the warehouse: what they were (core.decisions), what is owed under them (core.decided_duties), and
which rows people selected (core.decided_items)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.decide.duties import duty_rows
from pipelines.decide.items import ITEMS, item_rows
from pipelines.decide.record import (
    ABOUT_DUTIES,
    ABOUT_ITEMS,
    ABOUT_NOTHING,
    KINDS,
    Decision,
    Decisions,
    in_words,
)
from pipelines.notice.model import Notice
from pipelines.warehouse.decided import replace_rows, touch_units
from pipelines.warehouse.feed import DECISIONS, mark_uncounted, mark_unfed
from pipelines.warehouse.masker import Masker

_DECISIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("decision_id", "kind", "kind_name", "recipient", "deliverable")),
        *((name, pa.string()) for name in ("period", "path", "sheet", "submission_id", "given", "reason")),
        *((name, pa.string()) for name in ("decided_by", "undoes", "undone_by")),
        ("position", pa.int32()),
        ("row_number", pa.int32()),
        ("decided_at", pa.timestamp("us")),
    ]
)
_DUTIES = pa.schema(
    [
        *((name, pa.string()) for name in ("recipient_code", "city_code", "deliverable", "period")),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("due_at", pa.timestamp("us")),
        ("extension_reason", pa.string()),
        ("exemption_reason", pa.string()),
        ("known_from", pa.timestamp("us")),
        ("known_until", pa.timestamp("us")),
    ]
)


def load_decisions(
    connection: duckdb.DuckDBPyConnection, notice: Notice, decisions: Decisions, masker: Masker
) -> bool:
    """Brings the three relations up to date, and marks whose obligations are others now; says whether what counts of a file may
    be other as well."""
    known = connection.execute(
        "SELECT decision_id FROM core.decisions WHERE notice_id = $1 ORDER BY position", [notice.id]
    ).fetchall()
    before = [row[0] for row in known]
    if before == [one.id for one in decisions.all]:
        return False
    kinds = _find_kinds(before, decisions)

    told = decision_rows(decisions)
    replace_rows(connection, "core.decisions", notice, told, _DECISIONS, "decision_id", masker)
    mark_unfed(connection, notice.id, [DECISIONS])
    if kinds & ABOUT_ITEMS:
        told = item_rows(decisions)
        replace_rows(connection, "core.decided_items", notice, told, ITEMS, "decision_id", masker)
    if kinds & ABOUT_DUTIES:
        told = duty_rows(notice, decisions)
        units = replace_rows(
            connection, "core.decided_duties", notice, told, _DUTIES, "recipient_code", masker
        )
        touch_units(connection, notice, units)
        mark_uncounted(connection, notice.id, units)
    return bool(kinds - ABOUT_ITEMS - ABOUT_DUTIES - ABOUT_NOTHING)


def _find_kinds(before: list[str], decisions: Decisions) -> frozenset[str]:
    """Of the decisions that are new: all there are, where they do not all come after those that were known before."""
    if before != [one.id for one in decisions.all[: len(before)]]:
        return frozenset(KINDS)
    return frozenset(decisions.root(one).kind for one in decisions.all[len(before) :])


def decision_rows(decisions: Decisions) -> list[dict[str, Any]]:
    """Rows of core.decisions, in the order in which they were taken."""
    return [_row(position, one, decisions) for position, one in enumerate(decisions.all, 1)]


def _row(position: int, one: Decision, decisions: Decisions) -> dict[str, Any]:
    subject, undone = one.subject, decisions.undone_by(one, datetime.max)
    return {
        "decision_id": one.id,
        "position": position,
        "kind": one.kind,
        "kind_name": KINDS[one.kind],
        "recipient": _join(_recipients(one)),
        "deliverable": subject.get("deliverable"),
        "period": _join(subject.get("periods", ())),
        "path": subject.get("path"),
        "sheet": subject.get("sheet"),
        "row_number": subject.get("row"),
        "submission_id": subject.get("submission_id"),
        "given": in_words(_given(one)) or None,
        "reason": one.reason,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "undoes": one.undoes,
        "undone_by": undone.id if undone else None,
    }


def _given(one: Decision) -> dict[str, Any]:
    """The values, and what a decision is about that has no column of its own: a name, an entry of the desk."""
    return {name: one.subject[name] for name in ("alias", "id") if one.subject.get(name)} | dict(one.values)


def _recipients(one: Decision) -> list[str]:
    subject = one.subject
    return [
        *subject.get("recipients", ()),
        *(f"kind:{kind}" for kind in subject.get("kinds", ())),
        *(f"city:{city}" for city in subject.get("cities", ())),
        *(["all"] if subject.get("all") else []),
    ]


def _join(words: Iterable[str]) -> str | None:
    return "|".join(words) or None
