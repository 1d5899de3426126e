"""Export after export of one questionnaire: what changed in its questions, and how each is read as those before it were.

Whoever changes a questionnaire changes nobody's answers. What was answered before stays as it was; what changed is said.
Values only: nothing here opens a file.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.read.asked import PARTED, Asked, key_of
from pipelines.read.columns import SKIPPED, without_number
from pipelines.read.submission import Following
from pipelines.read.values import normalize, read_moment

Kind = Literal["question_added", "question_removed", "question_renamed", "question_moved", "option_renamed"]
Mean = Callable[[str, str], str | None]
"""(field, text) -> what the notice knows it as: '' where it knows no such word, None where the field takes any text."""
AGREEING = 0.9
"""So much of what was answered to a question must stand under another one for that to be its new name."""
NAMED = 3
"""Titles that a sentence names."""


@dataclass(frozen=True)
class Change:
    """One thing that somebody changed in a form. `field`: what the notice reads it as, '' where it reads it as nothing.

    Of a question that the notice does not read, `before` and `after` never hold what was answered: it may be a person."""

    kind: Kind
    field: str
    before: str
    after: str
    answers: int
    """Answers received before that show it."""
    sentence: str


@dataclass
class _Question:
    title: str
    """As it stood where it was first seen."""
    field: str
    shown: str
    """As the last export had it."""
    is_asked: bool = True
    is_filled_in: bool = False
    """The questionnaire fills it in itself, and the notice does not read it: no part of an answer."""


class Questionnaire:
    """What the exports of one questionnaire asked and were answered so far. A question's name is its words as first seen."""

    def __init__(self, number: str, moment: str, mean: Mean) -> None:
        self._number, self._moment, self._mean = number, moment, mean
        self._questions: dict[str, _Question] = {}
        self._aliases: dict[str, str] = {}
        """A question's words now -> its name."""
        self._options: dict[str, dict[str, str]] = defaultdict(dict)
        self._answers: dict[str, dict[str, str]] = {}
        self._order: list[str] = []
        self._words: set[str] = set()
        """The words of the last export's questions."""
        self._called: dict[str, str] = {number: number, moment: moment}
        """The columns that identify an answer, as the last export called them."""

    def shares(self, asked: Asked) -> int:
        """How many of these answers it knows."""
        _, keys = self._keyed(asked)
        return sum(key in self._answers for key in keys)

    def asks_the_same(self, asked: Asked) -> bool:
        return set(_words(asked).values()) == self._words

    def follow(self, asked: Asked) -> tuple[Following, list[Change]]:
        """How this export is read as those before it, and what changed since the last one."""
        titles, keys = self._keyed(asked)
        columns = {at: words for at, words in _words(asked).items() if at not in titles}
        shared = [
            (row, self._answers[key])
            for row, key in zip(asked.rows, keys, strict=True)
            if key in self._answers
        ]
        changes: list[Change] = []
        for at, canonical in titles.items():
            if self._called[canonical] != asked.titles[at]:
                changes.append(
                    _renamed(
                        "", self._called[canonical], asked.titles[at], len(shared), f"仍按“{canonical}”读"
                    )
                )
                self._called[canonical] = asked.titles[at]
        if self._questions:
            changes += self._rename(asked, columns, shared)
        names = {at: self._aliases.get(words, words) for at, words in columns.items()}
        is_first = not self._questions
        added = [] if is_first else self._add(asked, names, shared)
        removed = self._remove(set(names.values()), keys)
        changes += added + removed + self._move(asked, names)
        self._note(asked, names)
        changes += self._relabel(names, shared)
        following = Following(
            titles | self._titles(asked, columns, names),
            {at: dict(self._options[name]) for at, name in names.items() if self._options.get(name)},
            self._carried(keys, names),
        )
        self._learn(asked, names, keys)
        return following, changes

    def _keyed(self, asked: Asked) -> tuple[dict[int, str], list[str]]:
        """Each answer's key; and the columns that hold number and moment under another name, with the one they had."""
        keys = [key_of(*one) for one in asked.keys]
        if asked.is_whole or not self._answers:
            return {}, keys
        known = [one.split("|", 1) for one in self._answers]
        lacks_moment = all(not moment for _, moment in asked.keys)
        lacks_number = all(not number for number, _ in asked.keys)
        by_number, by_moment = dict(known), {moment: number for number, moment in known}
        for at in range(len(asked.titles)):
            given = [row[at] for row in asked.rows]
            if lacks_moment and not lacks_number:
                moments = [found.isoformat() if (found := read_moment(one)) else "" for one in given]
                pairs = [
                    (by_number.get(number), one) for (number, _), one in zip(asked.keys, moments, strict=True)
                ]
                if _agrees(pairs):
                    numbers = [number for number, _ in asked.keys]
                    return {at: self._moment}, [key_of(*one) for one in zip(numbers, moments, strict=True)]
            elif lacks_number and not lacks_moment:
                pairs = [
                    (by_moment.get(moment), one) for (_, moment), one in zip(asked.keys, given, strict=True)
                ]
                if _agrees(pairs):
                    moments = [moment for _, moment in asked.keys]
                    return {at: self._number}, [key_of(*one) for one in zip(given, moments, strict=True)]
        return {}, keys

    def _rename(
        self, asked: Asked, columns: Mapping[int, str], shared: Sequence[tuple[list[str], dict[str, str]]]
    ) -> list[Change]:
        """Questions in other words: those that are read as the same, or under which the same was answered."""
        present = {self._aliases.get(words, words) for words in columns.values()}
        gone = {name: one for name, one in self._questions.items() if one.is_asked and name not in present}
        fresh = {
            at: words
            for at, words in columns.items()
            if self._aliases.get(words, words) not in self._questions
        }
        changes: list[Change] = []
        for at, words in fresh.items():
            own = asked.fields[at]
            same = [name for name, one in gone.items() if own and one.field == own] or [
                name
                for name, one in gone.items()
                if not (own and one.field)
                and _agrees([(answers.get(name, ""), _value(row[at])) for row, answers in shared])
            ]
            if len(same) != 1:
                continue
            before = gone.pop(same[0])
            if own and not before.field:
                # What nobody could read is read from now on: its answers are looked at anew.
                before.is_asked, before.is_filled_in = False, True
                self._questions[words] = _Question(asked.titles[at], own, asked.titles[at])
                said = "通知认得新的题干，从现在起读它"
            else:
                self._aliases[words] = same[0]
                said = f"仍按“{without_number(before.title)}”读"
            changes.append(_renamed(own or before.field, before.shown, asked.titles[at], len(shared), said))
        return changes

    def _add(
        self, asked: Asked, names: Mapping[int, str], shared: Sequence[tuple[list[str], dict[str, str]]]
    ) -> list[Change]:
        changes = []
        for at, name in names.items():
            title = asked.titles[at]
            known = self._questions.get(name)
            if known and known.is_asked:
                continue
            filled = sum(bool(_value(row[at])) for row, _ in shared)
            if not known:
                is_filled_in = not asked.fields[at] and bool(shared) and filled == len(shared)
                self._questions[name] = _Question(title, asked.fields[at], title, is_filled_in=is_filled_in)
            said = "通知读它" if asked.fields[at] else "通知不读它"
            changes.append(
                Change("question_added", asked.fields[at], "", title, filled, f"多了一题“{title}”，{said}")
            )
        return changes

    def _remove(self, present: set[str], keys: Sequence[str]) -> list[Change]:
        changes = []
        for name, one in self._questions.items():
            if one.is_asked and name not in present:
                one.is_asked = False
                given = sum(bool(self._answers.get(key, {}).get(name)) for key in keys)
                said = f"少了一题“{one.shown}”，以前答过的仍然算数"
                said += "；新的答卷里没有这一列，可能因此被退回，请把题目加回去" if one.field else ""
                changes.append(Change("question_removed", one.field, one.shown, "", given, said))
        return changes

    def _move(self, asked: Asked, names: Mapping[int, str]) -> list[Change]:
        """Questions with another number, else those in another order."""
        before = [name for name in self._order if name in names.values()]
        after = [name for _, name in sorted(names.items()) if name in before]
        shown = {name: asked.titles[at] for at, name in names.items()}
        other = [
            name
            for name in after
            if without_number(normalize(shown[name]))
            == without_number(normalize(self._questions[name].shown))
            and normalize(shown[name]) != normalize(self._questions[name].shown)
        ]
        moved = other or ([] if before == after else after)
        if not moved:
            return []
        old, new = (
            "、".join(f"“{one}”" for one in titles[:NAMED]) + ("等" if len(titles) > NAMED else "")
            for titles in ([self._questions[name].shown for name in moved], [shown[name] for name in moved])
        )
        said = f"题目的顺序或题号变了（{len(moved)} 题）：原来是{old}，现在是{new}；按题干认，不影响"
        return [Change("question_moved", "", old, new, len(self._answers), said)]

    def _note(self, asked: Asked, names: Mapping[int, str]) -> None:
        for at, name in names.items():
            one = self._questions.setdefault(
                name, _Question(asked.titles[at], asked.fields[at], asked.titles[at])
            )
            one.shown, one.is_asked = asked.titles[at], True
        self._order = [name for _, name in sorted(names.items())]
        self._words = set(_words(asked).values())

    def _relabel(
        self, names: Mapping[int, str], shared: Sequence[tuple[list[str], dict[str, str]]]
    ) -> list[Change]:
        """Options in other words: all who had chosen one have now chosen another that nobody had."""
        changes = []
        for at, name in names.items():
            question, known = self._questions[name], self._options[name]
            held = {part for one in self._answers.values() for part in _parts(one.get(name, ""))}
            became: dict[str, Counter[str]] = defaultdict(Counter)
            for row, answers in shared:
                old, new = (
                    _parts(answers.get(name, "")),
                    [known.get(one, one) for one in _parts(_value(row[at]))],
                )
                if len(old) == len(new):
                    for before, after in zip(old, new, strict=True):
                        became[before][after] += 1
            targets = Counter(after for counts in became.values() for after in counts)
            for before, counts in became.items():
                (after, times), *others = counts.most_common()
                if others or after == before or after in held or targets[after] > 1:
                    continue
                if not self._is_another_name(question.field, before, after, times):
                    continue
                known[after] = before
                title = without_number(question.title)
                told = f"“{before}”改成了“{after}”" if question.field else "改了名"
                said = f"“{title}”的选项{told}，仍按原来的读（{times} 份答卷）"
                shown = (before, after) if question.field else ("", "")
                changes.append(Change("option_renamed", question.field, *shown, times, said))
        return changes

    def _is_another_name(self, field: str, before: str, after: str, times: int) -> bool:
        """A word that the notice knows is another answer; so is any in a column that takes any text."""
        if not field:
            return times > 1
        old, new = self._mean(field, before), self._mean(field, after)
        if new is None or (new and new != old):
            return False
        return bool(old) or times > 1

    def _titles(self, asked: Asked, columns: Mapping[int, str], names: Mapping[int, str]) -> dict[int, str]:
        found = {}
        for at, name in names.items():
            if self._questions[name].is_filled_in:
                found[at] = ""
            elif columns[at] != name:
                found[at] = self._questions[name].title
        return found

    def _carried(self, keys: Sequence[str], names: Mapping[int, str]) -> dict[str, dict[str, str]]:
        gone = {
            name: one.title
            for name, one in self._questions.items()
            if name not in names.values() and not one.is_filled_in
        }
        found = {
            key: {title: answers[name] for name, title in gone.items() if answers.get(name)}
            for key in keys
            if (answers := self._answers.get(key))
        }
        return {key: answers for key, answers in found.items() if answers}

    def _learn(self, asked: Asked, names: Mapping[int, str], keys: Sequence[str]) -> None:
        for row, key in zip(asked.rows, keys, strict=True):
            known = self._answers.setdefault(key, {})
            for at, name in names.items():
                options = self._options.get(name, {})
                known[name] = PARTED.join(options.get(one, one) for one in _parts(_value(row[at])))


def _renamed(field: str, before: str, after: str, answers: int, said: str) -> Change:
    return Change("question_renamed", field, before, after, answers, f"题目“{before}”改成了“{after}”，{said}")


def _words(asked: Asked) -> dict[int, str]:
    """Column -> the words of its question; of those with the same words the further ones are numbered."""
    found: dict[int, str] = {}
    taken: Counter[str] = Counter()
    for at, title in enumerate(asked.titles):
        if at not in asked.metadata:
            words = without_number(normalize(title))
            taken[words] += 1
            found[at] = f"{words}#{taken[words]}" if taken[words] > 1 else words
    return found


def _value(text: str) -> str:
    return "" if normalize(text) == SKIPPED else text


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(PARTED)] if text else []


def _agrees(pairs: Sequence[tuple[str | None, str]]) -> bool:
    """Whether what stood under one column stands under the other: wherever either holds something, but for a few."""
    told = [(before or "", after) for before, after in pairs if before or after]
    same = sum(before == after for before, after in told)
    return bool(told) and same >= AGREEING * len(told)
