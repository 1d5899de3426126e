"""The masker: finds in texts what looks like a person, and puts a token in its place (masks.py tells why)."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.warehouse.likeness import CONTACT, PATTERNS, WORDS

if TYPE_CHECKING:
    import pyarrow as pa

TOKEN = re.compile(r"〔(电话|邮箱|证件|姓名|个人)([0-9a-f]{4})[0-9a-f]{8}〕")
"""A token: its kind, and as much of its digest as tells two from each other on one page."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width digits, letters and signs, as the ones they stand for; a text keeps its length."""
_PERSONAL: dict[str, str] = WORDS["personal"]
_BEFORE, _AFTER = tuple(WORDS["before_names"]), tuple(WORDS["behind_names"])
_CANDIDATE = "[@\N{FULLWIDTH COMMERCIAL AT}]|(?:[0-9０-９][-\u2014() ]{0,2}){10}"
"""What every match holds, for RE2, which sees a whole column at once but knows no look-around."""
_FEW = 1000
"""Texts by which a column is judged to be of few words or of many."""
_HAN = "\u4e00-\u9fff"
ASIDE = re.compile(r"_id$|_code$|_key$|^sha256$|^source$")
"""Columns of the program's own words: digests, codes and sources, where eleven digits in a row are no telephone number."""


def person_names(names: Iterable[str | None]) -> set[str]:
    """What of these is a name: two to six Chinese characters, white space between them left out."""
    found = {re.sub(r"\s", "", name) for name in names if name}
    return {name for name in found if re.fullmatch(f"[{_HAN}]{{2,6}}", name)}


class Names:
    """Finds names in texts: longer ones anywhere; one of two characters, which may be a word (高峰), where it stands alone.

    Ten thousand of them are found as quickly as ten: by their first two characters, then by looking them up.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def candidate(self) -> str | None:
        """What every match holds (RE2)."""
        if not self._names:
            return None
        firsts, seconds = ("".join(sorted({name[place] for name in self._names})) for place in (0, 1))
        return f"[{firsts}][{seconds}]"

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """From where to where each stands."""
        for start, first in enumerate(text) if self._names else ():
            for length in self._lengths.get(first, ()):
                stop = start + length
                if text[start:stop] in self._names and (length > 2 or _stands_alone(text, start, stop)):
                    yield start, stop
                    break


def _stands_alone(text: str, start: int, stop: int) -> bool:
    before, after = text[:start], text[stop:]
    is_apart = not _is_han(before[-1:]) and not _is_han(after[:1])
    return is_apart or before.rstrip(":： ").endswith(_BEFORE) or after.startswith(_AFTER)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@dataclass
class Masker:
    """Masks texts, and keeps what each new token stands for in `found`."""

    key: bytes
    names: frozenset[str] = frozenset()
    found: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = Names(self.names)
        candidate = self._names.candidate
        self._candidate = f"{_CANDIDATE}|{candidate}" if candidate else _CANDIDATE

    def suspects(self, values: "pa.ChunkedArray") -> "pa.ChunkedArray":
        """Which of these texts may hold something to mask: all that do, and a few others."""
        import pyarrow.compute as pc

        return pc.match_substring_regex(values, self._candidate)

    def mask_table(self, table: "pa.Table") -> "pa.Table":
        """The table with every text column masked; columns of codes and digests, and those without a match, are the same."""
        import pyarrow as pa  # a fifth of a second, for whoever only looks whether names are known
        import pyarrow.compute as pc

        for index, column in enumerate(table.schema):
            if pa.types.is_string(column.type) and not ASIDE.search(column.name):
                values = table.column(index)
                if self._is_known_clean(values):
                    continue
                suspects = pc.fill_null(self.suspects(values), False)
                if pc.any(suspects).as_py():
                    table = table.set_column(index, column, self._mask_some(values, suspects))
        return table

    def _mask_some(self, values: "pa.ChunkedArray", suspects: "pa.ChunkedArray") -> "pa.ChunkedArray":
        """A column with the texts masked that may hold something, each different one once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = values.filter(suspects).to_pylist()
        told = {text: self.mask(text) for text in dict.fromkeys(texts)}
        masked = pa.array([told[text] for text in texts], pa.string())
        return pc.replace_with_mask(values, suspects.combine_chunks(), masked)

    def _is_known_clean(self, values: "pa.ChunkedArray") -> bool:
        """Whether the different texts alone show that there is nothing to mask. They are asked where the first of them repeat."""
        import pyarrow.compute as pc

        if values.null_count == len(values):
            return True
        if len(values) <= _FEW or len(values.slice(0, _FEW).unique()) >= _FEW / 4:
            return False
        return not pc.any(self.suspects(values.unique())).as_py()

    def mask(self, text: str) -> str:
        """One text, masked."""
        plain = text.translate(_WIDE)
        spans = [
            (found.span(), PATTERNS[found.lastindex - 1][0])
            for found in CONTACT.finditer(plain)
            if found.lastindex
        ]
        spans += [(place, "姓名") for place in self._names.find(plain)]
        parts, end = [], 0
        for (start, stop), kind in sorted(spans):
            if start >= end:
                parts += [text[end:start], self._token(kind, text[start:stop])]
                end = stop
        return "".join([*parts, text[end:]])

    def cover(self, column_type: str, text: str) -> str:
        """A text that is personal as a whole, as one token, by the type of its column."""
        return self._token(_PERSONAL.get(column_type, _PERSONAL["other"]), text)

    def _token(self, kind: str, value: str) -> str:
        digest = hmac.new(self.key, value.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        token = f"〔{kind}{digest[:12]}〕"
        self.found[token] = value
        return token
