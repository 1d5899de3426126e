"""What somebody changed in a form between two scans: from the shapes that the journal keeps. Values only."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.archive.shapes import Questions, Shape

_NUMBER = re.compile(r"^\d+[、.．)]")
_BRACKET = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Read:
    """What the notice knows: headers -> the column that they mean, columns by their codes, and the words of its lists."""

    headers: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def column(self, name: str, label: str, fields: Mapping[str, str]) -> str:
        """The column that a question is read as; '' where the notice does not read it."""
        own = leaf(name)
        for called in (fields.get(name), fields.get(own), label, own):
            if called and (found := self.headers.get(plain(called))):
                return found
        return ""


@dataclass(frozen=True)
class Altered:
    """One change: `column` is what the notice reads the question as; texts are what people see."""

    shape: Shape
    kind: str
    column: str
    before: str
    after: str
    sentence: str


def leaf(name: str) -> str:
    return name.replace(".", "/").rpartition("/")[2]


def plain(header: str) -> str:
    """A header as it is compared: without the question's number, white space and a trailing bracket."""
    text = "".join(unicodedata.normalize("NFKC", header).split())
    return _BRACKET.sub("", _NUMBER.sub("", text))


def first_meant(
    shapes: Sequence[Shape], now: Questions, known: Read, fields: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """For questions whose words the notice knows no longer, those that it knew; and for options that were called otherwise,
    how (question -> option now -> option before)."""
    titles: dict[str, str] = {}
    options: dict[str, dict[str, str]] = {}
    history = [*(one.questions for one in shapes), now]
    for name, (label, *_) in now.items():
        if not known.column(name, label, fields):
            earlier = (one[name][0] for one in history if name in one)
            if before := next((one for one in earlier if plain(one) in known.headers), None):
                titles[name] = before
        called: dict[str, str] = {}
        for old, new in pairwise(history):
            for before, after in _renamed_options(old.get(name, ("",))[1:], new.get(name, ("",))[1:]):
                if plain(after) not in known.words:
                    called[after] = called.get(before, before)
        if called:
            options[name] = called
    return titles, options


def find_changes(shapes: Sequence[Shape], known: Read, fields: Mapping[str, str]) -> Iterator[Altered]:
    """What changed from each shape of a form to the next."""
    for before, after in pairwise(shapes):
        if before.form == after.form:
            yield from _compare(before.questions, after, known, fields)


def _compare(old: Questions, shape: Shape, known: Read, fields: Mapping[str, str]) -> Iterator[Altered]:
    new = shape.questions
    for name in old.keys() - new.keys():
        column, title = known.column(name, old[name][0], fields), _shown(name, old)
        said = f"少了一题“{title}”，以前答过的仍然算数"
        said += "；新的答卷里没有这一项，可能因此被退回，请把题目加回去" if column else ""
        yield Altered(shape, "question_removed", column, title, "", said)
    for name in new.keys() - old.keys():
        column, title = known.column(name, new[name][0], fields), _shown(name, new)
        said = f"多了一题“{title}”，通知{'读' if column else '不读'}它"
        yield Altered(shape, "question_added", column, "", title, said)
    for name in new.keys() & old.keys():
        (was, *given), (label, *offered) = old[name], new[name]
        column = known.column(name, was, fields) or known.column(name, label, fields)
        if was != label:
            is_known = bool(known.column(name, label, fields)) or not column
            said = f"题目“{was}”改成了“{label}”，" + ("不影响" if is_known else "仍按原来的读")
            yield Altered(shape, "question_renamed", column, was, label, said)
        yield from _compare_options(shape, column, label, given, offered, known)


def _compare_options(
    shape: Shape, column: str, title: str, given: Sequence[str], offered: Sequence[str], known: Read
) -> Iterator[Altered]:
    renamed = _renamed_options(given, offered)
    for before, after in renamed:
        said = "通知认得新的叫法，按新的读" if plain(after) in known.words else "仍按原来的读"
        yield Altered(
            shape,
            "option_renamed",
            column,
            before,
            after,
            f"“{title}”的选项“{before}”改成了“{after}”，{said}",
        )
    named = {one for pair in renamed for one in pair}
    for one in given:
        if one not in offered and one not in named:
            yield Altered(shape, "option_removed", column, one, "", f"“{title}”少了选项“{one}”")
    for one in offered:
        if one not in given and one not in named:
            yield Altered(shape, "option_added", column, "", one, f"“{title}”多了选项“{one}”")


def _shown(name: str, questions: Questions) -> str:
    return questions[name][0] or name


def _renamed_options(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Options that stand where others stood, in lists of the same length."""
    if len(before) != len(after):
        return []
    return [
        (old, new)
        for old, new in zip(before, after, strict=True)
        if old != new and old not in after and new not in before
    ]
