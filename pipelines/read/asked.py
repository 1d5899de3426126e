"""What an export of a questionnaire asks and was answered, as plain text: what one export is compared with the next by."""

from collections.abc import Mapping
from dataclasses import dataclass

UNIT = "unit_name"
"""What a column that names the unit is called here, whatever the deliverable calls it."""


@dataclass(frozen=True)
class Asked:
    """One table of an export: its questions, and each answer's text under them."""

    deliverable: str
    titles: list[str]
    fields: list[str]
    """By column, what the notice reads it as; '' for nothing."""
    metadata: list[int]
    """Columns that the questionnaire fills in itself."""
    keys: list[tuple[str, str]]
    """By answer, its number and its moment (ISO), '' where the column was not found."""
    rows: list[list[str]]
    is_whole: bool
    """Both columns that identify an answer were found."""


@dataclass(frozen=True)
class Outlined:
    """One export's tables; none where it cannot be opened."""

    receipt_id: str
    tables: list[Asked]


def key_of(number: str, moment: str) -> str:
    return f"{number}|{moment}"


PARTED = "┋"
"""What parts the options of one answer."""


def rename_options(text: str, options: Mapping[str, str]) -> str:
    return PARTED.join(options.get(part.strip(), part) for part in text.split(PARTED))
