"""Workers that do what no reader does: what a hostile file might make a child do, if it could make it run code."""

import ctypes
import errno
import os
import pickle
import resource
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read import nursery
from pipelines.read.findings import FileRejected
from pipelines.read.opening import opening
from pipelines.read.pool import READER
from pipelines.read.reader import Reader
from pipelines.read.rows import SheetRows
from pipelines.read.submission import Job, Submission


@dataclass(frozen=True)
class Attempt:
    """A job: what to try, on what."""

    path: str
    object_path: str
    target: str = ""


def _failure(attempt: Callable[[], object]) -> str:
    """'did' where it could, else the name of the error."""
    try:
        found = attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, repr(error))
    except ValueError as error:
        return "EPERM" if "not allowed" in str(error) else repr(error)
    return f"did: {found!r}" if isinstance(found, str | bytes) else "did"


def _connect(port: str) -> None:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=5):
        pass


def _system(name: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(name, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _loosen() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _steal_environment() -> str:
    """Everything that a process can find of an environment: its own, and that it was started with."""
    said = "\n".join(f"{name}={value}" for name, value in os.environ.items())
    try:
        return said + Path("/proc/self/environ").read_text("utf-8", "replace")
    except OSError:
        return said


ATTEMPTS: dict[str, Callable[[str], object]] = {
    "environment": lambda target: _steal_environment(),
    "environment of the parent": lambda target: Path(f"/proc/{target}/environ").read_bytes(),
    "memory of the parent": lambda target: open(f"/proc/{target}/mem", "rb").close(),
    "read the home": lambda target: Path(target).read_bytes(),
    "write a file": lambda target: Path(target).write_bytes(b"x"),
    "append to a file": lambda target: open(target, "ab").close(),
    "remove a file": lambda target: os.unlink(target),
    "rename a file": lambda target: os.rename(target, f"{target}.moved"),
    "make a folder": lambda target: os.mkdir(f"{target}.folder"),
    "change a mode": lambda target: os.chmod(target, 0o777),
    "connect": _connect,
    "open a socket": lambda target: socket.socket(socket.AF_UNIX).close(),
    "run a program": lambda target: os.execv("/bin/true", ["true"]),
    "make a process": lambda target: _fork(),
    "kill the parent": lambda target: os.kill(int(target), signal.SIGKILL),
    "stop itself": lambda target: os.kill(os.getpid(), signal.SIGKILL),
    "trace the parent": lambda target: _system(101, 16, int(target), 0, 0),
    "become root": lambda target: os.setresuid(0, 0, 0) if os.getuid() else (_ for _ in ()).throw(PermissionError(errno.EPERM, "")),
    "loosen a limit": lambda target: _loosen(),
    "enter a namespace": lambda target: _system(272, 0x10000000),
    "use io_uring": lambda target: _system(425, 1, 0),
}  # fmt: skip


class Thief:
    """Answers what came of an attempt."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.settings = settings

    def read(self, job: Attempt) -> tuple[str, str]:
        return job.path, _failure(lambda: ATTEMPTS[job.path](job.target))

    def reject(self, job: Attempt, rejection: FileRejected) -> tuple[str, str]:
        return job.path, rejection.reason


class Scribbler(Thief):
    """May write into its scratch folder, and nowhere else."""

    writes_scratch = True

    def read(self, job: Attempt) -> tuple[str, str]:
        with tempfile.NamedTemporaryFile("w+b") as file:
            file.write(b"x")
        return super().read(job)


class _Trap:
    """What runs code when it is unpickled."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[[str, int], None], tuple[str, int]]:
        return os.mkdir, (self.target, 0o700)


def _forge(job: Attempt) -> None:
    pipe = socket.socket(fileno=3)
    nursery._send(pipe, nursery.ANSWER, pickle.dumps(_Trap(job.target)))
    pipe.detach()
    time.sleep(60)


def _close(job: Attempt) -> None:
    os.close(3)
    time.sleep(60)


def _overwrite(job: Attempt) -> None:
    ctypes.string_at(0)


def _blow_up(job: Attempt) -> None:
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def _raise(error: BaseException) -> None:
    raise error


class PanicException(BaseException):
    """What Rust throws is called so, and no more is known of it."""


def _open(reading: Callable[[], None]) -> None:
    with opening():
        reading()


ENDS: dict[str, Callable[[Attempt], object]] = {
    "abort": lambda job: os.abort(),
    "segmentation fault": _overwrite,
    "exit": lambda job: os._exit(3),
    "close": _close,
    "forge": _forge,
    "memory": _blow_up,
    "compute": lambda job: [None for _ in iter(int, 1)],
    "wait": lambda job: time.sleep(600),
    "broken": lambda job: _open(lambda: _raise(ArithmeticError("a broken file"))),
    "panic": lambda job: _open(lambda: _raise(PanicException("range start index"))),
    "nested": lambda job: _open(lambda: _open(lambda: _raise(RecursionError("too deep")))),
    "found out": lambda job: _raise(FileRejected("encrypted", "")),
    "mistake": lambda job: _raise(ArithmeticError("a mistake of ours")),
    "deep mistake": lambda job: _raise(RecursionError("a mistake of ours")),
    "panic of ours": lambda job: _raise(PanicException("a mistake of ours")),
    "no answer": lambda job: None,
    "module": lambda job: _open(lambda: _raise(ImportError("no such module"))),
    "shut out": lambda job: _open(lambda: _raise(PermissionError(errno.EACCES, ""))),
    "no space": lambda job: _open(lambda: _raise(OSError(errno.ENOSPC, ""))),
    "read": lambda job: None,
}


class Ending:
    """Ends as its job says; answers the object's content otherwise."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.settings = settings

    def read(self, job: Attempt) -> tuple[str, str]:
        ENDS[job.path](job)
        if job.path == "no answer":
            return job.path, object()  # type: ignore[return-value]
        return job.path, Path(job.object_path).read_text("utf-8")

    def reject(self, job: Attempt, rejection: FileRejected) -> tuple[str, str]:
        return job.path, rejection.reason


def _with_column(name: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[Submission], Submission]:
    def lie(told: Submission) -> Submission:
        (rows,) = told.sheets
        return replace(
            told, sheets=[replace(rows, columns={**rows.columns, name: change(rows.columns.get(name, []))})]
        )

    return lie


def _with_rows(**said: Any) -> Callable[[Submission], Submission]:
    return lambda told: replace(told, sheets=[replace(told.sheets[0], **said)])


def _other_length(rows: SheetRows) -> SheetRows:
    return replace(rows, row_numbers=[*rows.row_numbers, 9])


LIES: dict[str, Callable[[Submission], Submission]] = {
    "a column too short": _with_column("title", lambda cells: cells[1:]),
    "a column too long": _with_column("title_state", lambda cells: [*cells, None]),
    "more rows than cells": lambda told: replace(told, sheets=[_other_length(told.sheets[0])]),
    "states of no row": _with_rows(row_states=[None] * 9),
    "a number for a text": _with_column("title", lambda cells: [7, *cells[1:]]),
    "a text for a number": _with_column("participants", lambda cells: ["7", *cells[1:]]),
    "a text for a day": _with_column("activity_date", lambda cells: ["2020-11-09", *cells[1:]]),
    "a number beyond all": _with_column("participants", lambda cells: [1 << 63, *cells[1:]]),
    "a tree in a cell": _with_column("title", lambda cells: [["x"], *cells[1:]]),
    "a column of nobody's": _with_column("submission_idea", lambda cells: ["x"]),
    "a table of nobody's": _with_rows(deliverable="nothing"),
    "places that are none": _with_rows(places='{"title": ["x", 1]}'),
    "places that are no JSON": _with_rows(places="{"),
    "a row beyond all": _with_rows(header_row=1 << 40),
    "another receipt": lambda told: replace(told, receipt_id="other"),
    "another file": lambda told: replace(told, path="other"),
    "a file called alike": lambda told: replace(told, path=f"{told.path}x"),
    "another moment": lambda told: replace(told, received_at=told.received_at.replace(year=1999)),
    "nobody's": lambda told: replace(told, recipient_code="NOBODY"),
    "nothing's": lambda told: replace(told, deliverable="nothing"),
}


class Liar(Reader):
    """Says of a file what its name tells, if that is one of the lies."""

    def read(self, job: Job) -> list[Submission]:
        (told,) = super().read(job)
        return [LIES.get(Path(job.path).stem, lambda honest: honest)(told)]


LIAR = replace(READER, module=__name__, name="Liar")
