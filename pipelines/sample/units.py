"""Who sends: the units that owe something, how each spells its folder, and which of them keep silent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest
from pathlib import PurePosixPath
from random import Random

from pipelines.notice.model import Notice, Recipient
from pipelines.notice.sources import FolderSource
from pipelines.sample.phrases import load_phrases

SILENT_EVERY = 11
"""One unit in so many sends nothing at all."""


@dataclass(frozen=True)
class Unit:
    """A unit that sends files: its folder's path from the inbox, and whether its daily rows come by questionnaire."""

    recipient: Recipient
    source: FolderSource
    folder: str
    uses_form: bool


def choose_recipients(notice: Notice, limit: int | None) -> list[Recipient]:
    """Recipients that owe something and have a folder to send it to; with a limit, of every kind in turn."""
    owners = {kind for item in notice.deliverables.values() for kind in item.sent_by}
    lines = {source.line for source in notice.sources if isinstance(source, FolderSource)}
    able = [one for one in notice.recipients if one.kind in owners and one.line in lines]
    if limit is None or limit >= len(able):
        return able
    by_kind: dict[str, list[Recipient]] = defaultdict(list)
    for one in able:
        by_kind[one.kind].append(one)
    in_turn = [one for one in chain.from_iterable(zip_longest(*by_kind.values())) if one is not None]
    return in_turn[: max(limit, 1)]


def make_units(notice: Notice, recipients: list[Recipient], seed: int) -> tuple[list[Unit], int]:
    """The units that send, and how many others keep silent."""
    units = []
    for position, recipient in enumerate(recipients):
        if position % SILENT_EVERY == 3:
            continue
        rng = Random(f"{seed}/unit/{recipient.code}")
        has_form = any(
            source.kind == "form_export" and source.line == recipient.line for source in notice.sources
        )
        folders = [
            source
            for source in notice.sources
            if isinstance(source, FolderSource) and source.line == recipient.line
        ]
        source = rng.choice(folders)
        folder = f"{source.path}/{_spell_folder(recipient, position + 1, rng)}"
        units.append(Unit(recipient, source, folder, has_form and position % 5 == 2))
    return units, len(recipients) - len(units)


def _spell_folder(recipient: Recipient, number: int, rng: Random) -> str:
    """The unit's name or an alias, alone or with a number before or a remark behind it."""
    mark = rng.choice(load_phrases().folder_marks)
    alias = rng.choice(recipient.aliases)
    ways = [
        recipient.name,
        alias,
        f"{number:02}-{recipient.name}",
        f"{alias}（{mark}）",
        f"【{mark}】{recipient.name}",
    ]
    return rng.choices(ways, weights=[4, 3, 2, 2, 1])[0]


class Desk:
    """What a unit has at hand while it makes its files: its names, its dice, and the paths already given away."""

    def __init__(self, notice: Notice, unit: Unit, rng: Random, opens_at: datetime, now: datetime) -> None:
        self.notice, self.unit, self.rng = notice, unit, rng
        self.opens_at, self.now = opens_at, now
        self._taken: set[str] = set()
        self._numbers = 0

    @property
    def code(self) -> str:
        return self.unit.recipient.code

    def next_number(self) -> int:
        """A number that this unit has not used: it makes titles and bytes unlike all others."""
        self._numbers += 1
        return self._numbers

    def name_file(self, deliverable: str, day: datetime | None, *, mark: str = "") -> str:
        """A file's name without suffix that holds the deliverable's word, decorated as units do."""
        phrases, rng, notice = load_phrases(), self.rng, self.notice
        word = rng.choice(notice.deliverables[deliverable].file_words)
        attachment = f"{rng.choice(notice.words.attachment_mark)}{phrases.attachment_number}"
        front = rng.choice(["", "", self.unit.recipient.name, f"{attachment}{self.unit.recipient.name}"])
        return f"{mark}{front}{word}{f'{day:%m%d}' if day and rng.random() < 0.4 else ''}{rng.choice(phrases.name_endings)}"

    def place(self, stem: str, suffix: str, day: datetime | None = None) -> str:
        """A free path in the unit's folder, sometimes in a folder of the day."""
        folders = ["", "", f"{day:%m%d}/", f"{day.month}月{day.day}日/"] if day else [""]
        return self.take(f"{self.unit.folder}/{self.rng.choice(folders)}{stem}{suffix}")

    def take(self, path: str) -> str:
        """The path, or where it is taken the next one with (2), (3), ... in front of its suffix."""
        plain, number = PurePosixPath(path), 1
        while path in self._taken:
            number += 1
            path = str(plain.with_name(f"{plain.stem}({number}){plain.suffix}"))
        self._taken.add(path)
        return path

    def arrive(self, moment: datetime) -> datetime:
        """A moment inside what the sample covers."""
        return min(max(moment, self.opens_at), self.now)
