"""Which period a submission of undated rows, or a document, names: what its file, its heading, its sheets or its title say.

Where nothing names one, core.period_choices tells it by when the submission came.
"""

import re
from collections.abc import Iterator

from pipelines.notice.model import Notice
from pipelines.notice.period_names import PeriodNames
from pipelines.notice.sources import BY_HAND_FOLDER
from pipelines.read.names import stem
from pipelines.read.submission import Submission

_STAMP = re.compile(r"^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}-")
"""Stands before the name of a file that somebody registered: when that was done, not what it is for."""


class NamedPeriods:
    """The periods of a notice's undated deliverables, found in what its submissions are called."""

    def __init__(self, notice: Notice) -> None:
        self._names = {
            name: PeriodNames(item.periods) for name, item in notice.deliverables.items() if item.is_undated
        }

    def of(self, one: Submission) -> Iterator[tuple[str, str]]:
        """(deliverable, period) for each deliverable that the submission holds and names a period of."""
        held = {one.deliverable, one.document, *(part.deliverable for part in one.sheets)}
        for deliverable, names in self._names.items() if held & self._names.keys() else ():
            if deliverable in held and (period := names.find(*_texts(one, deliverable))):
                yield deliverable, period


def _texts(one: Submission, deliverable: str) -> Iterator[str | None]:
    if one.answer_key is None:
        name = stem(re.split(r"[/\\!]", one.path)[-1])
        yield _STAMP.sub("", name) if one.path.startswith(f"{BY_HAND_FOLDER}/") else name
    yield one.document_title
    for part in one.sheets:
        if part.deliverable == deliverable:
            yield part.sheet
            yield from part.columns.get("plan_title", ())
