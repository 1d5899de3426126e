"""From what a notice says of its sources to sources that can be listed. Each kind is a module of its own here."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.collect.folder import FolderSource
from pipelines.collect.source import Source
from pipelines.ground.connections import Connect, Connection
from pipelines.notice import Notice
from pipelines.notice.questions import TITLE, UNIT

if TYPE_CHECKING:
    from pipelines.collect.shapes import Read

Open = Callable[[Notice, Any, Path, Connect], Source]
"""Makes the source that one entry of `sources` in notice.yaml describes. Raises MissingConnectionError."""


def _open_folder(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    return FolderSource(inbox, source.path, notice.words.returned_folder)


def _open_remote_folder(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.protocols import open_remote
    from pipelines.collect.remote import RemoteFolderSource

    remote = open_remote(connect(source.connection), source.remote_path)
    return RemoteFolderSource(remote, source.path, notice.words.returned_folder)


def _open_odk(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.odk import OdkForm

    connection = connect(source.connection)
    form = OdkForm(connection, source.project, source.form, timedelta(hours=source.wait_hours))
    return _form(notice, source, form, connection)


def _open_kobo(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.kobo import KoboAsset

    connection = connect(source.connection)
    wait = timedelta(hours=source.wait_hours)
    asset = KoboAsset(connection, source.asset, wait, is_told=source.write_back)
    return _form(notice, source, asset, connection)


def _open_jinshuju(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.jinshuju import JinshujuForm

    connection = connect(source.connection)
    return _form(notice, source, JinshujuForm(connection, source.form), connection)


def _open_jinshuju_files(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.jinshuju import JinshujuFiles

    folder = FolderSource(inbox, source.path, notice.words.returned_folder)
    return _form(notice, source, JinshujuFiles(folder, source.files_from))


def _open_json_records(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.json_records import JsonRecords

    connection = connect(source.connection)
    how = source.model_dump(include=set(JsonRecords.OPTIONS))
    return _form(notice, source, JsonRecords(connection, notice.zone, **how), connection)


def _form(notice: Notice, source: Any, service: Any, connection: Connection | None = None) -> Source:
    from pipelines.collect.forms import FormSource, Meaning

    meaning = Meaning(
        fields=source.fields,
        unit_headers=frozenset(notice.words.unit_columns) | _headers(notice, "unit_name"),
        titles=_headers(notice, TITLE),
        documents={code: one.file_words[0] for code, one in notice.deliverables.items() if not one.columns},
        known=what_is_read(notice),
    )
    return FormSource(service, source.path, meaning, made_for(source, connection))


def _headers(notice: Notice, field: str) -> frozenset[str]:
    tables = (one.columns for one in notice.deliverables.values())
    return frozenset(header for one in tables if field in one for header in one[field].headers)


def what_is_read(notice: Notice) -> "Read":
    """The columns of a notice by their headers and codes, and the words of its lists."""
    from pipelines.collect.shapes import Read, plain

    found = {plain(header): "unit_name" for header in (*notice.words.unit_columns, UNIT)}
    for item in notice.deliverables.values():
        for code, column in item.columns.items():
            found |= {plain(header): code for header in (*column.headers, code)}
    words = (word for one in notice.lists.values() for word in one.values())
    return Read(found, frozenset(map(plain, words)))


def made_for(source: Any, connection: Connection | None) -> str:
    """A short name for the form that a source speaks of, on its server and as its account may see it."""
    known = source.model_dump(include={"kind", "project", "form", "asset", "url", "path"})
    if connection is not None:
        del known["path"]
        known |= {name: getattr(connection, name) for name in ("host", "port", "schema", "login")}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:12]


def _open_mailbox(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.mailbox import MailboxSource

    return MailboxSource(connect(source.connection), source)


OPEN: dict[str, Open] = {
    "folder": _open_folder,
    "form_export": _open_folder,
    "remote_folder": _open_remote_folder,
    "odk_central": _open_odk,
    "kobo": _open_kobo,
    "jinshuju": _open_jinshuju,
    "jinshuju_files": _open_jinshuju_files,
    "json_records": _open_json_records,
    "mailbox": _open_mailbox,
}
"""Kind of source -> how it is opened."""
