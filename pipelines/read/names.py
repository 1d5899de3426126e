"""Whose a file is: names on folders, files and sheets -> recipients, inside the line they report on."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipelines.notice.model import Notice
from pipelines.read.values import normalize

_NUMBER = re.compile(r"^\d+[-_.、—]+")
_BRACKETS = re.compile(r"^【[^】]*】")
_TRAILING = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Location:
    """Where a file lay: its source, the unit's folder ('' where it lay beside them), and its names from inside out."""

    path: str
    line: str
    folder: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: str, source_path: str, line: str) -> "Location":
        """`path` is relative to the inbox and starts with the source's; archive members are joined by `!`."""
        outer, *members = path.split("!")
        inside = PurePosixPath(outer).relative_to(source_path).parts
        names = [PurePosixPath(member).name for member in reversed(members)]
        return cls(path, line, inside[0] if len(inside) > 1 else "", (*names, inside[-1]))

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def stem(self) -> str:
        return stem(self.name)


def stem(name: str) -> str:
    """A name without its suffix; a dot further in belongs to the name."""
    return PurePosixPath(name).stem


class Roster:
    """All names that recipients go by, ready to be looked up."""

    def __init__(self, notice: Notice) -> None:
        self._by_line: dict[str, dict[str, str]] = {line: {} for line in (*notice.lines, "")}
        self._everywhere: dict[str, str] = {}
        marks = "|".join(re.escape(normalize(mark)) for mark in notice.words.attachment_mark)
        self._attachment = re.compile(rf"^(?:{marks})[\d一二三四五六七八九十]*[-_:.、]*")
        for recipient in notice.recipients:
            for alias in (recipient.name, *recipient.aliases):
                self._by_line[recipient.line][normalize(alias)] = recipient.code
                self._everywhere.setdefault(normalize(alias), recipient.code)
        cities = [normalize(city.name) for city in notice.cities]
        self._starts = {
            line: sorted((alias for alias in names if not _is_bare(alias, cities)), key=len, reverse=True)
            for line, names in self._by_line.items()
        }

    def find(self, text: str, line: str) -> str | None:
        """The recipient of this line whose name the whole text is, decorations aside."""
        return next((code for form in self._forms(text) if (code := self._by_line[line].get(form))), None)

    def find_declared(self, text: str, line: str) -> str | None:
        """As `find`, and where this line has nobody of that name, whoever has it."""
        return self.find(text, line) or next(
            (code for form in self._forms(text) if (code := self._everywhere.get(form))), None
        )

    def is_of_line(self, code: str, line: str) -> bool:
        return code in self._by_line[line].values()

    def find_start(self, name: str, line: str) -> str | None:
        """The recipient with the longest name that a file's name starts with; a bare city name is too little."""
        for form in self._forms(stem(name)):
            for alias in self._starts[line]:
                if form.startswith(alias):
                    return self._by_line[line][alias]
        return None

    def _forms(self, text: str) -> list[str]:
        """The text as it is, then without leading numbers, 【…】, 附件N： and a trailing （…）."""
        plain = bare = normalize(text)
        while True:
            shorter = _TRAILING.sub("", self._attachment.sub("", _BRACKETS.sub("", _NUMBER.sub("", bare))))
            if shorter == bare:
                return [plain, bare] if bare != plain else [plain]
            bare = shorter


def _is_bare(alias: str, cities: list[str]) -> bool:
    return any(city.startswith(alias) and len(alias) >= len(city) - 1 for city in cities)
