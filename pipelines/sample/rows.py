"""Rows of a deliverable: valid ones, and ones with faults whose reason is known beforehand.

Knows the kinds' columns by their canonical names; headers, words and names come from the notice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice, Recipient
from pipelines.sample.cells import draw_count, spell_amount, spell_count, spell_date, spell_moment, spell_word
from pipelines.sample.grids import Cell
from pipelines.sample.phrases import load_phrases

REASONS = (
    "missing_required", "bad_date", "outside_window", "not_in_list", "bad_number", "negative_number",
    "unknown_county", "bad_url", "bad_phone", "bad_email",
)  # fmt: skip
"""The reasons that one cell can have, in the order in which one must be named first (contract section 6)."""
ORDER = (
    "other_unit", "misaligned_row", "missing_required", "cell_error", "ambiguous_value", "repeated_row", *REASONS[1:],
)  # fmt: skip
"""All of a row's reasons in that order."""


@dataclass
class Row:
    """One row in canonical columns, and the faults that were put into it."""

    cells: dict[str, Cell]
    faults: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)
    """Columns that hold a fault."""

    @property
    def reason(self) -> str | None:
        return next((reason for reason in ORDER if reason in self.faults), None)


class RowMaker:
    """Makes rows of one deliverable for one recipient."""

    def __init__(self, notice: Notice, deliverable: str, recipient: Recipient, rng: Random) -> None:
        self.notice, self.deliverable, self.recipient, self.rng = notice, deliverable, recipient, rng
        self.item: Deliverable = notice.deliverables[deliverable]
        self.window = notice.window(deliverable)
        self.counties = [
            one.name
            for one in notice.regions
            if one.level == "county" and one.parent_code == recipient.city_code
        ]
        self.columns: list[str] = list(self.item.columns)

    def choose_columns(self) -> None:
        """Drops some optional columns and shuffles the rest, as units do."""
        chosen = [
            name for name, column in self.item.columns.items() if column.required or self.rng.random() < 0.8
        ]
        self.rng.shuffle(chosen)
        self.columns = chosen

    def make_row(self, day: date | None, number: int, *, typed: bool) -> Row:
        """A valid row; `number` makes its title unlike any other."""
        row = Row({name: self._make_cell(name, day, number, typed) for name in self.columns})
        row.cells |= self._compared(row, typed=typed)
        return row

    def _compared(self, row: Row, *, typed: bool) -> dict[str, Cell]:
        """Numbers that the notice compares, each as great as it has to be; what is not given stays so."""
        item, rng = self.item, self.rng
        names = dict.fromkeys(name for one in item.row_checks for name in (*one.pair, one.left))
        least, step = rng.randrange(0, 500), rng.randrange(1, 50)
        found: dict[str, Cell] = {}
        for name in names:
            if row.cells.get(name) in (None, *self.notice.words.not_applicable):
                continue
            if item.is_count(name):
                value = least + step * item.rank(name)
                found[name] = spell_count(value, self.notice.words, rng, typed=typed)
            else:
                found[name] = spell_amount(item.columns[name], rng, item.rank(name))
        return found

    def make_all_zero(self, row: Row) -> Row:
        """A table's row that says by one word that there was nothing."""
        name, *others = [name for name in self.columns if name in self.item.indicators]
        word = self.rng.choice(self.notice.words.zero_report)
        return Row({**row.cells, **dict.fromkeys(others), name: word})

    def count_again(self, row: Row, *, typed: bool) -> Row:
        """The same row with other numbers: a correction."""
        counts = {
            name: self._spell_number(name, typed=typed)
            for name in self.columns
            if self.item.field(name).type == "count"
        }
        return Row({**row.cells, **counts})

    def make_zero_report(self, day: date, *, typed: bool) -> Row:
        cells: dict[str, Cell] = dict.fromkeys(self.columns)
        if dated := self.item.dated_by:
            cells[dated] = spell_date(day, self.window, self.rng, typed=typed)
        cells[(*self.item.identity, "title")[0]] = self.rng.choice(self.notice.words.zero_report)
        return Row(cells)

    def _make_cell(self, name: str, day: date | None, number: int, typed: bool) -> Cell:
        column, rng, phrases = self.item.columns[name], self.rng, load_phrases()
        kind = self.item.field(name).type
        if not column.required and rng.random() < 0.3:
            return (
                None
                if kind == "count" or rng.random() < 0.7
                else rng.choice(self.notice.words.not_applicable)
            )
        if kind == "date":
            return spell_date(day, self.window, rng, typed=typed) if day else None
        if kind == "moment":
            return spell_moment(day, rng) if day else None
        if kind == "count":
            if rng.random() < 0.08:
                return rng.choice(self.notice.words.not_applicable)
            return self._spell_number(name, typed=typed)
        if column.list:
            return spell_word(rng.choice(list(self.notice.lists[column.list].values())), rng)
        if name == "county":
            return spell_word(rng.choice(self.counties), rng) if self.counties else None
        if kind == "url":
            return f"{rng.choice(['http', 'https'])}://www.example.cn/{self.recipient.code.lower()}/{number}.html"
        if name in self.item.open_columns:
            return self._make_own(name, number)
        return self._make_text(name, number, phrases.contacts)

    def _make_own(self, name: str, number: int) -> str:
        """A text of a column of the notice's own."""
        column = self.item.columns[name]
        told = {"phone": "contact_phone", "email": "contact_email"}.get(column.type)
        if told:
            return self._make_text(told, number, ())
        if column.type == "yes_no":
            return self.rng.choice([*self.notice.words.yes, *self.notice.words.no])
        if column.pattern:
            return column.example or ""
        return make_title(number, self.rng)[: column.max_length]

    def _spell_number(self, name: str, *, typed: bool) -> Cell:
        if self.item.is_count(name):
            value = self.item.columns[name].nearest_whole(draw_count(self.rng))
            return spell_count(value, self.notice.words, self.rng, typed=typed)
        return spell_amount(self.item.columns[name], self.rng)

    def _make_text(self, name: str, number: int, contacts: Sequence[str]) -> str:
        rng, code = self.rng, self.recipient.code.lower()
        if name == "unit_name":
            return rng.choice([self.recipient.name, *self.recipient.aliases])
        if name == "contact_name":
            return rng.choice(contacts)
        if name == "contact_phone":
            return rng.choice(["1380000", "010-1000"]) + f"{rng.randrange(10_000):04}"
        if name == "contact_email":
            return f"{code}@example.cn"
        if name == "title":
            return rng.choices(["{}", " {} "], weights=[9, 1])[0].format(make_title(number, rng))
        return make_title(number, rng)

    def spoil(self, row: Row, reason: str) -> bool:
        """Puts a fault of this reason into the row; False where no column of the row can have it."""
        wrong = self._wrong_cells(reason)
        columns = [name for name in self.columns if name not in row.spoiled and self._can_have(name, reason)]
        if not columns or not wrong:
            return False
        name = self.rng.choice(columns)
        row.cells[name] = self.rng.choice(wrong)()
        row.spoiled.add(name)
        row.faults.add(reason)
        return True

    def _can_have(self, name: str, reason: str) -> bool:
        column, kind = self.item.columns[name], self.item.field(name).type
        if reason == "missing_required":
            return (
                column.required and name != "unit_name" and kind != "date"
            )  # a blank day is that of the row above
        return {
            "bad_date": kind == "date",
            "outside_window": name == self.item.dated_by and self.window is not None,
            "not_in_list": column.list is not None or self._is(name, "yes_no"),
            "bad_number": self.item.is_count(name),
            "negative_number": self.item.is_count(name),
            "unknown_county": name == "county" and bool(self.counties),
            "bad_url": kind == "url",
            "bad_phone": name == "contact_phone" or self._is(name, "phone"),
            "bad_email": name == "contact_email" or self._is(name, "email"),
        }[reason]

    def _is(self, name: str, kind: str) -> bool:
        """Whether a column of the notice's own holds this."""
        return name in self.item.open_columns and self.item.columns[name].type == kind

    def _wrong_cells(self, reason: str) -> list[Callable[[], Cell]]:
        """Ways to write what this reason refuses."""
        phrases, rng = load_phrases(), self.rng
        texts: dict[str, Sequence[Cell]] = {
            "missing_required": [None, "", "  "],
            "bad_date": [
                *phrases.no_date,
                f"{self.notice.opens.year}-13-40",
                f"{self.notice.opens.year}年2月30日",
            ],
            "outside_window": self._days_outside(),
            "not_in_list": [phrases.no_word],
            "bad_number": [*phrases.no_number, "1.5", "3-5", "100 200", "100\n200"],
            "negative_number": [-rng.randrange(1, 500), f"-{rng.randrange(1, 500)}"],
            "unknown_county": [phrases.no_county, *self._foreign_counties()],
            "bad_url": [
                phrases.no_url,
                "ftp://www.example.cn/1",
                "https://",
                "javascript:alert(1)",
            ],
            "bad_phone": ["1380000", "80000000", "1380000000x"],
            "bad_email": [f"{self.recipient.code}.example.cn", "liaison@", "@example.cn"],
        }
        return [lambda value=value: value for value in texts[reason]]  # type: ignore[misc]

    def _days_outside(self) -> list[str]:
        if self.window is None:
            return []
        first, last = self.window
        return [(first - timedelta(days)).isoformat() for days in (1, 7)] + [
            (last + timedelta(days)).isoformat() for days in (1, 3)
        ]

    def _foreign_counties(self) -> list[str]:
        """Counties of other cities, those with a namesake in this one apart."""
        found = [
            one.name
            for one in self.notice.regions
            if one.level == "county" and one.parent_code != self.recipient.city_code
        ]
        return [name for name in found if name not in self.counties]


def make_title(number: int, rng: Random) -> str:
    phrases = load_phrases()
    return phrases.title_form.format(
        start=rng.choice(phrases.title_starts), thing=rng.choice(phrases.title_things), number=number
    )
