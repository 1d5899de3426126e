"""The kinds of deliverable: which canonical columns each knows, and how a cell of each is read.

A notice gives columns their headers and says which are required; a kind says what they mean. A new kind
costs an entry here, a suite in expectations/, its relations in sql/ and its tests.
"""

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "date", "moment", "word", "count", "contact", "url"]
"""How a cell is read. text: outer spaces removed. word: all white space removed (lists, county names).
count: the number grammar. contact and url: NFKC, outer spaces removed. moment: a day with its time of day."""


OCCURRED = "occurred_at"
"""The column that says when an event happened; with the unit it is what the event is known by."""

OF_A_ROW = (
    *("submission_id", "sheet", "table_number", "row_number", "row_order", "is_zero_report"),
    *("row_state", "row_state_field", "path", "row", "reasons", "is_current"),
)
"""What is kept and shown of every row beside its columns: no column of a notice's own is called so."""
PARTS_OF_A_VALUE = ("_given", "_state")
"""Behind a column's code: where the value as received, and what became of it, are kept."""


@dataclass(frozen=True)
class Field:
    """One canonical column of a kind."""

    name: str
    type: FieldType
    personal: bool = False
    """Personal data never leaves the loader's private file."""


@dataclass(frozen=True)
class Kind:
    """What a deliverable can be. `open_fields` kinds take any further column the notice lists."""

    name: str
    fields: tuple[Field, ...]
    open_fields: bool = False
    is_table: bool = True

    @property
    def tells_when(self) -> bool:
        """Whether a row says when what it reports happened: only such a kind can be owed `every: event`."""
        return any(field.name == OCCURRED for field in self.fields)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "plan",
            (
                Field("unit_name", "text"),
                Field("plan_title", "text"),
                Field("column_url", "url"),
                Field("contact_name", "text", personal=True),
                Field("contact_phone", "contact", personal=True),
                Field("contact_email", "contact", personal=True),
            ),
        ),
        Kind(
            "materials",
            (
                Field("activity_date", "date"),
                Field("material_type", "word"),
                Field("title", "text"),
                Field("category", "word"),
                Field("theme", "word"),
                Field("county", "word"),
                Field("participants", "count"),
                Field("online_views", "count"),
                Field("link", "url"),
            ),
        ),
        Kind("summary", (), is_table=False),
        Kind("document", (), is_table=False),
        Kind(
            "statistics",
            (Field("unit_name", "text"), Field("period_date", "date"), Field(OCCURRED, "moment")),
            open_fields=True,
        ),
        Kind(
            "list",
            (Field("unit_name", "text"), Field("period_date", "date"), Field(OCCURRED, "moment")),
            open_fields=True,
        ),
    )
}
