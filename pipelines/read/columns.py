"""Where an export of a questionnaire keeps an answer's number, its moment and what was asked."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from pipelines.notice.sources import FormExportSource
from pipelines.read.values import Cell, as_text, normalize, read_moment

SKIPPED = "(跳过)"
"""What a questionnaire writes where a question was not asked."""
_NUMBER = re.compile(r"^\d+[、.．)]")


def without_number(title: str) -> str:
    """A question's words alone; its number changes when another is inserted."""
    return _NUMBER.sub("", title)


class AnswerColumns:
    """One table's columns. A question is known by the field that it is read as, else by its words: its number changes when another is inserted."""

    def __init__(self, source: FormExportSource, titles: list[str], fields: Mapping[int, str]) -> None:
        self.titles = [normalize(title) for title in titles]
        self._number, self._moment = (
            self._find(source.answer_number),
            self._find(source.submitted_at),
        )
        metadata = {normalize(name) for name in (source.answer_number, source.submitted_at, *source.metadata)}
        self.asked: dict[int, str] = {}
        """Column -> what its question is known by; what the questionnaire fills in itself is none."""
        for index, title in enumerate(self.titles):
            if title and title not in metadata:
                known = fields.get(index) or without_number(title)
                taken = sum(one.partition("#")[0] == known for one in self.asked.values())
                self.asked[index] = f"{known}#{taken + 1}" if taken else known

    def _find(self, name: str) -> int | None:
        return self.titles.index(normalize(name)) if normalize(name) in self.titles else None

    @property
    def is_whole(self) -> bool:
        """Whether both columns that identify an answer are there."""
        return self._number is not None and self._moment is not None

    def number(self, cells: list[Cell]) -> str:
        """The answer's number, '' where it has none."""
        return as_text(_at(cells, self._number)).strip()

    def moment(self, cells: list[Cell]) -> datetime | None:
        return read_moment(_at(cells, self._moment))

    def content(self, cells: list[Cell]) -> bytes:
        """What was answered, in a form of its own: equal for equal answers, wherever the export puts them."""
        answers = {known: as_text(_at(cells, index)).strip() for index, known in self.asked.items()}
        given = {
            known: answer for known, answer in answers.items() if answer and normalize(answer) != SKIPPED
        }
        return json.dumps(given, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")


def _at(cells: list[Cell], index: int | None) -> Cell:
    return cells[index] if index is not None and index < len(cells) else None
