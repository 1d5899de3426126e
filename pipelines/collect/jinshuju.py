"""金数据: a form's entries, page after page, with the questions that its fields stand for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pipelines.archive.shapes import Questions
from pipelines.collect.folder import FolderSource
from pipelines.collect.http import Api, basic, read_json
from pipelines.collect.service import Answer, Gone, Known, Pages, Upload, expect, moment, reconcile, sort_out
from pipelines.collect.source import STRANGE, Entry, EntryChanged, EntryUnreadable
from pipelines.ground.connections import Connection
from pipelines.ground.errors import RefusedError, SourceError

NAME = "金数据"
Fetch = Callable[[str], Iterator[bytes]]
"""The bytes that lie at a link."""


class JinshujuForm:
    """One form. The connection's login is the API key and its password the secret."""

    cursor: str | None = None
    is_hashed = False

    def __init__(self, connection: Connection, form: str) -> None:
        self._api = Api(connection, basic(connection))
        self._form = f"/api/v1/forms/{form}"
        self._total = 0
        self.questions: Questions | None = None

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Gone | Entry]:
        """All entries each time: there is no filter on when one was last changed. One that was deleted is only missing."""
        labels = self._labels()
        live: set[str] = set()

        def take(entry: dict[str, Any]) -> Iterator[Answer]:
            live.add(str(expect(entry, "serial_number", int, NAME)))
            yield make_answer(entry, labels, self._api.get_linked)

        yield from sort_out(self._entries(), take, "serial_number", NAME)
        yield from reconcile(known, live, max(self._total, len(live)), NAME)

    def _entries(self) -> Iterator[dict[str, Any]]:
        after: str | None = None
        pages = Pages(NAME)
        while True:
            page = self._api.get_json(f"{self._form}/entries", {"next": after} if after else None)
            self._total = int(page.get("total") or 0) if isinstance(page, Mapping) else 0
            yield from expect(page, "data", list, NAME)
            after = pages.turn(page.get("next"))
            if not after:
                return

    def _labels(self) -> dict[str, str]:
        """Field -> question. A field may have been given a code of its own, which the entries then use instead."""
        asked = {}
        for one in expect(self._api.get_json(self._form), "fields", list, NAME):
            for name, about in one.items():
                choices = [
                    str(choice.get("name")) for choice in about.get("choices") or [] if choice.get("name")
                ]
                asked[str(about.get("api_code_alias") or name)] = [str(about.get("label") or name), *choices]
        self.questions = asked
        return {name: told[0] for name, told in asked.items()}


class JinshujuFiles:
    """The webhook's JSON, saved as files in a folder: for forms without the API. It has no questions, so `fields` is needed."""

    cursor: str | None = None
    questions: Questions | None = None
    """The webhook's files hold none."""
    is_hashed = False

    def __init__(self, folder: FolderSource, files_from: Sequence[str] = ()) -> None:
        self._folder, self._places = folder, Places(files_from) if files_from else None

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Entry]:
        """What is no webhook's file is an entry with a fault: it keeps no other answer waiting."""
        left: list[str] = []
        fetch = self._places.fetch if self._places else None
        for entry in self._folder.list_entries():
            try:
                content = b"".join(self._folder.read_chunks(entry)) if not entry.fault else b""
            except EntryChanged:
                continue
            except EntryUnreadable as error:
                yield replace(entry, fault=str(error))
                continue
            found = entry if entry.fault else _answer_in(entry, content, fetch)
            if isinstance(found, Answer) and not self._places and any(map(_files, found.record.values())):
                left.append(found.id)
            yield found
        if left:
            sentence = (
                f"{len(left)} 份答卷带着文件（最近的是 {left[-1]}），推送里只有链接，文件没有收。"
                "请在通知的这个来源里写 files_from（文件所在的主机），或改用 kind: jinshuju"
            )
            yield Entry("附件", "核对：推送里的文件", 0, 0, left[-1], fault=sentence)


class Places:
    """The hosts from which files that a webhook speaks of are fetched, and no others: whoever may write into the folder must
    not send this program anywhere."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = [(urlsplit(one).hostname if "://" in one else one) or "" for one in hosts]
        self._api = Api(Connection(NAME, "https", hosts[0]), lambda client: {})

    def fetch(self, link: str) -> Iterator[bytes]:
        """Raises RefusedError for any other place."""
        host = urlsplit(link).hostname or ""
        if not any(f".{host}".endswith(f".{one}") for one in self._hosts):
            raise RefusedError(f"文件在 {host} 上，不在这个来源的 files_from 里，没有取")
        yield from self._api.get_linked(link)


def _answer_in(entry: Entry, content: bytes, fetch: Fetch | None) -> Answer | Entry:
    try:
        return make_answer(read_json(content)["entry"], {}, fetch)
    except (*STRANGE, SourceError):
        return replace(entry, fault=f"不是{NAME}推送的答卷，没有收。请移走或重新保存")


def make_answer(entry: Mapping[str, Any], labels: Mapping[str, str], fetch: Fetch | None = None) -> Answer:
    """An entry as the API and the webhook give it; where files can be fetched, they come with it, and their names stand in
    the place of links that expire."""
    record, uploads = dict(entry), list[Upload]()
    for name, value in entry.items() if fetch else ():
        files = _files(value)
        if fetch and files:
            before = len(uploads)
            for called, link in files:
                uploads.append(Upload(_unused(called, uploads), partial(fetch, link)))
            own = [one.name for one in uploads[before:]]
            record[name] = own if isinstance(value, list) else own[0]
    created, updated = moment(entry.get("created_at")), moment(entry.get("updated_at"))
    return Answer(
        id=str(expect(entry, "serial_number", int, NAME)),
        version=str(entry.get("updated_at") or entry.get("created_at") or ""),
        arrived_at=updated or created,
        record=record,
        labels=labels,
        uploads=tuple(uploads),
    )


def _files(value: Any) -> list[tuple[str, str]]:
    """Name and link of each file that a question was answered with; none where it was answered otherwise. A file is an object
    with a link, or the bare link in a list; a link that stands alone was typed by somebody."""
    given = value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
    found = []
    for one in given:
        about = one if isinstance(one, Mapping) else {"url": one}
        link = next((about[key] for key in ("url", "download_url", "link") if about.get(key)), None)
        if not isinstance(link, str) or not link.startswith(("http://", "https://")):
            return []
        address = urlsplit(link)
        named = about.get("name") or about.get("file_name") or parse_qs(address.query).get("attname", [""])[0]
        found.append((str(named or unquote(address.path.rpartition("/")[2]) or "附件"), link))
    return found


def _unused(name: str, taken: list[Upload]) -> str:
    """Two files of an answer may have one name."""
    names = {one.name for one in taken}
    number = 1
    while (called := name if number == 1 else f"{number}-{name}") in names:
        number += 1
    return called
