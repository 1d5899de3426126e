"""An archived answer of a form service -> a table of one row, or of one row for each time a question group was repeated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.collect.forms import value_at
from pipelines.notice.model import Notice
from pipelines.notice.sources import AnswerSource
from pipelines.read.findings import unreadable
from pipelines.read.grid import Sheet
from pipelines.read.values import Cell


@dataclass(frozen=True)
class Record:
    """An answer's identity and its cells under the headers that the notice knows."""

    answer: str
    sheet: Sheet


def read_record(notice: Notice, source: AnswerSource, content: bytes) -> Record:
    """Raises FileRejected where the bytes are no answer that the collect stage wrote."""
    try:
        envelope = json.loads(content)
        answer, record, labels = envelope["answer"], envelope["record"], envelope["labels"]
        shared = list(_flatten({key: one for key, one in record.items() if key != source.rows_at}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise unreadable("存档的答卷读不出来") from error
    repeated = value_at(record, source.rows_at) if source.rows_at else None
    rows = [shared + list(_flatten(one)) for one in repeated] if isinstance(repeated, list) else [shared]
    headers = {
        path: header for row in rows for path, _ in row if (header := _header(notice, source, labels, path))
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
                values[header] = words.get((header, str(value)), _text(value))
        cells.append([values[title] for title in titles])
    return Record(str(answer), Sheet("答卷", [list(titles), *cells], is_typed=False))


def _flatten(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that is no list; groups are joined by a dot."""
    for name, inner in value.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(inner, Mapping):
            yield from _flatten(inner, path)
        elif isinstance(inner, list):
            if all(isinstance(one, str | int | float) for one in inner):
                yield path, "、".join(str(one) for one in inner)
        else:
            yield path, inner


def _header(notice: Notice, source: AnswerSource, labels: Mapping[str, str], path: str) -> str | None:
    """What a field is called in the notice: by the source's mapping, its question, or a column's own code."""
    leaf = path.replace("/", ".").rpartition(".")[2]
    for name in (path, leaf):
        if header := source.fields.get(name) or labels.get(name):
            return header
    codes = {
        code: column.headers[0]
        for item in notice.deliverables.values()
        for code, column in item.columns.items()
    }
    return codes.get(leaf) or (notice.words.unit_columns[0] if leaf == "unit" else None)


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
