"""Form services as sources: each answer an entry, each file uploaded with it another.

What is archived of an answer is an envelope, JSON with sorted keys: the record as the service gave it, without what
changes though nobody changed the answer (review states, signed addresses), and the labels of its fields where only the
service knows them. All that a later stage needs is in it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from pipelines.collect.http import RefusedError
from pipelines.collect.source import ANSWER_MARK, Entry, EntryUnreadable
from pipelines.ground.errors import SourceError


@dataclass(frozen=True)
class Upload:
    """A file that came with an answer."""

    name: str
    fetch: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Answer:
    """One answer as it is now. `version` changes with its content, and with nothing else."""

    id: str
    version: str
    arrived_at: datetime | None
    """Aware: when the service took this version in; None where it does not say."""
    record: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Field -> its question, where the record's own names say nothing."""
    uploads: tuple[Upload, ...] = ()


class Service(Protocol):
    """One form of one service."""

    cursor: str | None

    def pull(self, cursor: str | None) -> Iterator[Answer | Entry]:
        """All answers, or those touched since `cursor`; what is no answer as an entry with a fault. Raises SourceError, at
        the end where a part came before."""
        ...


class FormSource:
    """A form service's answers below `path`."""

    def __init__(
        self, service: Service, path: str, fields: Mapping[str, str], unit_headers: frozenset[str]
    ) -> None:
        """`fields` and an answer's labels say what a field is called; those called like one of `unit_headers` name the
        unit, which the files that came with the answer do not."""
        self.service, self.path = service, path
        self._fields, self._unit_headers = fields, unit_headers
        self._contents: dict[str, Callable[[], Iterator[bytes]]] = {}

    @property
    def cursor(self) -> str | None:
        return self.service.cursor

    def exists(self) -> bool:
        return True

    def list_entries(self, cursor: str | None) -> Iterator[Entry]:
        for answer in self.service.pull(cursor):
            if isinstance(answer, Entry):
                yield answer
                continue
            content = envelope(answer)
            key = f"{answer.id}@{answer.version}"
            unit = self._unit(answer)
            evidence = {"answer": answer.id, **({"unit": unit} if unit else {})}
            self._contents[key] = lambda content=content: iter([content])  # type: ignore[misc]
            yield Entry(
                key,
                f"{self.path}/{ANSWER_MARK}{answer.id}",
                len(content),
                0,
                answer.version,
                answer.arrived_at,
                evidence,
            )
            for upload in answer.uploads:
                name = upload.name.replace("/", "_")
                self._contents[f"{key}/{name}"] = upload.fetch
                path = f"{self.path}/{answer.id.replace('/', '_')}/{name}"
                yield Entry(f"{key}/{name}", path, 0, 0, answer.version, answer.arrived_at, evidence)

    def _unit(self, answer: Answer) -> str:
        called = {**answer.labels, **self._fields}
        values = (
            find(answer.record, name) for name, header in called.items() if header in self._unit_headers
        )
        return next((str(value) for value in values if value), "")

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        try:
            yield from self._contents[entry.key]()
        except RefusedError as error:
            raise EntryUnreadable(str(error)) from None


def envelope(answer: Answer) -> bytes:
    """The answer as it is archived; the same answer is the same bytes."""
    content = {"answer": answer.id, "labels": dict(answer.labels), "record": answer.record}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def find(record: Mapping[str, Any], path: str) -> Any:
    """The value at `path`: a key as it is, keys of nested groups joined by `.` or `/`, or the last of them alone."""
    value = value_at(record, path)
    return value if value is not None or path in record else next(_anywhere(record, path), None)


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value at exactly `path`: a key as it is, or keys of nested groups joined by `.` or `/`; None where there is none."""
    if path in record:
        return record[path]
    value: Any = record
    for name in path.replace("/", ".").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _anywhere(record: Mapping[str, Any], leaf: str) -> Iterator[Any]:
    for name, value in record.items():
        if name.rpartition("/")[2] == leaf:
            yield value
        elif isinstance(value, Mapping):
            yield from _anywhere(value, leaf)


def expect(content: Any, name: str, kind: type, service: str) -> Any:
    """`content[name]`, which must be of `kind`. Raises SourceError where the service changed its shape."""
    value = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(value, kind):
        raise SourceError(f"{service} 的回答里没有“{name}”，接口可能变了。已收的不受影响，请联系维护人员")
    return value


def moment(text: Any) -> datetime | None:
    """An ISO 8601 time as an aware one; a time without a zone is UTC. None where it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
