"""What each relation promises to machines: its key, the words that its columns take, and what it is made of.

Stated once, in the header of the relation's file in sql/: `Key: a, b.` and `-- 取值 column：word、word`. A figure that is asked as of a
moment (NAME_as_of) has the promises of its latest view NAME, less the notice. Whether a column may be empty is said by its
comment: where it does not say 为空, it never is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "_as_of"
MAY_BE_EMPTY = "为空"
"""What a column's comment says where it may be NULL, or the empty text."""
_KEY = re.compile(r"\bKey: ([a-z_]+(?:,\s+(?:-- )?[a-z_]+)*)")
_VALUES = re.compile(r"^-- 取值 (\w+)：(.*)$", re.MULTILINE)
_COMMENT = re.compile(r"(COMMENT ON (?:VIEW|TABLE|MACRO TABLE) (?:raw|core|marts)\.\w+ IS '[^']*)'")


@dataclass(frozen=True)
class Contract:
    """Of one relation. `key` is empty where rows are told apart by nothing."""

    key: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]
    """The relations that it asks, in name order."""

    @property
    def told(self) -> str:
        """For the catalogue: 〔键：…；来自：…〕."""
        parts = [f"键：{'、'.join(self.key)}"] if self.key else []
        parts += [f"来自：{'、'.join(self.sources)}"] if self.sources else []
        return f"〔{'；'.join(parts)}〕" if parts else ""


def read_contract(name: str, texts: Mapping[str, str], references: Mapping[str, set[str]]) -> Contract:
    """Of the relation `name` (schema and name) whose file, and that of its twin, are among `texts`."""
    twin = name.removesuffix(AS_OF) if name.endswith(AS_OF) else f"{name}{AS_OF}"
    both = [text for one in (name, twin) if (text := texts.get(one))]
    key = next((_split(found[1]) for text in both if (found := _KEY.search(text))), ())
    if key == ("none",):
        key = ()
    if name.endswith(AS_OF):
        key = tuple(one for one in key if one != "notice_id")
    values = {column: tuple(words.split("、")) for text in both for column, words in _VALUES.findall(text)}
    asked = references.get(f"{twin}" if twin.endswith(AS_OF) and twin in texts else name, set())
    return Contract(key, values, tuple(sorted(asked - {name, twin})))


def _split(told: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z_]+", told))


def tell(statement: str, contract: Contract) -> str:
    """The statement with the promises in the relation's comment, where it is the one that comments on it."""
    return _COMMENT.sub(lambda found: f"{found[1]}{contract.told}'", statement)


def title_of(comment: str) -> str:
    """A relation's comment without its promises."""
    return comment.partition("〔")[0]


def is_promised(comment: str) -> bool:
    """Whether a column with this comment is never NULL; one without a comment may be."""
    return bool(comment) and MAY_BE_EMPTY not in comment
