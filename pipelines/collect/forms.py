"""Form services as sources: each version of an answer an entry, each file uploaded with it another.

What is archived of an answer is an envelope, JSON with sorted keys: the record as the service gave it, without what
changes though nobody changed the answer (review states, signed addresses), and the labels of its fields where only the
service knows them. All that a later stage needs is in it. A withdrawal is an envelope too, without a record.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.archive.shapes import Questions, Shape
from pipelines.collect.record_paths import filled, find, value_at
from pipelines.collect.service import GONE, Answer, Gone, Service, why_strange
from pipelines.collect.shapes import Read, first_meant, leaf
from pipelines.collect.source import ANSWER_MARK, CLIENT, STRANGE, Entry, EntryUnreadable, Received
from pipelines.ground.errors import RefusedError
from pipelines.notice.questions import TITLE, UNIT

CLOCKS_APART = timedelta(minutes=5)
"""How far a service's clock may be ahead of ours."""
log = logging.getLogger(__name__)


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
        self._latest: datetime | None = None
        """When the service says that it took in the newest answer."""
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
                if found.arrived_at and (self._latest is None or found.arrived_at > self._latest):
                    self._latest = found.arrived_at
                entries = self._take_alone(found)
            # A listing that moves meanwhile shows an answer twice.
            for entry in entries:
                if entry.key not in self._given:
                    self._given.add(entry.key)
                    yield entry
        yield from self._ahead()

    def _ahead(self) -> Iterator[Entry]:
        """That the service's clock is ahead of ours, where its answers prove it: what it took in counts as received now."""
        if self._latest and self._latest - self._now > CLOCKS_APART:
            hours = (self._latest - self._now).total_seconds() / 3600
            sentence = (
                f"有答卷的时间比现在晚（最多 {hours:.1f} 小时），表单服务的时钟不准；这些答卷都已收，按收到时算。"
                "请服务的管理员校准时钟；因此被算作逾期的，请用“延期”处理"
            )
            yield self._held(Entry("时钟", "核对：服务器时钟", 0, 0, fault=sentence))

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

    def _take_alone(self, answer: Answer) -> Iterator[Entry]:
        """As `_take`; one that makes no sense waits, and keeps no other one waiting."""
        try:
            return iter(list(self._take(answer)))
        except STRANGE as error:
            log.warning("scan: %s 的一份答卷没有收", self.path, exc_info=error)
            self.service.ask_again(answer.id)
            sentence = f"这份答卷没有收：{why_strange(error)}。其余照收，下一轮再试；请打开它核对，或请填报人重新填一份"
            key = f"{answer.id}@{answer.version}"
            return iter(
                [self._held(Entry(key, f"{ANSWER_MARK}{answer.id}", 0, 0, answer.version, fault=sentence))]
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
            is_log = _is_log(answer.record, upload.name)
            belonging = "" if is_log else self._belonging(answer, upload.name)
            name = f"{belonging}{upload.name}".replace("/", "_")
            path = f"{self.path}/{answer.id.replace('/', '_')}/{name}"
            known = evidence | {"made_by": CLIENT} if is_log else evidence
            yield Entry(key, path, 0, 0, answer.version, answer.arrived_at, known)

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
        before = dict(filled(json.loads(last.recall())["record"]))
        after = dict(filled(answer.record))
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
                self._holding.update({place[0] for place, _ in filled(json.loads(one.recall())["record"])})
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


def _is_log(record: Mapping[str, Any], name: str) -> bool:
    """Whether a file is what the phone wrote down itself while somebody answered."""
    return name in (value_at(record, "meta.audit"), record.get("meta/audit"))


def envelope(answer: Answer, **more: Mapping[str, Any]) -> bytes:
    """The answer as it is archived; the same answer is the same bytes."""
    return _pack({"answer": answer.id, "labels": dict(answer.labels), "record": answer.record, **more})


def _asks(questions: Questions, name: str) -> bool:
    return name in questions or leaf(name) in questions


def _pack(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
