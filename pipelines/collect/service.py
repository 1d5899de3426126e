"""What a form service is, and how what it answers is taken apart: each answer by itself, nothing in silence."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

from pipelines.archive.shapes import Questions
from pipelines.collect.record_paths import value_at
from pipelines.collect.source import ANSWER_MARK, STRANGE, Entry
from pipelines.ground.errors import RefusedError, SourceError

GONE = "gone-"
"""What the version of a withdrawal starts with; its cause and a number follow."""
log = logging.getLogger(__name__)
Cause = Literal["deleted", "rejected", "missing"]
"""Why an answer no longer counts: deleted on the server, rejected there by a person, or gone without a trace."""


@dataclass(frozen=True)
class Upload:
    """A file that came with an answer."""

    name: str
    fetch: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Answer:
    """One version of one answer. `version` changes with its content, and with nothing else."""

    id: str
    version: str
    arrived_at: datetime | None
    """Aware: when the service took this version in; None where it does not say."""
    record: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Field -> its question, where the record's own names say nothing."""
    uploads: tuple[Upload, ...] = ()
    is_past: bool = False
    """A version that another one has replaced on the server."""


@dataclass(frozen=True)
class Gone:
    """An answer that the service no longer stands by, from `at` on (None: from now on)."""

    id: str
    cause: Cause
    at: datetime | None = None


class StrangeError(SourceError):
    """The service answered, but not in the shape that is known of it: `what` differs."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}，接口可能变了。已收的不受影响，请联系维护人员")
        self.what = what


Known = Mapping[str, Sequence[str]]
"""Answer -> the versions received of it, in that order; a withdrawal is one too (GONE)."""


class Service(Protocol):
    """One form of one service."""

    @property
    def cursor(self) -> str | None: ...

    @property
    def questions(self) -> Questions | None:
        """What the form asks, once answers are given; None where the service does not say."""
        ...

    @property
    def is_hashed(self) -> bool:
        """Whether versions are made of what answers hold: then a changed form makes new ones of answers nobody changed."""
        ...

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator["Answer | Gone | Entry"]:
        """All answers, or those touched since `cursor`; one that has to wait, or is none, as an entry with a fault, which
        is given again each time. Raises SourceError, at the end where a part came before."""
        ...

    def ask_again(self, answer: str) -> bool:
        """Whether the answer is listed again next time, wherever the cursor then begins."""
        ...


def reconcile(known: Known, live: Set[str], total: int, name: str) -> Iterator[Gone | Entry]:
    """What a complete listing says of answers received before that it does not show.

    A listing that is short of what the service says it holds proves nothing; nor does one in which most are missing: a
    form that was emptied or changed is somebody's to look at, and withdraws nobody's answers.
    """
    standing = {answer for answer, versions in known.items() if not versions[-1].startswith(GONE)}
    missing = sorted(standing - live)
    if len(live) != total:
        sentence = (
            f"{name} 说共有 {total} 份答卷，列出来的是 {len(live)} 份；列出来的都已收，缺的下一轮再核对"
        )
        yield Entry("核对", "核对：份数不符", 0, 0, fault=sentence)
    elif len(missing) > max(3, len(standing) // 2):
        sentence = (
            f"已收 {len(standing)} 份答卷，{name} 上现在只有 {len(live)} 份，少了 {len(missing)} 份，已收的仍然算数。"
            "请核对表单是否清空或换过；确要撤回的，请逐份处理"
        )
        yield Entry("核对", "核对：大量答卷不见", 0, 0, fault=sentence)
    else:
        for answer in missing:
            yield Gone(answer, "missing")


class Pages:
    """The way from page to page. Raises SourceError where it leads back to a page that was read: it would never end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._walked: set[str] = set()

    def turn(self, following: Any) -> str | None:
        """The link to the next page, or its number; None after the last."""
        if not following:
            return None
        if str(following) in self._walked:
            raise SourceError(
                f"{self._name} 的翻页转回了已经读过的一页，没有列完。已收的不受影响，下一轮再试"
            )
        self._walked.add(str(following))
        return str(following)


Found = TypeVar("Found")
STRANGE_ANSWER = (StrangeError, RefusedError, *STRANGE)
"""What an answer of another shape than any that is known raises while it is taken apart, and a part of it that is refused."""


def sort_out(
    rows: Iterable[Any],
    take: Callable[[dict[str, Any]], Iterable[Found]],
    id_at: str,
    name: str,
    *,
    is_whole: bool = True,
) -> Iterator[Found | Entry]:
    """What each row of a service gives; one that makes no sense, or of which the service will not give a part, is an entry
    that waits alone. Raises SourceError where that is so of all the rows there are: then it is the service that changed."""
    strange: list[tuple[Entry, str]] = []
    is_known = False
    for row in rows:
        try:
            if not isinstance(row, dict):
                raise StrangeError("它不是一份答卷")
            found = list(take(row))
        except STRANGE_ANSWER as error:
            log.warning("scan: %s 的一份答卷没有收", name, exc_info=not isinstance(error, SourceError))
            why = why_strange(error)
            strange.append((_strange(row, id_at, name, why), why))
        else:
            is_known = True
            yield from found
        if is_known or not is_whole:
            yield from (entry for entry, _ in strange)
            strange.clear()
    if strange:
        raise StrangeError(f"{name} 的答卷都收不了（{strange[0][1]}）")


def why_strange(error: Exception) -> str:
    """Why one answer is not taken in, in words."""
    if isinstance(error, StrangeError):
        return error.what
    return str(error) if isinstance(error, SourceError) else f"看不懂（{error!r:.100}）"


def _strange(row: Any, id_at: str, name: str, why: str) -> Entry:
    """An answer that waits; its key changes when it does."""
    given = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]
    answer = value_at(row, id_at) if isinstance(row, Mapping) else None
    label = str(answer) if isinstance(answer, str | int) else f"（没有编号，{given}）"
    sentence = f"{name} 的这份答卷没有收：{why}。其余照收，下一轮再试；请在 {name} 上打开它核对，或请填报人重新填一份"
    return Entry(f"{label}@{given}", f"{ANSWER_MARK}{label}", 0, 0, given, fault=sentence)


def expect(content: Any, name: str, kind: type, service: str) -> Any:
    """`content[name]`, which must be of `kind`. Raises StrangeError where the service changed its shape."""
    value = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(value, kind):
        raise StrangeError(f"{service} 的回答里没有“{name}”")
    return value


def from_seconds(seconds: float) -> datetime | None:
    """The moment so many seconds after 1970; None where no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment(text: Any) -> datetime | None:
    """An ISO 8601 time as an aware one; a time without a zone is UTC. None where it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
