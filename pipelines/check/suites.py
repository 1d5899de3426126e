"""A kind's suite in expectations/ and a notice's lists, windows and counties -> Great Expectations configurations."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, get_args

import yaml

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import ROOT
from pipelines.notice.checks import Check
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.numbers import say_asked, say_range
from pipelines.read.values.counts import CountCause
from pipelines.read.values.dates import DateCause
from pipelines.read.values.moments import MomentCause

EXPECTATIONS = ROOT / "expectations"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where there is one: a suite takes it a tenth of the time."""
PATTERNS = {
    "url": r"(?is)^https?://(?:[^\s/?#@]*@)?[^\s/?#@:]+(?::\d+)?(?:[/?#\s].*)?$",
    "phone": r"^(?:(?:\+?86[- ]?)?1[3-9]\d{9}|\(?0\d{2,3}\)?[-—– ]?\d{7,8}(?:[-—–转]\d{1,6})?)$",
    "email": r"^[^\s@,;，；]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$",
}
"""What the suites mean by an address (whatever follows its host), a phone number (11-digit mobile, or landline with area code) and a mailbox."""


REASONS = (
    "other_unit", "misaligned_row", "missing_required", "cell_error", "ambiguous_value", "repeated_row", "bad_date",
    "outside_window", "not_in_list", "bad_number", "negative_number", "unknown_county", "bad_url", "bad_phone", "bad_email",
    "too_long", "bad_form", "inconsistent",
)  # fmt: skip
"""Why a row is rejected, in the order in which one is named first (contract section 6)."""
STANDS_ALONE = ("misaligned_row", "ambiguous_value")
"""Of a row as a whole: whatever else its cells say is not to be trusted, and is not told."""
CAUSES = frozenset(
    (*get_args(CountCause), *get_args(DateCause), *get_args(MomentCause), "several", "other_city")
) - {"words"}
"""What `causes` of a rule may tell apart; without one, and for words, its sentence is said."""
SEVERITIES = ("error", "warning")
ROW = "row_state"
"""The column that holds the fault of a row as a whole; `row_state_field` names the field that it stands on."""
GROUPS = (
    "row",
    "fields",
    "required",
    "required_counts",
    "required_texts",
    "counts",
    "numbers",
    "bounded",
    "lists",
    "dates",
    "limited",
    "patterned",
    "urls",
    "phones",
    "emails",
    "checks",
)
"""`counts` are whole numbers, `numbers` all others, `bounded` those with a least or a most; `lists` ask for one of some words (是 and 否
too); `dates`, `urls`, `phones`, `emails` are columns of the notice's own, and so are `limited` (to some length) and
`patterned`; `checks` are no columns but the
comparisons that the notice asks for."""
COMPARED = ("greater", "less", "may_be_equal")
GIVEN = (
    *PATTERNS,
    *("list", "first_day", "last_day", "first_moment", "last_moment", "min", "max", "max_length", "pattern"),
    *COMPARED,
)


@dataclass(frozen=True)
class Rule:
    """One expectation over one column, and what a row that fails it is told."""

    column: str
    reason: str
    severity: str
    sentence: str
    config: dict[str, Any]
    causes: dict[str, str] = field(default_factory=dict)
    """Other sentences, for what commonly is behind it (see sentences.py)."""
    other: str = ""
    """The column that this one is compared with; '' where it is judged by itself."""
    other_header: str = ""
    """The header of that one in the notice."""

    @property
    def in_general(self) -> str:
        """The sentence, speaking of no row."""
        return self.sentence.replace("{other}", self.other_header).replace("{other_value}", "…")

    @property
    def number(self) -> int:
        return int(self.config["meta"]["number"])

    @property
    def is_of_row(self) -> bool:
        return self.column == ROW


def build_rules(notice: Notice, deliverable: str, folder: Path = EXPECTATIONS) -> list[Rule]:
    """The rules of a deliverable, in the order in which reasons are named. Raises NoticesError for a suite that is wrong."""
    item = notice.deliverables[deliverable]
    path = folder / f"{item.kind}.yaml"
    suite = yaml.load(path.read_text("utf-8"), Loader=LOADER)
    rules: list[Rule] = []
    for number, rule in enumerate(suite["expectations"], 1):
        _check_rule(rule, item, f"{path.name} 第 {number} 条规则")
        if rule["for"] == "checks":
            rules += [
                _compare(rule, one, notice, deliverable, len(rules) + n)
                for n, one in enumerate(item.row_checks)
            ]
            continue
        for column in _columns(rule, item):
            rules.append(_fill(rule, column, notice, deliverable, len(rules)))
    return rules


def _check_rule(rule: dict[str, Any], item: Deliverable, place: str) -> None:
    """Raises NoticesError for a rule that would judge nothing, or say nothing to the unit."""
    known = {*GROUPS, *(field.name for field in KINDS[item.kind].fields), *item.columns}
    if rule["for"] not in known:
        raise NoticesError(
            f"{place}：for 写的“{rule['for']}”不是列名，也不是 {'、'.join(GROUPS)} 之一。请改正"
        )
    for key, allowed in (("reason", REASONS), ("severity", SEVERITIES)):
        if (given := rule.get("meta", {}).get(key)) not in allowed:
            raise NoticesError(f"{place}：meta.{key} 是“{given}”，应为 {'、'.join(allowed)} 之一")
    if not rule["meta"].get("sentence"):
        raise NoticesError(f"{place}：没有 meta.sentence，单位不知道要改什么。请写一句话")
    for cause in rule["meta"].get("causes", {}):
        if cause not in CAUSES:
            raise NoticesError(
                f"{place}：causes 里的“{cause}”没有这种原因；可用：{'、'.join(sorted(CAUSES))}"
            )
    for value in rule["kwargs"].values():
        if isinstance(value, str) and value.startswith("$") and value[1:] not in GIVEN:
            raise NoticesError(f"{place}：不认识 {value}；可用：{'、'.join('$' + name for name in GIVEN)}")


def _columns(rule: dict[str, Any], item: Deliverable) -> Iterator[str]:
    """The notice's columns that a rule is repeated over; for `row`, the one that speaks of rows as a whole."""
    if rule["for"] == "row":
        yield ROW
        return
    groups = {
        "fields": list(item.columns),
        "required": [name for name, column in item.columns.items() if column.required],
        "counts": [name for name in item.columns if item.is_count(name)],
        "numbers": [name for name in item.columns if item.number(name).type != "count"],
        "bounded": [name for name, column in item.columns.items() if column.limits != (None, None)],
        "lists": [name for name, column in item.columns.items() if column.list or column.type == "yes_no"],
        "limited": [name for name, column in item.columns.items() if column.max_length],
        "patterned": [name for name, column in item.columns.items() if column.pattern],
    }
    groups |= {
        group: [name for name in item.open_columns if item.columns[name].type == kind]
        for group, kind in (("dates", "date"), ("urls", "url"), ("phones", "phone"), ("emails", "email"))
    }
    numeric = {*groups["counts"], *groups["numbers"]}
    groups["required_counts"] = [name for name in groups["required"] if name in numeric]
    groups["required_texts"] = [name for name in groups["required"] if name not in numeric]
    for name in groups.get(rule["for"], [name for name in item.columns if name == rule["for"]]):
        if name not in rule.get("except", ()) and name in rule.get("only", (name,)):
            yield name


def _fill(rule: dict[str, Any], column: str, notice: Notice, deliverable: str, number: int) -> Rule:
    item = notice.deliverables[deliverable]
    window = notice.window(deliverable)
    words = _words(notice, item, column)
    given: dict[str, Any] = {
        **PATTERNS,
        "list": words,
        "first_day": window[0] if window else None,
        "last_day": window[1] if window else None,
        "first_moment": datetime.combine(window[0], time.min) if window else None,
        "last_moment": datetime.combine(window[1], time.max) if window else None,
    }
    definition = item.columns.get(column)
    low, high = definition.limits if definition else (None, None)
    kind = item.number(column)
    given |= {
        "min": None if low is None else kind.keep(low),
        "max": None if high is None else kind.keep(high),
        "max_length": definition.max_length if definition else None,
        "pattern": f"^(?:{definition.pattern})$" if definition and definition.pattern else None,
    }
    kwargs = {
        key: given[value[1:]] if isinstance(value, str) and value.startswith("$") else _name(value, column)
        for key, value in rule["kwargs"].items()
    }
    meta = rule["meta"]
    asked = {"asks": say_asked(kind), "range": say_range(low, high, kind)}
    day = given["first_day"] or notice.opens
    known = {**given, "list": "、".join(words), "first_day": day, **asked}
    sentence = _say(meta["sentence"], known)
    causes = {cause: _say(said, known) for cause, said in meta.get("causes", {}).items()}
    config = {
        "type": rule["type"],
        "kwargs": kwargs,
        "meta": {
            "reason": meta["reason"],
            "severity": meta["severity"],
            "number": number,
            "column": column,
            "sentence": sentence,
            "deliverable": deliverable,
        },
    }
    return Rule(column, meta["reason"], meta["severity"], sentence, config, causes)


def _compare(rule: dict[str, Any], check: Check, notice: Notice, deliverable: str, number: int) -> Rule:
    """The rule of one comparison: it stands on the left column, and tells of both."""
    greater, less = check.pair
    given = {"$greater": greater, "$less": less, "$may_be_equal": check.may_be_equal}
    meta = rule["meta"]
    own = {
        "kwargs": {key: given.get(value, value) for key, value in rule["kwargs"].items()},
        "meta": {
            **meta,
            "severity": meta["severity"] if check.severity == "error" else "warning",
            "sentence": meta["sentence"].replace("{relation}", check.said)
            + (f"。{check.sentence}" if check.sentence else ""),
        },
    }
    header = notice.deliverables[deliverable].columns[check.right].headers[0]
    filled = _fill({**rule, **own}, check.left, notice, deliverable, number)
    return replace(filled, other=check.right, other_header=header)


def _words(notice: Notice, item: Deliverable, column: str) -> list[str]:
    """What may stand in a column that takes nothing else; [] where anything may."""
    definition = item.columns.get(column)
    if definition and definition.type == "yes_no":
        return [notice.words.yes[0], notice.words.no[0]]
    return list(notice.lists[definition.list].values()) if definition and definition.list else []


def _say(sentence: str, known: dict[str, Any]) -> str:
    for key in ("first_day", "last_day", "list", "asks", "range", "max_length"):
        sentence = sentence.replace(f"{{{key}}}", str(known[key]))
    return sentence


def _name(value: Any, column: str) -> Any:
    return value.replace("{column}", column) if isinstance(value, str) else value
