"""From what a notice says of its sources to sources that can be listed. Each kind is a module of its own here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.collect.folder import FolderSource
from pipelines.collect.source import Source
from pipelines.connections import Connect
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


OPEN: dict[str, Open] = {
    "folder": _open_folder,
    "form_export": _open_folder,
    "remote_folder": _open_remote_folder,
}
"""Kind of source -> how it is opened."""
