"""Where values stand in the record of a form service's answer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value at exactly `path`: a key as it is, or keys of nested groups joined by `.` or `/`; None where there is none."""
    if path in record:
        return record[path]
    value: Any = record
    for name in path.replace("/", ".").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def find(record: Mapping[str, Any], path: str) -> Any:
    """The value at `path`: a key as it is, keys of nested groups joined by `.` or `/`, or the last of them alone."""
    value = value_at(record, path)
    return value if value is not None or path in record else next(_anywhere(record, path), None)


def _anywhere(record: Mapping[str, Any], leaf: str) -> Iterator[Any]:
    for name, value in record.items():
        if name.rpartition("/")[2] == leaf:
            yield value
        elif isinstance(value, Mapping):
            yield from _anywhere(value, leaf)


def filled(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[tuple[str, int], Any]]:
    """(question and its how-manieth time, value) of all that holds something, in the record's order."""
    seen: Counter[str] = Counter()
    for name, value in _leaves(record, prefix):
        if value not in (None, "", [], {}):
            yield (name, seen[name]), value
        seen[name] += 1


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, Mapping | list) for one in value):
        for one in value:
            yield from _leaves(one, path)
    else:
        yield path, value


def names_in(record: Mapping[str, Any]) -> set[str]:
    """The questions that a record answers; groups are joined by a dot."""
    return {place[0] for place, _ in filled(record)}
