"""Which rows only say that there was nothing, and what of a row of numbers that makes zero (contract 4.4, zero report)."""

from collections.abc import Collection, Sequence
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.read.layout.model import is_filled
from pipelines.read.layout.words import Words
from pipelines.read.rows.body import Columns
from pipelines.read.values import as_text, normalize

KINDS_OF_MATERIAL = ("material_type", "category")
PRINTED = ("activity_date", "period_date", "unit_name")
"""Fields that say nothing of what there was."""
BLANK = "blank"
ZERO = "zero_report"
"""The state of an indicator that a zero word makes 0, in a row that says nothing else."""


def judge_zero(columns: dict[str, list[Any]], cells: Columns, words: Words) -> tuple[list[bool], list[bool]]:
    """(is a zero report, is ambiguous) of each row. Type and category of a zero report are emptied: it has none."""
    count = len(cells.rows)
    zero, ambiguous = [False] * count, [False] * count
    titles = columns.get("title_given", [None] * count)
    may_begin = words.may_begin_zero
    for index in (at for at, title in enumerate(titles) if title is None or may_begin[title[:1]]):
        title = titles[index]
        if title is None:
            if word := _only_word(columns, cells, index, words):
                for name in ("title", "title_given"):  # a table without that column says it all the same
                    columns.setdefault(name, [None] * count)[index] = word
                columns.setdefault("title_state", [None] * count)
                zero[index] = True
        elif words.is_zero(title):
            is_kind_given = any(
                _says(columns.get(f"{name}_given"), index, words) for name in KINDS_OF_MATERIAL
            )
            if is_kind_given and any(_is_positive(columns.get(name), index) for name in _counts(columns)):
                ambiguous[index] = True
            else:
                zero[index] = True
    for name in KINDS_OF_MATERIAL if True in zero else ():
        if name in columns:
            for index in (place for place, is_zero in enumerate(zero) if is_zero):
                columns[name][index] = columns[f"{name}_given"][index] = columns[f"{name}_state"][index] = (
                    None
                )
    return zero, ambiguous


def _only_word(columns: dict[str, list[Any]], cells: Columns, index: int, words: Words) -> str:
    """The zero word that is a row's only text besides row number, date and unit; '' where it says anything else.

    The field in whose column it stands says nothing of its own."""
    word, stood = "", list[str]()
    for column in cells.table.columns:
        cell = cells.of(column)[index]
        if column.kind in ("number", "unit") or column.field in PRINTED or not is_filled(cell):
            continue
        text = as_text(cell)
        if words.is_zero(text):
            word = word or text.strip()
            stood += [column.field] if column.field else []
        elif not (normalize(text) in words.not_applicable or normalize(text).strip("0.") == ""):
            return ""
    for name in stood:
        if f"{name}_given" in columns and name != "title":
            columns[name][index] = columns[f"{name}_given"][index] = None
            columns[f"{name}_state"][index] = BLANK if name in _counts(columns) else None
    return word


def take_zero(
    columns: dict[str, list[Any]],
    cells: Columns,
    words: Words,
    indicators: Sequence[str],
    texts: Collection[str] = (),
) -> list[bool]:
    """Which rows of numbers are zero reports: a zero word in any column is 0 in the indicators that are blank or hold it.

    In a column of the notice's own that is no number (`texts`) 无 says nothing of the numbers: there is no such text.

    What is taken so keeps the word as received. A row that says a number besides is no zero report, though its blanks are 0."""
    found = [_zero_word(cells, index, words, texts) for index in range(len(cells.rows))]
    for name in indicators if any(found) else ():
        for part, empty in (("", None), ("_given", None), ("_state", BLANK)):
            columns.setdefault(f"{name}{part}", [empty] * len(found))
    return [
        bool(word) and _fill_zero(columns, index, word, words, indicators) for index, word in enumerate(found)
    ]


def empty_zero(columns: dict[str, list[Any]], cells: Columns, words: Words, item: Deliverable) -> list[bool]:
    """Which rows of a list only say that there is nothing: by a zero word alone in the row, or as what the item is called.

    Such a row has no value in any of the notice's own columns."""
    count, own = len(cells.rows), item.open_columns
    found = [
        bool(_only_word(columns, cells, index, words)) or _is_called_nothing(columns, index, words, item)
        for index in range(count)
    ]
    for name in own if any(found) else ():
        for part in ("", "_given", "_state"):
            blank = BLANK if part == "_state" and name in item.indicators else None
            columns.setdefault(f"{name}{part}", [blank] * count)
        for index in (place for place, is_zero in enumerate(found) if is_zero):
            columns[name][index] = columns[f"{name}_given"][index] = None
            columns[f"{name}_state"][index] = ZERO
    return found


def _is_called_nothing(columns: dict[str, list[Any]], index: int, words: Words, item: Deliverable) -> bool:
    """Whether a zero word stands for the item, and no other column of the notice's own says anything."""
    name = item.identity[0]
    given = columns.get(f"{name}_given")
    others = (columns.get(f"{one}_given") for one in item.open_columns if one != name)
    return (
        given is not None
        and given[index] is not None
        and words.is_zero(given[index])
        and not any(_says(other, index, words) for other in others)
    )


def _zero_word(cells: Columns, index: int, words: Words, texts: Collection[str]) -> str:
    for column in cells.table.columns:
        text = as_text(cells.of(column)[index])
        if words.is_zero(text) and not (column.field in texts and normalize(text) in words.not_applicable):
            return text.strip()
    return ""


def _fill_zero(
    columns: dict[str, list[Any]], index: int, word: str, words: Words, indicators: Sequence[str]
) -> bool:
    """Whether the row says nothing besides. The field of another kind in whose column the word stands says nothing of its own."""
    for name in (given.removesuffix("_given") for given in columns if given.endswith("_given")):
        if name not in indicators and words.is_zero(columns[f"{name}_given"][index]):
            columns[name][index] = columns[f"{name}_given"][index] = columns[f"{name}_state"][index] = None
    blank = [
        name
        for name in indicators
        if columns[f"{name}_state"][index] == BLANK or words.is_zero(columns[f"{name}_given"][index])
    ]
    is_alone = all(
        columns[name][index] == 0 or columns[f"{name}_state"][index] == "not_applicable"
        for name in indicators
        if name not in blank
    )
    for name in blank:
        columns[name][index], columns[f"{name}_given"][index] = 0, word
        columns[f"{name}_state"][index] = ZERO if is_alone else "number"
    return is_alone and bool(blank)


def _says(given: Sequence[str | None] | None, index: int, words: Words) -> bool:
    text = given[index] if given else None
    return text is not None and normalize(text) not in words.not_applicable


def _counts(columns: dict[str, list[Any]]) -> list[str]:
    return [name for name in ("participants", "online_views") if name in columns]


def _is_positive(values: Sequence[int | None] | None, index: int) -> bool:
    return bool(values) and (values[index] or 0) > 0  # type: ignore[index]
