"""What a form asked when a scan looked at it: kept in the journal whenever it is another than before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Questions = Mapping[str, Sequence[str]]
"""A question, as the service calls it in answers -> its words for people, then its options where they are known."""


@dataclass(frozen=True)
class Shape:
    """One form's questions from one scan on. `form` tells it from the others that the source was pointed at."""

    source: str
    form: str
    seen_at: datetime
    questions: Questions


def shape_record(shape: Shape) -> dict[str, Any]:
    return {"record": "shape", **vars(shape)}


def shape_of(record: dict[str, Any]) -> Shape:
    """From such a line, whose moment is text; `record` is gone from it."""
    return Shape(**{**record, "seen_at": datetime.fromisoformat(record["seen_at"])})
