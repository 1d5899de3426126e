"""An archived answer of a form service -> a table of one row, or of one row for each time a question group was repeated."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.collect.record_paths import value_at
from pipelines.notice.model import Notice
from pipelines.notice.questions import ROWS, TITLE, UNIT, ZERO, zero_of
from pipelines.notice.sources import AnswerSource
from pipelines.read.findings import unreadable
from pipelines.read.grid import Sheet
from pipelines.read.opening import opening
from pipelines.read.repeats import Values, rows_in
from pipelines.read.values import Cell


@dataclass(frozen=True)
class Record:
    """An answer's identity and its cells under the headers that the notice knows."""

    answer: str
    sheet: Sheet
    withdrawn: str = ""
    """Why the service no longer stands by it; then it has no cells."""
    submitter: str = ""
    """Whose access it was sent with, as the service calls them."""
    documents: tuple[str, ...] = ()
    """Deliverables for which it brought a document."""


def read_record(notice: Notice, source: AnswerSource, content: bytes) -> Record:
    """Raises FileRejected where the bytes are no answer that the collect stage wrote."""
    with opening(unreadable("存档的答卷读不出来")):
        envelope = json.loads(content)
        answer, record = str(envelope["answer"]), dict(envelope["record"])
        labels = _texts({**envelope["labels"], **envelope.get("was", {})})
        options = {name: _texts(called) for name, called in envelope.get("options", {}).items()}
        withdrawn = str(envelope.get("withdrawn") or "")
        rows_at = source.rows_at or (ROWS if ROWS in record else None)
        rows = rows_in(record, rows_at, _Needed(notice, source, labels))
    if withdrawn:
        return Record(answer, Sheet("答卷", [], is_typed=False), withdrawn)
    if value_at(record, ZERO):
        tables = [one.columns for one in notice.deliverables.values() if TITLE in one.columns]
        rows = [
            [*row, *((code, None) for one in tables for code in one if code not in dict(row))] for row in rows
        ]
    # A list of which there was nothing has its columns all the same: they tell what it is.
    for name, item in notice.deliverables.items():
        if item.kind == "list" and value_at(record, zero_of(name)):
            rows = [[*row, *((code, None) for code in item.columns if code not in dict(row))] for row in rows]
    codes = _codes(notice, {_leaf(path) for row in rows for path, _ in row})
    headers = {
        path: header
        for row in rows
        for path, _ in row
        if (header := _header(notice, source, labels, codes, path))
    }
    titles = list(dict.fromkeys(headers.values()))
    words = _list_words(notice)
    cells: list[list[Cell]] = []
    for row in rows:
        # Where two fields are read as one column, as a choice and its "other", the one that was filled in counts.
        values = dict.fromkeys(titles, "")
        for path, value in row:
            header = headers.get(path)
            if header and value not in (None, "") and not values[header]:
                values[header] = _in_words(words, header, renamed(path, value, options))
        cells.append([values[title] for title in titles])
    asked = {path.replace("/", ".").rpartition(".")[2] for row in rows for path, value in row if value}
    return Record(
        answer,
        Sheet("答卷", [list(titles), *cells], is_typed=False),
        submitter=str(value_at(record, "__system.submitterName") or ""),
        documents=tuple(
            code for code, one in notice.deliverables.items() if not one.columns and code in asked
        ),
    )


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    """What is called by a text: a service may name a thing by anything, and that is no name."""
    return {name: called for name, called in given.items() if isinstance(called, str)}


def _in_words(words: Mapping[tuple[str, str], str], header: str, value: Any) -> str:
    """A choice's code as its word; of several choices, which come as codes with spaces between them, each."""
    parts = str(value).split()
    if len(parts) > 1 and all((header, part) in words for part in parts):
        return "、".join(words[(header, part)] for part in parts)
    return words.get((header, str(value)), _text(value))


def renamed(path: str, value: Any, options: Mapping[str, Mapping[str, str]]) -> Any:
    """The answer with options called as they were before somebody renamed them."""
    called = options.get(path) or options.get(path.replace("/", ".").rpartition(".")[2])
    if not called or not isinstance(value, str):
        return value
    return "、".join(called.get(part, part) for part in value.split("、"))


@dataclass(frozen=True)
class _Needed:
    """Whether a repeated group answers a required question that nothing around it answers."""

    notice: Notice
    source: AnswerSource
    labels: Mapping[str, str]

    def __call__(self, own: Values, around: Values) -> bool:
        required = {
            header
            for item in self.notice.deliverables.values()
            for column in item.columns.values()
            if column.required
            for header in column.headers
        }
        return bool((self._headers(own) - self._headers(around)) & required)

    def _headers(self, values: Values) -> set[str | None]:
        codes = _codes(self.notice, {_leaf(path) for path, _ in values})
        return {_header(self.notice, self.source, self.labels, codes, path) for path, _ in values}


def _leaf(path: str) -> str:
    return path.replace("/", ".").rpartition(".")[2]


def _codes(notice: Notice, asked: Collection[str]) -> dict[str, str]:
    """Column's code -> its header; of a code that several deliverables have, that of the one whose columns are asked for most."""
    tables = sorted(notice.deliverables.values(), key=lambda item: len(item.columns.keys() & asked))
    return {code: column.headers[0] for item in tables for code, column in item.columns.items()}


def _header(
    notice: Notice, source: AnswerSource, labels: Mapping[str, str], codes: Mapping[str, str], path: str
) -> str | None:
    """What a field is called in the notice: by the source's mapping, its question, or a column's own code."""
    leaf = _leaf(path)
    for name in (path, leaf):
        if header := source.fields.get(name) or labels.get(name):
            return header
    own = {UNIT: notice.words.unit_columns[0], ZERO: codes.get(TITLE)}
    own |= {
        zero_of(name): item.columns[item.identity[0]].headers[0]
        for name, item in notice.deliverables.items()
        if item.kind == "list"
    }
    # A name in Chinese may be a header itself: the layout says whether it is one that the notice knows.
    return codes.get(leaf) or own.get(leaf) or (None if leaf.isascii() else leaf)


def _list_words(notice: Notice) -> dict[tuple[str, str], str]:
    """(header, code) -> word: forms may store the code of a choice, of a unit or of a county."""
    places = {region.code: region.name for region in notice.regions if region.level == "county"}
    units = {recipient.code: recipient.name for recipient in notice.recipients}
    found = {
        (header, code): name
        for header in (*notice.words.unit_columns, *notice.words.reporting_unit)
        for code, name in units.items()
    }
    for item in notice.deliverables.values():
        for field, column in item.columns.items():
            words = notice.lists[column.list] if column.list else places if field == "county" else {}
            found |= {(header, code): word for header in column.headers for code, word in words.items()}
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
