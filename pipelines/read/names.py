"""Whose a file is: names on folders, files and sheets -> recipients, inside the line they report on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import PurePosixPath

from pipelines.notice.membership import is_member
from pipelines.notice.model import Notice, Recipient
from pipelines.read.suffixes import suffix_of
from pipelines.read.values import normalize

LONGEST = 200
"""A longer text is no name of anybody's, and is not remembered."""
_NUMBER = re.compile(r"^\d+[-_.、:—)]*")
_BRACKETS = re.compile(r"^【[^】]*】")
_TRAILING = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Location:
    """Where a file lay: its source, the unit's folder ('' where it lay beside them), and its names from inside out."""

    path: str
    """Relative to the inbox; members of archives are joined by `!`."""
    line: str
    folder: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: str, source_path: str, line: str, members: tuple[str, ...] = ()) -> "Location":
        """`path` is the receipt's and starts with the source's; `members` lead from it inwards."""
        inside = _inside(path, source_path)
        names = [re.split(r"[/\\]", member)[-1] for member in reversed(members)]
        folder = inside[0] if len(inside) > 1 else ""
        return cls("!".join((path, *members)), line, folder, (*names, inside[-1]))

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def stem(self) -> str:
        return stem(self.name)


def _inside(path: str, source_path: str) -> tuple[str, ...]:
    """The names that lead from the source to the file."""
    if source_path and path.startswith(f"{source_path}/"):
        parts = tuple(path[len(source_path) + 1 :].split("/"))
        if "" not in parts and "." not in parts:
            return parts
    return PurePosixPath(path).relative_to(source_path).parts


def stem(name: str) -> str:
    """A name without its suffix; a dot further in belongs to the name."""
    return name.removesuffix(suffix_of(name))


class Roster:
    """All names that recipients go by on a day (on the last one where none is said), ready to be looked up.

    A name is first of all that of the unit whose it is on that day. What a unit was called before, and the line on which it
    reported, still lead to it where nobody else has the name now: an old letterhead is no fault.
    """

    def __init__(self, notice: Notice, day: date = date.max) -> None:
        self._notice, self._days = notice, sorted({one.day for one in notice.units_changes})
        self._others: dict[date, Roster] = {}
        self._day = day
        self._by_line: dict[str, dict[str, str]] = {line: {} for line in (*notice.lines, "")}
        self._everywhere: dict[str, str] = {}
        units = [(recipient, notice.unit_on(recipient, day)) for recipient in notice.recipients]
        self._known_forms = lru_cache(maxsize=8192)(self._find_forms)
        self._names = {unit.code: unit.name for _, unit in units}
        self._lines = {unit.code: unit.line for _, unit in units}
        marks = "|".join(re.escape(normalize(mark)) for mark in notice.words.attachment_mark)
        self._attachment = re.compile(rf"^(?:{marks})[\d一二三四五六七八九十]*[-_:.、]*")
        for line, name, code in self._bearers(units):
            self._by_line[line].setdefault(normalize(name), code)
            self._everywhere.setdefault(normalize(name), code)
        self._mails: dict[str, dict[str, str | None]] = {line: {} for line in self._by_line}
        for _, unit in units:
            if unit.email:
                known = self._mails[unit.line]
                address = unit.email.lower()
                known[address] = None if address in known else unit.code
        cities = [normalize(city.name) for city in notice.cities]
        self._starts = {
            line: sorted((alias for alias in names if not _is_bare(alias, cities)), key=len, reverse=True)
            for line, names in self._by_line.items()
        }

    def at(self, moment: datetime) -> "Roster":
        """The names as they hold at a moment in the notice's zone."""
        if not self._days:
            return self
        day = moment.date()
        begun = max((one for one in self._days if one <= day), default=date.min)
        if begun == self._day:
            return self
        if begun not in self._others:
            self._others[begun] = Roster(self._notice, begun)
        return self._others[begun]

    def _bearers(self, units: Sequence[tuple[Recipient, Recipient]]) -> Iterator[tuple[str, str, str]]:
        """(line, name, unit): members under their names of the day, then what units were called before, then who is to come."""
        changes, day = self._notice.units_changes, self._day
        to_come = {one.code for one in changes if one.change == "joined" and day < one.day}
        present = [unit for _, unit in units if is_member(changes, unit.code, day)]
        coming = [unit for _, unit in units if unit.code in to_come]
        yield from _names(present)
        for recipient, _ in units if self._days else ():
            for stay in self._notice.stays(recipient) if recipient.code not in to_come else ():
                if stay.first_day <= day:
                    yield from ((stay.line, name, recipient.code) for name in stay.names)
        yield from _names(coming)

    def find(self, text: str, line: str) -> str | None:
        """The recipient of this line whose name the whole text is, decorations aside."""
        return next((code for form in self._forms(text) if (code := self._by_line[line].get(form))), None)

    def find_sender(self, address: str, line: str) -> str | None:
        """The one recipient of this line that the roster gives this address."""
        return self._mails[line].get(address.lower())

    def find_declared(self, text: str, line: str) -> str | None:
        """As `find`, and where this line has nobody of that name, whoever has it."""
        return self.find(text, line) or next(
            (code for form in self._forms(text) if (code := self._everywhere.get(form))), None
        )

    def name_of(self, code: str) -> str:
        return self._names[code]

    def is_of_line(self, code: str, line: str) -> bool:
        return code in self._by_line[line].values()

    def line_of(self, code: str) -> str:
        """The line on which a unit reports that day."""
        return self._lines[code]

    def find_start(self, name: str, line: str) -> str | None:
        """The recipient with the longest name that a file's name starts with; a bare city name is too little."""
        for form in self._forms(stem(name)):
            for alias in self._starts[line]:
                if form.startswith(alias):
                    return self._by_line[line][alias]
        return None

    def plain(self, text: str) -> str:
        """A name with all its decorations off: 03-【急】某院（报送） is 某院."""
        return self._forms(text)[-1]

    def _forms(self, text: str) -> Sequence[str]:
        """As `_find_forms`, remembered: units and folders come again in every file."""
        return self._known_forms(text) if len(text) <= LONGEST else self._find_forms(text)

    def _find_forms(self, text: str) -> Sequence[str]:
        """The text as it is, then with ever less of leading numbers, 【…】, 附件N： and at last a trailing （…）."""
        forms = [normalize(text)]
        while True:
            decorations = (_NUMBER, _BRACKETS, self._attachment, _TRAILING)
            shorter = (mark.sub("", forms[-1]) for mark in decorations)
            following = next((form for form in shorter if form != forms[-1]), None)
            if following is None:
                return forms
            forms.append(following)


def _names(units: Sequence[Recipient]) -> Iterator[tuple[str, str, str]]:
    return ((unit.line, name, unit.code) for unit in units for name in (unit.name, *unit.aliases))


def _is_bare(alias: str, cities: list[str]) -> bool:
    return any(city.startswith(alias) and len(alias) >= len(city) - 1 for city in cities)
