"""What somebody is shown who may see some cities only: what their units sent, and no word of another city's.

Everybody else's sight is unlimited, and leaves all as it is. What is no unit's (sources, alarms, files of nobody, the sum over all) is
shown to nobody whose sight is limited.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pipelines.ask.own_city import ELSEWHERE
from pipelines.board.asking import Row, Snapshot
from pipelines.board.desk import Entry, Queue
from pipelines.board.details import CellPage, FilePage, UnitPage
from pipelines.board.matrix import Standing, find_due
from pipelines.notice.model import Notice, Region

_SAID = (
    *("sentence", "explanation", "value", "reason", "error", "given", "what"),
    *("extension_reason", "exemption_reason"),
)
"""Columns of what is said of a unit, a file, a row or a decision: what units wrote in a cell of their own stays as it is."""
_PATHS = ("duplicate_of", "other_path")
"""Columns that lead to another file, which may be anybody's."""
_OWN_PATHS = """
SELECT path FROM marts.files WHERE notice_id = $notice
GROUP BY path HAVING bool_and(coalesce(list_contains($units, recipient_code), FALSE))
"""
_OWN_FILES = "SELECT submission_id FROM marts.files WHERE notice_id = $notice AND list_contains($units, recipient_code)"


def concerns(notice: Notice, cities: frozenset[str]) -> bool:
    """Whether any of these cities is one of the notice's."""
    return any(one.code in cities for one in notice.cities)


class Sight:
    """What a person sees of a notice at a moment; `cities` None is all of it."""

    def __init__(self, notice: Notice, cities: frozenset[str] | None, at: datetime) -> None:
        self.cities = cities
        self._kinds: dict[str, str] = {}
        self._names: tuple[frozenset[str], re.Pattern[str]] = frozenset(), re.compile("(?!)")
        if cities is not None:
            recipients = notice.on(at.date()).recipients
            self._kinds = {one.code: one.kind for one in recipients if one.city_code in cities}
            self._names = _own_and_other_names(notice, self._kinds)
        self.areas: list[Region] = [one for one in notice.areas if self.has_city(one.code)]
        """The rows of figures that it has."""

    @property
    def is_limited(self) -> bool:
        return self.cities is not None

    def has_city(self, code: str) -> bool:
        return self.cities is None or code in self.cities

    def has_unit(self, code: str | None) -> bool:
        return self.cities is None or code in self._kinds

    def say(self, text: str) -> str:
        """A sentence without the names of other cities' units; their own names stay, also where another's is part of them."""
        mine, every = self._names
        return every.sub(lambda found: found[0] if found[0] in mine else ELSEWHERE, text)

    def tell(self, rows: Iterable[Row]) -> list[Row]:
        """Rows of its own, with what is said in them."""
        if not self.is_limited:
            return list(rows)
        return [
            row | {name: self.say(row[name]) for name in _SAID if isinstance(row.get(name), str)}
            for row in rows
        ]

    def files(self, snapshot: Snapshot, rows: Iterable[Row]) -> list[Row]:
        """Of files, or of rows in them, those of its units; what leads to another's file says 外市单位 instead."""
        if not self.is_limited:
            return list(rows)
        kept = self.tell(row for row in rows if self.has_unit(row["recipient_code"]))
        own = {one["path"] for one in snapshot.ask(_OWN_PATHS, units=[*self._kinds])}
        return [
            row | {name: ELSEWHERE for name in _PATHS if row.get(name) and row[name] not in own}
            for row in kept
        ]

    def decisions(self, snapshot: Snapshot, rows: Iterable[Row]) -> list[Row]:
        """Decisions about its units or what they sent, each about them alone."""
        if not self.is_limited:
            return list(rows)
        own = {one["submission_id"] for one in snapshot.ask(_OWN_FILES, units=[*self._kinds])}
        kept = []
        for row in rows:
            whom = [one for one in (row["recipient"] or "").split("|") if self._is_about(one)]
            if whom or (not row["recipient"] and row["submission_id"] in own):
                kept.append(row | {"recipient": "|".join(whom)})
        return self.tell(kept)

    def _is_about(self, word: str) -> bool:
        kind, _, code = word.rpartition(":")
        if kind == "kind":
            return code in self._kinds.values()
        return word == "all" or (code in (self.cities or ()) if kind == "city" else word in self._kinds)

    def standing(self, whole: Standing) -> Standing:
        """Of the board its units and cities, with the same figures; no sums over more than a city."""
        if not self.is_limited:
            return whole
        units = tuple(unit for unit in whole.units if self.has_unit(unit.code))
        owed = {key for unit in units for key in unit.cells}
        ahead = tuple(row for row in whole.ahead if self.has_unit(row["recipient_code"]))
        return replace(
            whole,
            columns=tuple(column for column in whole.columns if column.key in owed),
            units=units,
            cities=tuple(city for city in whole.cities if self.has_city(city["city_code"])),
            province={},
            coverage={},
            due=tuple(find_due(ahead)),
            ahead=ahead,
        )

    def cell(self, snapshot: Snapshot, page: CellPage | None) -> CellPage | None:
        if page is None or not self.has_unit(page.status["recipient_code"]):
            return None
        return CellPage(
            self.tell([page.status])[0],
            self.files(snapshot, page.files),
            self.tell(page.mails),
            self.decisions(snapshot, page.decisions),
        )

    def unit(self, snapshot: Snapshot, page: UnitPage) -> UnitPage:
        """Of a unit that it has."""
        return UnitPage(
            self.tell(page.obligations),
            self.files(snapshot, page.files),
            self.tell(page.mails),
            self.decisions(snapshot, page.decisions),
        )

    def file(self, snapshot: Snapshot, page: FilePage | None) -> FilePage | None:
        if page is None or not self.has_unit(page.file["recipient_code"]):
            return None
        return FilePage(
            self.files(snapshot, [page.file])[0],
            self.files(snapshot, page.rows),
            self.tell(page.faults),
            self.files(snapshot, page.versions),
        )

    def queues(self, queues: Iterable[Queue]) -> list[Queue]:
        """Of the desk, what is about its units."""
        if not self.is_limited:
            return list(queues)
        kept = [
            Queue(queue.title, [self._entry(one) for one in queue.entries if self.has_unit(one.unit_code)])
            for queue in queues
        ]
        return [queue for queue in kept if queue.entries]

    def _entry(self, entry: Entry) -> Entry:
        return replace(entry, sentence=self.say(entry.sentence), offers=(), link="", lines=())

    def due_moments(self, standing: Standing, moments: list[datetime]) -> list[datetime]:
        """What the picker of moments offers: another city's extension is none of it."""
        if not self.is_limited:
            return moments
        cells = [cell for unit in standing.units for cell in unit.cells.values()]
        return sorted({cell.due_at for cell in cells if cell.sign.code != "exempt"})


def _own_and_other_names(notice: Notice, own: Iterable[str]) -> tuple[frozenset[str], re.Pattern[str]]:
    """The names of its units, and what finds every unit's, at whatever time they bore them; the longest first."""
    mine, others = set[str](), set[str]()
    for one in notice.recipients:
        names = {one.name, *(stay.names[0] for stay in notice.stays(one))}
        (mine if one.code in own else others).update(names)
    by_length = sorted(mine | others, key=len, reverse=True)
    return frozenset(mine), re.compile("|".join(map(re.escape, by_length)))
