"""Where a value stands in the record of a form service's answer."""

from collections.abc import Mapping
from typing import Any


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value at exactly `path`: a key as it is, or keys of nested groups joined by `.` or `/`; None where there is none."""
    if path in record:
        return record[path]
    value: Any = record
    for name in path.replace("/", ".").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
