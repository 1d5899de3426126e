"""What one header cell may be called: its plain text, and what is left without the brackets behind it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.read.layout.words import Words
from pipelines.read.values import normalize

_QUESTION_NUMBER = re.compile(r"^\d+[、.)]")
_CLOSING = {")": "(", "]": "[", "】": "【", "〕": "〔"}


@dataclass(frozen=True)
class HeaderKey:
    """`sure` forms match wherever a list names them, `weak` ones only where no other column claims the field surely.

    `factor` multiplies the column's counts; `has_unit`: a bracket says what is counted."""

    plain: str
    sure: tuple[str, ...]
    weak: tuple[str, ...] = ()
    factor: int = 1
    has_unit: bool = False

    def as_weak(self) -> "HeaderKey":
        """The same, sure of nothing."""
        return HeaderKey(self.plain, (), (*self.sure, *self.weak), self.factor, self.has_unit)


NO_KEY = HeaderKey("", ())


class KeyReader:
    """Header cells as keys, remembered: the same ones come in every file."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.read = lru_cache(maxsize=8192)(self._read)

    def _read(self, text: str, numbered: bool = False) -> HeaderKey:
        if len(text) > 200:
            return NO_KEY
        plain = normalize(text).strip(self._words.marks)
        if numbered:
            plain = _QUESTION_NUMBER.sub("", plain)
        sure = [plain]
        factor, has_unit, bare = 1, False, plain
        while (parts := _split_bracket(bare, self._words.marks)) is not None:
            bare, inside = parts
            label = self._words.unit_label.match(inside)
            said = inside[label.end() :] if label else inside
            scale = self._words.multiplied(said)
            forms = [bare]
            if said in self._words.units:
                has_unit = True
                forms.append(bare + said)
            elif scale:
                has_unit, factor = True, factor * scale[0]
                forms += [bare + scale[1]] * bool(scale[1])
            elif worth := self._words.worth_of(said):
                has_unit, factor = True, factor * worth
            elif not self._is_hint(inside):
                return HeaderKey(plain, tuple(sure), self._weak_forms(bare), factor, has_unit)
            sure += forms
        return HeaderKey(plain, tuple(dict.fromkeys(sure)), (), factor, has_unit)

    def _weak_forms(self, bare: str) -> tuple[str, ...]:
        """What is left in front of a bracket that says something; further brackets in front of it are passed over."""
        inner = self._read(bare) if bare else NO_KEY
        return (*inner.sure, *inner.weak)

    def _is_hint(self, inside: str) -> bool:
        return inside in self._words.hints or inside.startswith(self._words.hint_starts)


def _split_bracket(text: str, marks: str) -> tuple[str, str] | None:
    """(what stands in front, what is inside) of a bracket at the end."""
    opening = _CLOSING.get(text[-1:])
    at = text.rfind(opening) if opening else -1
    if at <= 0:
        return None
    return text[:at].rstrip(marks), text[at + 1 : -1]
