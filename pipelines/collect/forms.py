"""Form services as sources: each version of an answer an entry, each file uploaded with it another.

What is archived of an answer is an envelope, JSON with sorted keys: the record as the service gave it, without what
changes though nobody changed the answer (review states, signed addresses), and the labels of its fields where only the
service knows them. All that a later stage needs is in it. A withdrawal is an envelope too, without a record.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

from pipelines.archive.shapes import Questions, Shape
from pipelines.collect.record_paths import value_at
from pipelines.collect.shapes import Read, first_meant, leaf
from pipelines.collect.source import ANSWER_MARK, Entry, EntryUnreadable, Received
from pipelines.ground.errors import RefusedError, SourceError
from pipelines.notice.questions import TITLE, UNIT

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


@dataclass(frozen=True)
class Meaning:
    """What the fields of a form are about, beside what the service says of them itself."""

    fields: Mapping[str, str]
    """Field -> header, from the notice."""
    unit_headers: frozenset[str]
    """Headers whose value names the unit, which the files that came with an answer do not."""
    titles: frozenset[str] = frozenset()
    """Headers whose value is the title of a row: a file belongs to the row that it was asked in."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Question that asks for a document -> what that is called."""
    known: Read = field(default_factory=Read)
    """What the notice reads at all."""


class FormSource:
    """A form service's answers below `path`. `made_for` tells this form on this server from any other."""

    def __init__(self, service: Service, path: str, meaning: Meaning, made_for: str) -> None:
        self.service, self.path = service, path
        self._meaning, self._made_for = meaning, made_for
        self._contents: dict[str, Callable[[], Iterator[bytes]]] = {}
        self._known: dict[str, list[str]] = {}
        self._now = datetime.max.replace(tzinfo=UTC)
        self._units: dict[str, str] = {}
        self._given: set[str] = set()
        self._last: dict[str, Received] = {}
        """Answer -> the last version received of it that is no withdrawal."""
        self._holding: Counter[str] = Counter()
        self._shapes: list[Shape] = []
        self._meant: tuple[dict[str, str], dict[str, dict[str, str]]] | None = None
        self.relisted: set[str] = set()

    def remember(self, receipts: Iterable[Received], shapes: Sequence[Shape], now: datetime) -> None:
        """What was received from this form before, in order; what it asked; and the scan's aware moment."""
        self._now = now
        self._shapes = [one for one in shapes if one.form == self._made_for]
        for one in receipts:
            evidence = one.evidence
            is_answer = one.path.rpartition("/")[2].startswith(ANSWER_MARK) and "answer" in evidence
            if is_answer and evidence.get("form", self._made_for) == self._made_for:
                self._known.setdefault(evidence["answer"], []).append(one.version)
                self._units[evidence["answer"]] = evidence.get("unit", "")
                if not one.version.startswith(GONE):
                    self._last[evidence["answer"]] = one

    def shape(self, now: datetime) -> Shape | None:
        """What the form asks now, where that is another than what the journal has last."""
        questions = {name: list(told) for name, told in (self.service.questions or {}).items()}
        last = self._shapes[-1].questions if self._shapes else {}
        if not questions or questions == {name: list(told) for name, told in last.items()}:
            return None
        return Shape("", self._made_for, now, questions)

    @property
    def cursor(self) -> str | None:
        """Of this form only: whoever corrects a form's name or its server begins anew."""
        own = self.service.cursor
        return f"{self._made_for}|{own}" if own is not None else None

    def exists(self) -> bool:
        return True

    def list_entries(self, cursor: str | None) -> Iterator[Entry]:
        made_for, _, own = (cursor or "").partition("|")
        since = own if made_for == self._made_for else None
        for found in self.service.pull(since, self._known, self._now):
            if isinstance(found, Entry):
                entries = iter([self._held(found)])
            elif isinstance(found, Gone):
                entries = self._withdraw(found)
            else:
                entries = self._take(found)
            # A listing that moves meanwhile shows an answer twice.
            for entry in entries:
                if entry.key not in self._given:
                    self._given.add(entry.key)
                    yield entry

    def _held(self, entry: Entry) -> Entry:
        self.relisted.add(entry.key)
        is_placed = entry.path.startswith(f"{self.path}/")
        return entry if is_placed else replace(entry, path=f"{self.path}/{entry.path}")

    def _withdraw(self, gone: Gone) -> Iterator[Entry]:
        versions = self._known.get(gone.id, [])
        if not versions or versions[-1].startswith(GONE):
            return
        version = f"{GONE}{gone.cause}-{len(versions)}"
        content = _pack({"answer": gone.id, "labels": {}, "record": {}, "withdrawn": gone.cause})
        yield self._entry(
            gone.id, version, content, gone.at, self._evidence(gone.id, self._units.get(gone.id, ""))
        )

    def _take(self, answer: Answer) -> Iterator[Entry]:
        versions = self._known.get(answer.id, [])
        last = self._last.get(answer.id)
        if last and self.service.is_hashed and answer.version not in versions and self._is_same(answer, last):
            # Its form was changed, and it was not: it stays the version that was received.
            answer = replace(answer, version=last.version.partition("~")[0])
        is_restored = bool(versions) and versions[-1].startswith(GONE) and answer.version in versions
        if is_restored and answer.is_past:
            return
        evidence = self._evidence(answer.id, self._unit(answer))
        if is_restored:
            # The very same bytes, received once more: from now on they count again.
            version = f"{answer.version}~{len(versions)}"
            yield self._entry(answer.id, version, self._envelope(answer), None, evidence)
            return
        yield self._entry(answer.id, answer.version, self._envelope(answer), answer.arrived_at, evidence)
        for upload in answer.uploads:
            key = f"{answer.id}@{answer.version}/{upload.name.replace('/', '_')}"
            self._contents[key] = upload.fetch
            name = f"{self._belonging(answer, upload.name)}{upload.name}".replace("/", "_")
            path = f"{self.path}/{answer.id.replace('/', '_')}/{name}"
            yield Entry(key, path, 0, 0, answer.version, answer.arrived_at, evidence)

    def _envelope(self, answer: Answer) -> bytes:
        """The answer as it is archived; where the form was changed, with what the notice knew its questions as."""
        if self._meant is None:
            now = self.service.questions or {}
            self._meant = first_meant(self._shapes, now, self._meaning.known, self._meaning.fields)
        titles, options = self._meant
        was = {name: title for name, title in titles.items() if name in answer.labels}
        called = {name: one for name, one in options.items() if find(answer.record, name) is not None}
        return envelope(answer, **({"was": was} if was else {}), **({"options": called} if called else {}))

    def _is_same(self, answer: Answer, last: Received) -> bool:
        """Whether a record differs from the one received last only in what the form no longer asks, or asks anew."""
        before = dict(_filled(json.loads(last.recall())["record"]))
        after = dict(_filled(answer.record))
        asked = self.service.questions
        then = [one.questions for one in self._shapes if one.seen_at <= last.scanned_at]
        for place in before.keys() | after.keys():
            name = place[0]
            if before.get(place) == after.get(place):
                continue
            if (
                place not in after
                and asked is not None
                and not _asks(asked, name)
                and self._holders(name) > 1
            ):
                continue
            is_new = place not in before and not (then and _asks(then[-1], name))
            if is_new and not self._meaning.known.column(name, "", self._meaning.fields):
                continue
            return False
        return True

    def _holders(self, name: str) -> int:
        """How many answers, as received last, hold something under a question: one alone may have been emptied by its unit."""
        if not self._holding:
            for one in self._last.values():
                self._holding.update({place[0] for place, _ in _filled(json.loads(one.recall())["record"])})
        return self._holding[name]

    def _entry(
        self, answer: str, version: str, content: bytes, at: datetime | None, evidence: dict[str, str]
    ) -> Entry:
        key = f"{answer}@{version}"
        self._contents[key] = lambda: iter([content])
        versions = self._known.setdefault(answer, [])
        if not versions or version not in versions:
            versions.append(version)
        return Entry(key, f"{self.path}/{ANSWER_MARK}{answer}", len(content), 0, version, at, evidence)

    def _evidence(self, answer: str, unit: str) -> dict[str, str]:
        return {"answer": answer, "form": self._made_for, **({"unit": unit} if unit else {})}

    def _unit(self, answer: Answer) -> str:
        called = {**answer.labels, **self._meaning.fields}
        names = [name for name, header in called.items() if header in self._meaning.unit_headers]
        values = (find(answer.record, name) for name in (*names, *self._meaning.unit_headers, UNIT))
        named = next((str(value) for value in values if value), "")
        # Whose access key it was sent with: a unit's own, or a person's who is none.
        return named or str(value_at(answer.record, "__system.submitterName") or "")

    def _belonging(self, answer: Answer, name: str) -> str:
        """What a file's name begins with so that it is known what it is: its row's title, or the document asked for."""
        called = {**answer.labels, **self._meaning.fields}
        for question, groups in _places(answer.record, name, ()):
            leaf = question.replace(".", "/").rpartition("/")[2]
            if document := self._meaning.documents.get(leaf):
                return f"{document}_"
            for group in groups:
                for field_name, value in group.items():
                    own = field_name.replace(".", "/").rpartition("/")[2]
                    header = called.get(field_name) or called.get(own) or own
                    if value and isinstance(value, str) and (header in self._meaning.titles or own == TITLE):
                        return f"{value}_"
        return ""

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        try:
            yield from self._contents[entry.key]()
        except RefusedError as error:
            # The others go on; what the service would not give is asked for again by its answer's name.
            if self.service.ask_again(entry.evidence.get("answer", "")):
                self.relisted.add(entry.key)
            raise EntryUnreadable(str(error)) from None


def _places(
    record: Mapping[str, Any], value: str, outer: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
    """Each question that `value` answers, with the groups around it from the inside out."""
    groups = (record, *outer)
    for name, inner in record.items():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, Mapping):
                yield from _places(one, value, groups)
            elif isinstance(one, str) and (one == value or one.rpartition("/")[2] == value):
                yield name, groups


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
STRANGE = (StrangeError, RefusedError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
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
        except STRANGE as error:
            log.warning("scan: %s 的一份答卷没有收", name, exc_info=not isinstance(error, SourceError))
            why = _why(error)
            strange.append((_strange(row, id_at, name, why), why))
        else:
            is_known = True
            yield from found
        if is_known or not is_whole:
            yield from (entry for entry, _ in strange)
            strange.clear()
    if strange:
        raise StrangeError(f"{name} 的答卷都收不了（{strange[0][1]}）")


def _why(error: Exception) -> str:
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


def envelope(answer: Answer, **more: Mapping[str, Any]) -> bytes:
    """The answer as it is archived; the same answer is the same bytes."""
    return _pack({"answer": answer.id, "labels": dict(answer.labels), "record": answer.record, **more})


def _filled(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[tuple[str, int], Any]]:
    """(question and its how-manieth time, value) of all that holds something, in the record's order."""
    seen: Counter[str] = Counter()
    for name, value in _leaves(record, prefix):
        if value not in (None, "", [], {}):
            yield (name, seen[name]), value
        seen[name] += 1


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, Mapping | list) for one in value):
        for one in value:
            yield from _leaves(one, path)
    else:
        yield path, value


def names_in(record: Mapping[str, Any]) -> set[str]:
    """The questions that a record answers; groups are joined by a dot."""
    return {place[0] for place, _ in _filled(record)}


def _asks(questions: Questions, name: str) -> bool:
    return name in questions or leaf(name) in questions


def _pack(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def find(record: Mapping[str, Any], path: str) -> Any:
    """The value at `path`: a key as it is, keys of nested groups joined by `.` or `/`, or the last of them alone."""
    value = value_at(record, path)
    return value if value is not None or path in record else next(_anywhere(record, path), None)


def _anywhere(record: Mapping[str, Any], leaf: str) -> Iterator[Any]:
    for name, value in record.items():
        if name.rpartition("/")[2] == leaf:
            yield value
        elif isinstance(value, Mapping):
            yield from _anywhere(value, leaf)


def expect(content: Any, name: str, kind: type, service: str) -> Any:
    """`content[name]`, which must be of `kind`. Raises StrangeError where the service changed its shape."""
    value = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(value, kind):
        raise StrangeError(f"{service} 的回答里没有“{name}”")
    return value


def moment(text: Any) -> datetime | None:
    """An ISO 8601 time as an aware one; a time without a zone is UTC. None where it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
