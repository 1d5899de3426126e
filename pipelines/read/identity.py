"""The id that a template carries in a hidden sheet: whose it is and what it is for (contract section 5, evidence 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.notice.model import Notice
from pipelines.read.values import Cell

MARK = "notices-template"
"""The hidden sheet's name, and what its first cell says: other hidden sheets are never opened."""
ROWS = 4
"""How many rows an id takes."""


@dataclass(frozen=True)
class TemplateId:
    """The notice, recipient and deliverable that a template was made for."""

    notice_id: str
    recipient_code: str
    deliverable: str

    def rows(self) -> list[tuple[str, str]]:
        """The hidden sheet's cells."""
        return [
            (MARK, "1"),
            ("notice", self.notice_id),
            ("recipient", self.recipient_code),
            ("deliverable", self.deliverable),
        ]


def read_identity(rows: Sequence[Sequence[Cell]]) -> TemplateId | None:
    """The id in a hidden sheet's first rows; None where they hold something else."""
    given = {str(row[0]).strip(): str(row[1]).strip() for row in rows[:ROWS] if len(row) > 1}
    if MARK not in given:
        return None
    return TemplateId(*(given.get(name, "") for name in ("notice", "recipient", "deliverable")))


def known_identity(notice: Notice, found: TemplateId | None) -> TemplateId | None:
    """An id that this notice knows; one of another notice, or of nobody, is passed over."""
    if found is None or found.notice_id != notice.id or found.deliverable not in notice.deliverables:
        return None
    known = {recipient.code for recipient in notice.recipients if recipient.line}
    return found if found.recipient_code in known else None
