"""How well a draft agrees with a careful clerk's answers: micro-F1 over fields and the parts of paired obligations."""

import re
import unicodedata
from collections import Counter
from typing import Any

SINGLE = ("title", "document_number", "issued_on", "event_start", "event_end", "theme", "contacts")
LISTS = ("issuers", "recipients")
PARTS = ("what", "who", "to", "due", "relative_due", "repeat", "channel")
Answers = dict[str, Any]


class Tally(Counter[str]):
    """Right, wanted and given values."""

    @property
    def f1(self) -> float:
        return 2 * self["right"] / (self["wanted"] + self["given"]) if self["wanted"] + self["given"] else 1.0


def plain(value: Any) -> str:
    return re.sub(
        r"[\W_]+", "", unicodedata.normalize("NFKC", str(value if value is not None else ""))
    ).lower()


def likeness(wanted: Any, given: Any) -> float:
    """Shared pairs of letters; `A|B` are equally right."""
    return max(_dice(plain(one), plain(given)) for one in str(wanted).split("|"))


def _dice(one: str, two: str) -> float:
    if not one or not two or one == two:
        return float(one == two)
    first, second = ({text[n : n + 2] for n in range(len(text) - 1)} or {text} for text in (one, two))
    return 2 * len(first & second) / (len(first) + len(second))


def pairs(wanted: list[Any], given: list[Any], like: Any, least: float) -> list[tuple[int, int]]:
    """One to one, best first."""
    found: list[tuple[int, int]] = []
    ranked = sorted(
        ((-like(w, g), i, j) for i, w in enumerate(wanted) for j, g in enumerate(given)), key=lambda one: one
    )
    for score, i, j in ranked:
        if -score >= least and all(i != a and j != b for a, b in found):
            found.append((i, j))
    return found


def duty_likeness(wanted: Answers, given: Answers) -> float:
    due = [wanted.get("due"), *wanted.get("due_also", [])]
    same_due = given.get("due") in due if wanted.get("due") or given.get("due") else True
    return 0.6 * likeness(wanted["what"], given["what"]) + 0.4 * same_due


def score(wanted: Answers, given: Answers) -> dict[str, Tally]:
    """A tally for every field."""
    found = {name: Tally() for name in (*SINGLE, *LISTS, *PARTS)}
    for name in SINGLE:
        w, g = wanted.get(name), given.get(name)
        _count(found[name], [w] if w is not None else [], [g] if g is not None else [], 0.85)
    for name in LISTS:
        _count(found[name], wanted[name], given[name], 0.85)
    paired = pairs(wanted["obligations"], given["obligations"], duty_likeness, 0.45)
    for part in PARTS:
        for i, one in enumerate(wanted["obligations"]):
            other = next((given["obligations"][j] for a, j in paired if a == i), {})
            _count_part(found[part], part, one, other)
        for j, other in enumerate(given["obligations"]):
            if all(j != b for _, b in paired):
                found[part]["given"] += len(as_list(other.get(part)))
    return found


def _count_part(tally: Tally, part: str, wanted: Answers, given: Answers) -> None:
    if (part == "to" and not wanted["to"]) or (part == "relative_due" and wanted["due"]):
        return
    if part == "due" and given.get("due") in wanted.get("due_also", []):
        given = {**given, "due": wanted["due"]}
    least = {"what": 0.5, "to": 0.7, "who": 0.75, "relative_due": 0.4}.get(part, 1.0)
    _count(tally, as_list(wanted.get(part)), as_list(given.get(part)), least)


def _count(tally: Tally, wanted: list[Any], given: list[Any], least: float) -> None:
    tally.update(right=len(pairs(wanted, given, likeness, least)), wanted=len(wanted), given=len(given))


def as_list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def total(tallies: list[dict[str, Tally]]) -> dict[str, Tally]:
    """Every field over all texts, and `all`."""
    found: dict[str, Tally] = {}
    for one in tallies:
        for name, tally in one.items():
            found.setdefault(name, Tally()).update(tally)
            found.setdefault("all", Tally()).update(tally)
    return found
