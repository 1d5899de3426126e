"""What decisions teach: a name under which a person assigned two files to one unit can be known from then on.

The name is what the unit called itself where nothing else did: its folder's, else the beginning of the file's name before
the word that says what is reported (某院日报1109.xlsx: 某院).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.decide.record import Decision, Decisions
from pipelines.notice.model import Notice
from pipelines.read.names import Roster, stem
from pipelines.read.values import normalize

ENOUGH = 2
"""So many files assigned under one name make it worth knowing."""
_LEAST = 2
"""Shorter names say nothing."""


@dataclass(frozen=True)
class Lesson:
    """A name, the unit that it was taken for, the decisions that say so, and the paths of other files under it."""

    alias: str
    recipient: str
    decisions: tuple[Decision, ...]
    others: tuple[str, ...]

    @property
    def sentence(self) -> str:
        made = "、".join(one.id for one in self.decisions)
        told = f"这个名称已 {len(self.decisions)} 次认领给它（{made}）；认得此名以后不用再认领"
        return f"{told}，还会认出这 {len(self.others)} 个文件" if self.others else told


class Names:
    """What files call their units, by a notice's sources and words."""

    def __init__(self, notice: Notice, roster: Roster) -> None:
        self._roster = roster
        self._paths = sorted((str(one.path) for one in notice.sources if one.path), key=len, reverse=True)
        self._words = [
            normalize(word) for item in notice.deliverables.values() for word in item.file_words if word
        ]

    def of(self, path: str) -> str:
        """The name that a file lay under; '' where there is none to learn."""
        receipt = path.split("!")[0].split("#")[0]
        source = next((one for one in self._paths if receipt.startswith(f"{one}/")), None)
        if source is None or "#" in path:
            return ""
        inside = receipt.removeprefix(f"{source}/").split("/")
        name = self._roster.plain(inside[0]) if len(inside) > 1 else self._start(inside[0])
        return name if len(name) >= _LEAST else ""

    def _start(self, name: str) -> str:
        plain = self._roster.plain(stem(name))
        places = [at for word in self._words if (at := plain.find(word)) > 0]
        return re.sub(r"[-_—.\d]+$", "", plain[: min(places)]) if places else ""


def find_learnable(
    notice: Notice, decisions: Decisions, at: datetime, unknown: Iterable[str]
) -> list[Lesson]:
    """Names assigned ENOUGH times to one unit and to no other, that nobody knows yet; `unknown` are paths of nobody's files."""
    roster = Roster(notice).at(at)
    names = Names(notice, roster)
    known = {normalize(one.subject["alias"]) for one in decisions.kind("know_as") if decisions.holds(one, at)}
    found: dict[str, dict[str, list[Decision]]] = defaultdict(lambda: defaultdict(list))
    for one in decisions.kind("assign"):
        recipients = list(one.subject.get("recipients") or [])
        if len(recipients) == 1 and decisions.holds(one, at) and (name := names.of(one.subject["path"])):
            found[name][recipients[0]].append(one)
    waiting: dict[str, list[str]] = defaultdict(list)
    for path in unknown:
        waiting[names.of(path)].append(path)
    return [
        Lesson(name, code, tuple(made), tuple(waiting.get(name, ())))
        for name, by_unit in found.items()
        for code, made in by_unit.items()
        if len(by_unit) == 1
        and _files(made) >= ENOUGH
        and name not in known
        and not roster.find(name, roster.line_of(code))
    ]


def _files(made: Sequence[Decision]) -> int:
    return len({one.subject["path"] for one in made})
