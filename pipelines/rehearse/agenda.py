"""Rehearse, step 3: the duties as a calendar that a notice's writer can hold against the text."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.notice.model import Notice
from pipelines.notice.obligations import expand_obligations

_LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
WIDTH = 6
"""A day's cell, counted as one for a letter and two for a Chinese sign."""


def draw_agenda(notice: Notice) -> str:
    """A month after another, weeks from Monday; on each day a sign for every deliverable that anybody owes by it."""
    # What is reported as it happens is due on no day that a calendar could show.
    planned = [name for name, item in notice.deliverables.items() if item.within is None]
    signs = dict(zip(planned, _LETTERS, strict=False))
    due: dict[date, set[str]] = defaultdict(set)
    for one in expand_obligations(notice):
        if one.exemption_reason is None:
            due[one.due_at.date()].add(one.deliverable)
    if not due:
        return ""
    legend = "，".join(f"{sign} {notice.deliverables[name].name}" for name, sign in signs.items())
    lines = [f"到期日历（{legend}）："]
    first, last = min(due), max(due)
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(32)).replace(day=1)
        if any(month <= day < following for day in due):
            lines += _month(month, following, due, signs)
        month = following
    return "\n".join(lines)


def _month(first: date, following: date, due: dict[date, set[str]], signs: dict[str, str]) -> Iterator[str]:
    yield f"  {first.year}年{first.month}月"
    yield "  " + "".join(_cell(word) for word in "一二三四五六日").rstrip()
    day = first - timedelta(first.weekday())
    while day < following:
        week = [day + timedelta(number) for number in range(7)]
        cells = (
            _cell(f"{one.day}{_marks(due.get(one, set()), signs)}" if first <= one < following else "")
            for one in week
        )
        yield "  " + "".join(cells).rstrip()
        day += timedelta(7)


def _marks(names: set[str], signs: dict[str, str]) -> str:
    """At most two signs, then how many more."""
    found = [signs[name] for name in signs if name in names]
    return "".join(found) if len(found) <= 2 else f"{found[0]}+{len(found) - 1}"


def _cell(text: str) -> str:
    width = sum(1 if letter.isascii() else 2 for letter in text)
    return text + " " * max(WIDTH + 2 - width, 1)
