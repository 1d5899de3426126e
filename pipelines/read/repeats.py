"""Question groups that were answered several times -> the rows of an answer, however deep they lie in it.

What stands beside a group, and in the groups around it, is part of each of its rows.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Values = list[tuple[str, Any]]
"""(path, value) of what one row holds; groups are joined by a dot."""


def rows_in(
    record: Mapping[str, Any], rows_at: str | None, missing: Callable[[Values, Values], bool]
) -> list[Values]:
    """The rows of a record: each time that the group `rows_at` was repeated, whole path or its last parts.

    Where no such group is there, it is the one that holds what the record itself lacks and needs: `missing` says so of a
    group's values and those around it. A group that was repeated no time leaves what stands around it.
    """
    groups = list(_repeats(record, "", []))
    wanted = (rows_at or "").replace("/", ".")
    named = [path for path, _, _ in groups if wanted and f".{path}".endswith(f".{wanted}")]
    found = named[:1] or [path for path, around, own in groups if missing(own, around)][-1:]
    return _expand(record, "", found[0]) if found else [list(flatten(record))]


def flatten(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that is no repeated group."""
    for name, inner in value.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(inner, Mapping):
            yield from flatten(inner, path)
        elif isinstance(inner, list):
            if all(isinstance(one, str | int | float) for one in inner):
                yield path, "、".join(str(one) for one in inner)
        else:
            yield path, inner


def _groups(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Each group that was repeated directly in `value`, with its path."""
    for name, inner in value.items():
        # KoboToolbox names things inside groups by their whole path.
        own = name.replace("/", ".")
        full = f"{path}.{own}" if path and "/" not in name else own
        if isinstance(inner, Mapping):
            yield from _groups(inner, full)
        elif isinstance(inner, list) and all(isinstance(one, Mapping) for one in inner):
            yield full, inner


def _repeats(value: Mapping[str, Any], path: str, around: Values) -> Iterator[tuple[str, Values, Values]]:
    """Path of each repeated group, what stands around it, and what it holds itself; inner groups behind outer ones."""
    outer = [*around, *flatten(value)]
    for full, times in _groups(value, path):
        yield full, outer, [pair for one in times for pair in flatten(one)]
        for one in times:
            yield from _repeats(one, full, outer)


def _expand(value: Mapping[str, Any], path: str, wanted: str) -> list[Values]:
    own = list(flatten(value))
    times = [
        (full, one)
        for full, found in _groups(value, path)
        if full == wanted or wanted.startswith(f"{full}.")
        for one in found
    ]
    return [own + row for full, one in times for row in _expand(one, full, wanted)] or [own]
