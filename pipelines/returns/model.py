"""What is known of a submission that goes back, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

FILE_LEVEL = frozenset({"unreadable", "encrypted", "too_large", "unsafe_archive", "unsupported_format"})
"""Reasons for which nobody opens the file again."""
WHOLE_ROW = frozenset({"other_unit", "misaligned_row", "repeated_row"})
"""Reasons that speak of a row, wherever they stand."""


@dataclass(frozen=True)
class Fault:
    """One fault of one row. `column_number` is None where the sheet has no such column; `value` what stands there.

    `cell_row` is where the value stands: a form's row is numbered by its first label. `others` are columns that must agree
    with this one. `renamed` is [column, row, text, whether it surely is the one] of a header that should be this field's."""

    sheet: str
    row_number: int
    column_number: int | None
    column_name: str
    header: str
    value: str | None
    sentence: str
    example: str
    reason: str = ""
    table_number: int = 1
    cell_row: int | None = None
    others: tuple[int, ...] = ()
    renamed: tuple[int, int, str, bool] | None = None

    @property
    def is_of_row(self) -> bool:
        """It speaks of the row as a whole: no single cell puts it right."""
        return self.reason in WHOLE_ROW or not self.column_name


@dataclass(frozen=True)
class Part:
    """A recognised table: its header row, data rows and read columns, all numbered from 1 in its sheet. `sheet` is its name."""

    header_row: int
    rows: frozenset[int]
    columns: frozenset[int]
    sheet: str = ""

    @property
    def is_form(self) -> bool:
        """Its one row is where its first label stands."""
        return self.rows == {self.header_row}


@dataclass(frozen=True)
class Returned:
    """A submission to give back: a job for a child process. All that it needs to say, and where the bytes are."""

    submission_id: str
    receipt_id: str
    source: str
    path: str
    """As in every list: members behind `!`, answers behind `#`."""
    receipt_path: str
    object_path: str
    sha256: str
    format: str | None
    recipient_code: str | None
    recipient: str
    deliverable: str | None
    deliverable_name: str
    received_at: datetime
    is_answer: bool
    state: str
    reason: str | None
    sentence: str | None
    row_count: int
    rejected_row_count: int
    faults: Sequence[Fault] = ()
    parts: Mapping[int, Part] = field(default_factory=dict)
    """By the table's number in the file."""
    notes: Sequence[str] = ()
    """What else was noted of it: not why it goes back, but to be looked at again."""
    title: str = ""
    """What an answer was about."""

    @property
    def name(self) -> str:
        """The file's own name, without archive and folder; an answer's number."""
        if self.is_answer:
            return f"答卷 {self.path.rpartition('#')[2]}"
        inside = self.path.removeprefix(self.receipt_path).removeprefix("!")
        return (inside.rpartition("!")[2] if inside else self.receipt_path).rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The name as people are told it: an answer with what it was about."""
        return f"{self.name}（{self.title}）" if self.title else self.name

    def say(self, fault: Fault) -> str:
        """The reason; an answer's unit knows nothing of the row that it is in an export."""
        return fault.sentence.removeprefix(f"第{fault.row_number}行") if self.is_answer else fault.sentence

    @property
    def headline(self) -> str:
        """The whole in one sentence, for the sheet, the letter and the mail."""
        if self.state == "partly accepted":
            kept = self.row_count - self.rejected_row_count
            return f"共 {self.row_count} 行：{kept} 行已收下，{self.rejected_row_count} 行有问题，没有计入。"
        if self.is_answer and self.faults:
            return "答卷有问题，没有计入。"
        return self.sentence or "没有收下。"


@dataclass(frozen=True)
class Outcome:
    """What a child made of it: a file's bytes and suffix."""

    submission_id: str
    suffix: str
    content: bytes
