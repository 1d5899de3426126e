"""The notice's own rows in the warehouse: units, places, periods, obligations. Part of the load stage."""

from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.notice.deliverable import ITEMS
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation, expand_obligations, expand_open
from pipelines.warehouse.files import fingerprint
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.put import insert_rows

DEFINED = (
    "core.notices",
    "core.cities",
    "core.counties",
    "core.denominators",
    "core.recipients",
    "core.recipient_stays",
    "core.lines",
    "core.sources",
    "core.events",
    "core.deliverables",
    "core.nomination_rules",
    "core.periods",
    "core.list_words",
    "core.indicators",
    "core.period_checks",
    "core.selection_weights",
    "core.obligations",
    "core.open_duties",
)
"""What a notice says itself, and nothing that arrives: these change when all of the notice is made anew, and else never."""


def insert_table(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    notice: Notice,
    table: pa.Table,
    masker: Masker | None = None,
) -> None:
    """Appends a table to a relation by column name, the notice's id added; what others wrote is masked."""
    connection.register("incoming", masker.mask_table(table) if masker else table)
    insert_rows(connection, relation, "SELECT $notice AS notice_id, * FROM incoming", {"notice": notice.id})
    connection.unregister("incoming")


def load_definition(connection: duckdb.DuckDBPyConnection, notice: Notice) -> bool:
    """The notice's own rows; they change only with its fingerprint, and then everything is made anew. False: they were there."""
    if connection.execute("SELECT 1 FROM raw.versions WHERE notice_id = $1", [notice.id]).fetchone():
        return False
    defined = _definition(notice)
    assert tuple(defined) == DEFINED
    for relation, rows in defined.items():
        if rows:
            insert_table(connection, relation, notice, pa.Table.from_pylist(rows))
    connection.execute("INSERT INTO raw.versions VALUES ($1, $2)", [notice.id, fingerprint(notice)])
    # Whoever never sends anything owes it all the same.
    connection.execute(
        "INSERT INTO raw.touched_units SELECT notice_id, recipient_code FROM core.recipients WHERE notice_id = $1",
        [notice.id],
    )
    return True


def _definition(notice: Notice) -> dict[str, list[dict[str, Any]]]:
    event = notice.event
    latest = notice.on(date.max)
    return {
        "core.notices": [
            {
                "title": notice.title,
                "document_number": notice.document_number,
                "issuer": notice.issuer,
                "timezone": notice.timezone,
                "opens": notice.opens,
                "closes": notice.closes,
                "event_first_day": event.first_day if event else None,
                "event_last_day": event.last_day if event else None,
                "event_days": len(event.days) if event else 0,
                "far_off_times": notice.far_off.times,
                "far_off_at_least": notice.far_off.at_least,
                "reminded_in_vain": notice.reminded_in_vain,
                "selecting_line": notice.selection.line if notice.selection else None,
                "is_second_opinion_asked": bool(notice.selection and notice.selection.second_opinion),
            }
        ],
        "core.cities": [
            {
                "city_code": area.code,
                "city": area.name,
                "is_own": area.level == "province",
                "position": position,
            }
            for position, area in enumerate(notice.areas)
        ],
        "core.counties": [
            {
                "county_code": region.code,
                "county": region.name,
                "city_code": region.parent_code,
                "people": region.people,
            }
            for region in notice.regions
            if region.level == "county"
        ],
        "core.denominators": [
            {"region_code": region.code, "measure": measure, "amount": amount}
            for region in notice.regions
            for measure, amount in region.denominators.items()
        ],
        "core.recipients": [
            {
                "recipient_code": one.code,
                "recipient": one.name,
                "kind": one.kind,
                "kind_name": notice.recipient_kinds[one.kind],
                "line": one.line or None,
                "city_code": one.city_code,
                "position": position,
            }
            for position, one in enumerate(latest.recipients)
        ],
        "core.recipient_stays": [
            {
                "recipient_code": one.code,
                "first_day": stay.first_day,
                "next_day": stay.next_day,
                "recipient": stay.names[0],
                "line": stay.line or None,
                "city_code": stay.city_code,
            }
            for one in notice.recipients
            for stay in notice.stays(one)
        ],
        "core.lines": [
            {"line": line, "line_name": name, "position": position}
            for position, (line, name) in enumerate(notice.lines.items())
        ],
        "core.sources": [
            {"source": one.id, "source_path": one.path, "line": one.line, "position": position}
            for position, one in enumerate(notice.sources)
        ],
        "core.events": [
            {
                "event": one.id,
                "event_name": one.name,
                "level": one.level,
                "place": one.place,
                "first_day": one.first_day,
                "last_day": one.last_day,
                "begins_at": one.begins_at,
                "ends_at": one.ends_at,
                "organiser": one.organiser,
                "live_url": one.live,
                "page_url": one.page,
                "position": position,
            }
            for position, one in enumerate(notice.events)
        ],
        "core.deliverables": [
            {
                "deliverable": name,
                "kind": item.kind,
                "deliverable_name": item.name,
                "is_optional": item.optional,
                "if_submitted": item.if_submitted,
                "position": position,
                "is_undated": item.is_undated,
                "attachments_at_least": item.attachments.at_least if item.attachments else None,
                "attachments_of": "|".join(item.attachments.of) if item.attachments else None,
                "within_hours": None if item.within is None else item.within // timedelta(hours=1),
                "event_owed_by": None if item.within is None else list(item.owed_by),
                "channel_sources": list(item.sources) or None,
            }
            for position, (name, item) in enumerate(notice.deliverables.items())
        ],
        "core.nomination_rules": [
            {
                "deliverable": name,
                "quota_each": (item.nominations.each or "unit") if item.nominations.at_most else None,
                "quota": item.nominations.at_most,
                "vote_url": item.nominations.vote,
                "vote_until": item.nominations.vote_until and notice.local(item.nominations.vote_until),
            }
            for name, item in notice.deliverables.items()
            if item.nominations
        ],
        "core.periods": [
            {
                "deliverable": name,
                "period": period.key,
                "first_day": period.first_day,
                "last_day": period.last_day,
                "due_at": notice.local(period.due_at),
                "moved_reason": period.moved_reason,
                "counted_on": notice.counted_on(period),
                "length_days": period.length.days,
            }
            for name, item in notice.deliverables.items()
            for period in item.periods.periods()
        ],
        "core.list_words": [
            {"deliverable": name, "column_name": column, "code": code, "word": word, "position": position}
            for name, item in notice.deliverables.items()
            for column, definition in item.columns.items()
            if definition.list
            for position, (code, word) in enumerate(notice.lists[definition.list].items())
        ],
        "core.indicators": [
            {
                "deliverable": name,
                "indicator": indicator,
                "indicator_name": item.columns[indicator].headers[0],
                "compares_with": item.columns[indicator].compares_with,
                "number_type": item.columns[indicator].type,
                "is_number": indicator in item.indicators,
                "unit": item.number(indicator).unit,
                "places": item.number(indicator).places,
                "aggregate": item.number(indicator).aggregate if indicator in item.indicators else "none",
                "weight": item.columns[indicator].weight,
                "identity_place": item.identity.index(indicator) if indicator in item.identity else None,
                "position": position,
            }
            for name, item in notice.deliverables.items()
            for position, indicator in enumerate(item.open_columns, 1)
        ]
        + [
            {
                "deliverable": name,
                "indicator": ITEMS,
                "indicator_name": item.figures[ITEMS][0],
                "compares_with": None,
                "number_type": "count",
                "is_number": True,
                "unit": item.figures[ITEMS][1].unit,
                "places": 0,
                "aggregate": "sum",
                "weight": None,
                "identity_place": None,
                "position": 0,
            }
            for name, item in notice.deliverables.items()
            if item.kind == "list"
        ],
        "core.period_checks": [
            {
                "deliverable": name,
                "position": position,
                "indicator": one.left,
                "relation": one.is_,
                "other_indicator": one.right,
                "said": one.said,
                "sentence": one.sentence,
            }
            for name, item in notice.deliverables.items()
            for position, one in enumerate(item.checks)
            if one.last_period
        ],
        "core.selection_weights": [
            {"score": score, "points": float(points)}
            for score, points in (notice.selection.weights.model_dump() if notice.selection else {}).items()
        ],
        "core.obligations": [
            _duty(one) | {"extension_reason": one.extension_reason, "exemption_reason": one.exemption_reason}
            for one in expand_obligations(notice)
        ],
        "core.open_duties": [_duty(one) for one in expand_open(notice)],
    }


def _duty(one: Obligation) -> dict[str, Any]:
    return {
        "recipient_code": one.recipient_code,
        "city_code": one.city_code,
        "deliverable": one.deliverable,
        "period": one.period,
        "first_day": one.first_day,
        "last_day": one.last_day,
        "due_at": one.due_at,
    }
