"""A kind's suite in expectations/ and a notice's lists, windows and counties -> Great Expectations configurations."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.home import ROOT
from pipelines.notice.model import Deliverable, Notice

EXPECTATIONS = ROOT / "expectations"
PATTERNS = {
    "url": r"(?i)^https?://(?:[^\s/?#@]*@)?[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?$",
    "phone": r"^(?:(?:\+?86[- ]?)?1[3-9]\d{9}|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:-\d{1,6})?)$",
    "email": r"^[^\s@,;，；]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$",
}
"""What the suites mean by an address, a phone number (11-digit mobile, or landline with area code) and a mailbox."""


@dataclass(frozen=True)
class Rule:
    """One expectation over one column, and what a row that fails it is told."""

    column: str
    reason: str
    severity: str
    sentence: str
    config: dict[str, Any]


def build_rules(notice: Notice, deliverable: str, folder: Path = EXPECTATIONS) -> list[Rule]:
    """The rules of a deliverable, in the order in which reasons are named."""
    item = notice.deliverables[deliverable]
    suite = yaml.safe_load((folder / f"{item.kind}.yaml").read_text("utf-8"))
    return [
        _fill(rule, column, notice, deliverable)
        for rule in suite["expectations"]
        for column in _columns(rule, item)
    ]


def _columns(rule: dict[str, Any], item: Deliverable) -> Iterator[str]:
    """The notice's columns that a rule is repeated over."""
    groups = {
        "required": [name for name, column in item.columns.items() if column.required],
        "counts": [name for name in item.columns if item.field(name).type == "count"],
        "lists": [name for name, column in item.columns.items() if column.list],
    }
    groups["required_counts"] = [name for name in groups["required"] if name in groups["counts"]]
    groups["required_texts"] = [name for name in groups["required"] if name not in groups["counts"]]
    for name in groups.get(rule["for"], [name for name in item.columns if name == rule["for"]]):
        if name not in rule.get("except", ()) and name in rule.get("only", (name,)):
            yield name


def _fill(rule: dict[str, Any], column: str, notice: Notice, deliverable: str) -> Rule:
    item = notice.deliverables[deliverable]
    window = notice.window(deliverable)
    words = list(notice.lists[name].values()) if (name := item.columns[column].list) else []
    given: dict[str, Any] = {
        **PATTERNS,
        "list": words,
        "first_day": window[0] if window else None,
        "last_day": window[1] if window else None,
        "counties": [
            f"{region.parent_code}/{region.name}" for region in notice.regions if region.level == "county"
        ],
    }
    kwargs = {
        key: given[value[1:]] if isinstance(value, str) and value.startswith("$") else _name(value, column)
        for key, value in rule["kwargs"].items()
    }
    meta = rule["meta"]
    sentence = meta["sentence"]
    for key, value in (
        ("first_day", given["first_day"]),
        ("last_day", given["last_day"]),
        ("list", "、".join(words)),
    ):
        sentence = sentence.replace(f"{{{key}}}", str(value))
    config = {
        "type": rule["type"],
        "kwargs": kwargs,
        "meta": {**meta, "column": column, "sentence": sentence, "deliverable": deliverable},
    }
    return Rule(column, meta["reason"], meta["severity"], sentence, config)


def _name(value: Any, column: str) -> Any:
    return value.replace("{column}", column) if isinstance(value, str) else value
