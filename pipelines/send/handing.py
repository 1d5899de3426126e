"""What the outboxes of mails and of pushes have in common: one SQLite file, the objects beside it, and one sender at a time.

`_move` is the only way in which a state changes, from stated states alone, and is on disk when it returns.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Self

from pipelines.archive.objects import read_object
from pipelines.archive.store import Archive
from pipelines.ground.durable import open_base, sync_folder
from pipelines.ground.lease import only_one
from pipelines.send.records import OutboxBusyError, to_text


class Handing:
    """Things to be handed over, once each. Use it in a `with`; any number of processes may, one of them may send."""

    table: ClassVar[str]
    """Where they stand: one row a thing, with key, state, changed_at and attempts."""
    file: ClassVar[str]
    schema: ClassVar[str]
    busy: ClassVar[str]
    """What is said where another process sends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._objects = Archive(path)
        self._base = open_base(path / self.file, self.schema)
        sync_folder(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Held by the one process that sends, of all machines that share a store. Raises OutboxBusyError where another one does."""
        with (self.path / "send.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutboxBusyError(self.busy) from None
            with only_one(self.path / "send"):
                yield

    def server_wait(self, connection: str) -> tuple[int, datetime | None]:
        """How often in a row a server could not be reached, and from when on to try again."""
        found = self._base.execute(
            "SELECT failures, retry_at FROM servers WHERE connection = ?", [connection]
        ).fetchone()
        return (found[0], datetime.fromisoformat(found[1])) if found else (0, None)

    def note_server(self, connection: str, failures: int, retry_at: datetime, error: str | None) -> None:
        self._base.execute(
            "INSERT OR REPLACE INTO servers VALUES (?, ?, ?, ?)",
            [connection, failures, to_text(retry_at), error],
        )

    def changes(self, key: str) -> list[tuple[str, str, str | None]]:
        """What happened to one: moment, state and error, in order."""
        return self._base.execute(
            "SELECT changed_at, state, error FROM changes WHERE key = ? ORDER BY position", [key]
        ).fetchall()

    def _content(self, sha256: str) -> bytes:
        return read_object(self._objects.object_path(sha256))

    def _move(
        self, key: str, states: tuple[StrEnum, ...], to: StrEnum, now: datetime, tried: bool = False, **columns: object
    ) -> bool:  # fmt: skip
        """Changes one where its state is one of these; on disk when it returns True. `tried` counts an attempt."""
        values = {"state": to, "changed_at": to_text(now), **columns}
        changes = ", ".join(f"{name} = ?" for name in values)
        allowed = ", ".join("?" for _ in states)
        return (
            self._base.execute(
                f"UPDATE {self.table} SET {changes}, attempts = attempts + {int(tried)} "
                f"WHERE key = ? AND state IN ({allowed})",
                [*values.values(), key, *states],
            ).rowcount
            == 1
        )
