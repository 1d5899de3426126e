"""Site: the public events of a notice as a programme, with when and where each is and whether its live channel answers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipelines.notice import Notice
from pipelines.report.ask import Asker
from pipelines.report.phrases import full_day
from pipelines.site.web import Answer, read_answer

VISITS = """
SELECT event, url, checked_at, status, final_url, is_ok, failure FROM marts.event_checks
WHERE notice_id = $notice AND checked_at <= $t ORDER BY checked_at
"""


@dataclass(frozen=True)
class Happening:
    """An event. `live` and `page` are None where the notice gives no such address, `when` is '' where it says no day."""

    slug: str
    name: str
    level: str
    place: str
    organiser: str
    when: str
    days: tuple[date, date] | None
    live: Answer | None
    page: Answer | None


def read_programme(asker: Asker, notice: Notice, as_of: datetime) -> tuple[Happening, ...]:
    """Those with a day first, in their order; then the others, in the notice's."""
    if not notice.events:
        return ()
    visits: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in asker.rows(VISITS, {"notice": notice.id, "t": as_of}):
        visits.setdefault((row["event"], row["url"]), []).append(row)
    levels = {"national": "全国", "provincial": "全省"}
    found = [
        Happening(
            one.id,
            one.name,
            levels.get(one.level or "", ""),
            one.place or "",
            one.organiser or "",
            say_when(one.begins, one.ends),
            (one.first_day, one.last_day) if one.first_day and one.last_day else None,
            read_answer(one.live, visits.get((one.id, one.live), [])) if one.live else None,
            read_answer(one.page, visits.get((one.id, one.page), [])) if one.page else None,
        )
        for one in notice.events
    ]
    return tuple(sorted(found, key=lambda one: one.days or (date.max, date.max)))


def say_when(begins: date | datetime | None, ends: date | datetime | None) -> str:
    """2020年11月8日9:30至11:00, 2020年11月8日至2020年11月10日; '' where no day is known."""
    if begins is None:
        return ""
    first = _say(begins)
    if ends is None or ends == begins:
        return first
    if _day(ends) == _day(begins):
        return f"{first}至{ends:%H:%M}" if isinstance(ends, datetime) else first
    return f"{first}至{_say(ends)}"


def _say(when: date | datetime) -> str:
    return f"{full_day(_day(when))}{when:%H:%M}" if isinstance(when, datetime) else full_day(when)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when
