"""金数据: a form's entries, page after page, with the questions that its fields stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.collect.folder import FolderSource
from pipelines.collect.forms import Answer, Gone, Known, expect, moment, reconcile, sort_out
from pipelines.collect.http import Api, basic, read_json
from pipelines.collect.source import Entry, EntryChanged, EntryUnreadable
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError

NAME = "金数据"


class JinshujuForm:
    """One form. The connection's login is the API key and its password the secret."""

    cursor: str | None = None

    def __init__(self, connection: Connection, form: str) -> None:
        self._api = Api(connection, basic(connection))
        self._form = f"/api/v1/forms/{form}"
        self._total = 0

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Gone | Entry]:
        """All entries each time: there is no filter on when one was last changed. One that was deleted is only missing."""
        labels = self._labels()
        live: set[str] = set()

        def take(entry: dict[str, Any]) -> Iterator[Answer]:
            live.add(str(expect(entry, "serial_number", int, NAME)))
            yield make_answer(entry, labels)

        yield from sort_out(self._entries(), take, "serial_number", NAME)
        yield from reconcile(known, live, max(self._total, len(live)), NAME)

    def _entries(self) -> Iterator[dict[str, Any]]:
        after: Any = None
        while True:
            page = self._api.get_json(f"{self._form}/entries", {"next": after} if after else None)
            self._total = int(page.get("total") or 0) if isinstance(page, Mapping) else 0
            yield from expect(page, "data", list, NAME)
            following = page.get("next")
            if not following or following == after:
                return
            after = following

    def _labels(self) -> dict[str, str]:
        """Field -> question. A field may have been given a code of its own, which the entries then use instead."""
        found = {}
        for one in expect(self._api.get_json(self._form), "fields", list, NAME):
            for name, about in one.items():
                found[str(about.get("api_code_alias") or name)] = str(about.get("label") or name)
        return found


class JinshujuFiles:
    """The webhook's JSON, saved as files in a folder: for forms without the API. It has no questions, so `fields` is needed."""

    cursor: str | None = None

    def __init__(self, folder: FolderSource) -> None:
        self._folder = folder

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Entry]:
        """What is no webhook's file is an entry with a fault: it keeps no other answer waiting."""
        for entry in self._folder.list_entries():
            try:
                content = b"".join(self._folder.read_chunks(entry)) if not entry.fault else b""
            except EntryChanged:
                continue
            except EntryUnreadable as error:
                yield replace(entry, fault=str(error))
                continue
            yield entry if entry.fault else _answer_in(entry, content)


def _answer_in(entry: Entry, content: bytes) -> Answer | Entry:
    try:
        return make_answer(read_json(content)["entry"], {})
    except (ValueError, KeyError, TypeError, RecursionError, SourceError):
        return replace(entry, fault=f"不是{NAME}推送的答卷，没有收。请移走或重新保存")


def make_answer(entry: Mapping[str, Any], labels: Mapping[str, str]) -> Answer:
    """An entry as the API and the webhook give it."""
    created, updated = moment(entry.get("created_at")), moment(entry.get("updated_at"))
    return Answer(
        id=str(expect(entry, "serial_number", int, NAME)),
        version=str(entry.get("updated_at") or entry.get("created_at") or ""),
        arrived_at=updated or created,
        record=entry,
        labels=labels,
    )
