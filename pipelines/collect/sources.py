"""From what a notice says of its sources to sources that can be listed. Each kind is a module of its own here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.collect.folder import FolderSource
from pipelines.collect.source import Source
from pipelines.ground.connections import Connect
from pipelines.notice import Notice

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

    return _form(notice, source, OdkForm(connect(source.connection), source.project, source.form))


def _open_kobo(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.kobo import KoboAsset

    return _form(notice, source, KoboAsset(connect(source.connection), source.asset))


def _open_jinshuju(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.jinshuju import JinshujuForm

    return _form(notice, source, JinshujuForm(connect(source.connection), source.form))


def _open_jinshuju_files(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.jinshuju import JinshujuFiles

    folder = FolderSource(inbox, source.path, notice.words.returned_folder)
    return _form(notice, source, JinshujuFiles(folder))


def _open_json_records(notice: Notice, source: Any, inbox: Path, connect: Connect) -> Source:
    from pipelines.collect.json_records import JsonRecords

    connection = connect(source.connection)
    how = source.model_dump(include=set(JsonRecords.OPTIONS))
    return _form(notice, source, JsonRecords(connection, notice.zone, **how))


def _form(notice: Notice, source: Any, service: Any) -> Source:
    from pipelines.collect.forms import FormSource

    units = frozenset(notice.words.unit_columns)
    return FormSource(service, source.path, {**source.fields}, units)


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
