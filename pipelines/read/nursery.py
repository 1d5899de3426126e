"""The process that children come from: it has seen no unit's file, imported everything once, and has an environment
that holds nothing to steal. `main` runs in it; pipelines/read/pool.py talks to it.

It answers one request at a time over the socket that is its standard input: start a child, end one, or say whether the
machine still gives what the limit grants. It ends when that socket closes, and takes its children along.
"""

import gc
import json
import logging
import mimetypes
import mmap
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pipelines.archive.objects import checked_chunks, sha256_of
from pipelines.ground.scratch import scratch
from pipelines.ground.settings import Settings
from pipelines.read.findings import FileRejected
from pipelines.read.opening import is_of_the_machine
from pipelines.read.sandbox import Layer, available, die_with_parent, leave_network, own_folder
from pipelines.read.wire import encode

ANSWER, NO_MEMORY, FAULT, MISTAKE, READY = b"A", b"M", b"F", b"E", b"+"
"""What a child's message begins with. Behind an answer's letter stands what was logged on the way, behind FAULT a sentence or a
traceback of what the machine did, behind MISTAKE the traceback of what the program did."""
MOST_INLINE = 48 * 1024
"""So many bytes go as they are: two such messages lie in a socket without anybody waiting. What is larger lies in an anonymous
file whose descriptor comes along."""
HEAD = 65536
"""So much is handed on of an object that is too large to be read."""
MOST_SAID = 48 * 1024
GOING_SECONDS = 2
"""So long a child that closed its socket may take to be gone."""


@dataclass(frozen=True)
class _Made:
    """A worker that children are started from, and how each of them is shut in."""

    worker: Any
    settings: Settings
    layers: list[Layer]
    missing: list[str]
    """The layers that this machine lacks."""
    scratch: Path | None


def main() -> None:
    """The nursery's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    _shut_standard_streams()
    leave_network()
    mimetypes.init()
    with ExitStack() as kept:
        _serve(control, kept)


def _serve(control: socket.socket, kept: ExitStack) -> None:
    made: list[_Made] = []
    own: dict[int, Path | None] = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        request = json.loads(message)
        if request["do"] == "make":
            try:
                made.append(_make(descriptors[0], kept))
            except Exception:
                _say(control, {"failed": traceback.format_exc()})
                return
            _say(control, {"missing": made[-1].missing, "worker": len(made) - 1})
        elif request["do"] == "start":
            pid, folder = _start(made[request["worker"]], descriptors[0], control)
            own[pid] = folder
            _say(control, {"pid": pid})
        elif request["do"] == "end":
            ended = _end(request["pid"], request["is_closed"])
            if folder := own.pop(request["pid"], None):
                shutil.rmtree(folder, ignore_errors=True)
            _say(control, ended)
        else:
            _say(control, {"is_fine": _can_reserve(made[request["worker"]].settings.child_memory_bytes)})
        for descriptor in descriptors:
            os.close(descriptor)


def _make(descriptor: int, kept: ExitStack) -> _Made:
    """A worker, and what shuts its children in; its folder for temporary files is there for as long as `kept` is."""
    make, notice, settings, needs_scratch = pickle.loads(_content(descriptor))
    folder = kept.enter_context(scratch("read")) if needs_scratch else None
    if folder and os.geteuid() == 0:
        folder.chmod(0o711)  # children whose uid is their own pass through it to what is theirs
    worker = make(notice, settings)
    layers, missing = available(settings, folder)
    gc.freeze()
    sys.dont_write_bytecode = True  # from here on whoever imports has opened a unit's file
    return _Made(worker, settings, layers, missing, folder)


def _start(made: _Made, pipe: int, control: socket.socket) -> tuple[int, Path | None]:
    """A new child's process id, and its own folder."""
    own = own_folder(made.scratch)
    pid = os.fork()
    if pid:
        return pid, own
    try:
        control.close()
        os.dup2(pipe, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        if own:
            tempfile.tempdir = str(own)
        own_end = socket.socket(fileno=3)
        try:
            for layer in made.layers:
                layer.shut(made.settings, own)
            die_with_parent()
            _live(own_end, made.worker, made.settings)
        except BaseException:
            # Nothing that a file does comes here: what it raises is answered.
            own_end.send(FAULT + traceback.format_exc().encode("utf-8", "replace")[-MOST_SAID:])
    finally:
        os._exit(0)


def _end(pid: int, is_closed: bool) -> dict[str, Any]:
    """Ends the child and says how it went: the signal that had ended it before we did (0: none had), and its seconds of
    computing. `is_closed`: its end of the socket is closed, so it is about to be gone by itself."""
    deadline = monotonic() + (GOING_SECONDS if is_closed else 0)
    while not (is_gone := os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None):
        if monotonic() >= deadline:
            os.kill(pid, signal.SIGKILL)
            break
        sleep(0.005)
    _, status, usage = os.wait4(pid, 0)
    return {
        "signal": os.WTERMSIG(status) if is_gone and os.WIFSIGNALED(status) else 0,
        "seconds": usage.ru_utime + usage.ru_stime,
    }


def _can_reserve(size: int) -> bool:
    """Whether the machine gives a process as much memory as a child's limit grants."""
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        return False
    return True


def _live(pipe: socket.socket, worker: Any, settings: Settings) -> None:
    """A child's life: open what comes until the socket closes or a limit ends it."""
    said = _Said()
    pipe.send(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(pipe, 1 << 16, 2)
        if not message:
            return
        try:
            _, start = parted(message)
            job = pickle.loads(_content(descriptors[1]) if descriptors[1:] else start)
            copy = _copy(descriptors[0], sha256_of(Path(job.object_path)), settings)
            descriptors.append(copy)
            answer = _read(worker, replace(job, object_path=f"/proc/self/fd/{copy}"))
            _send(pipe, ANSWER + said.take().encode("utf-8", "replace")[-MOST_SAID:], answer)
        except MemoryError:
            pipe.send(NO_MEMORY)
        except _Mistake as error:
            pipe.send(MISTAKE + str(error).encode("utf-8", "replace")[-MOST_SAID:])
        except (_MachineFault, OSError, ValueError) as error:
            pipe.send(FAULT + str(error).encode("utf-8", "replace")[-MOST_SAID:])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


class _MachineFault(Exception):
    """What went wrong is not in the file: code that could not be loaded, or something that it may not open."""


class _Mistake(Exception):
    """The program erred at what it had opened: the traceback."""


def _copy(source: int, sha256: str, settings: Settings) -> int:
    """An anonymous copy of the object, which this process can open by a path; made while the object is verified.

    Raises OSError where it cannot be read, ValueError where it is not what its name says.
    """
    copy = os.memfd_create("object")
    size = os.fstat(source).st_size
    kept, most = 0, HEAD if size > settings.max_inflated_bytes else size
    for chunk in checked_chunks(source, sha256):
        if kept < most:
            os.write(copy, chunk[: most - kept])
            kept += len(chunk)
    return copy


def _read(worker: Any, job: Any) -> bytes:
    """The answer's bytes. What a file brings about is a FileRejected by now: it was opened inside `opening`."""
    try:
        return encode(_answer(worker, job))
    except MemoryError:
        raise
    except BaseException as error:
        raise (_MachineFault if is_of_the_machine(error) else _Mistake)(traceback.format_exc()) from error


def _answer(worker: Any, job: Any) -> Any:
    try:
        return worker.read(job)
    except FileRejected as rejection:
        return worker.reject(job, rejection)


class _Said(logging.Handler):
    """What a child logs: it has no way out but its answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        logging.getLogger().handlers[:] = [self]

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def take(self) -> str:
        lines, self._lines = self._lines, []
        return "\n".join(lines)


def _send(pipe: socket.socket, message: bytes, content: bytes) -> None:
    """A message of a limited size, whatever the answer's: neither end ever waits for the other to read on."""
    with together(message, content) as (whole, descriptors):
        socket.send_fds(pipe, [whole], descriptors)


@contextmanager
def together(message: bytes, content: bytes) -> Iterator[tuple[bytes, list[int]]]:
    """A message with what it is about: as bytes, and, inside, the descriptors that go along."""
    head = message[:1] + len(message).to_bytes(4, "little") + message[1:]
    if len(head) + len(content) <= MOST_INLINE:
        yield head + content, []
        return
    descriptor = put(content)
    try:
        yield head, [descriptor]
    finally:
        os.close(descriptor)


def parted(whole: bytes) -> tuple[bytes, bytes]:
    """The message and what it is about, as `together` made them; nothing where that goes along as a descriptor."""
    end = 4 + int.from_bytes(whole[1:5], "little")
    return whole[:1] + whole[5:end], whole[end:]


def put(content: bytes) -> int:
    """The descriptor of an anonymous file that holds this."""
    descriptor = os.memfd_create("message")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return descriptor


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _say(control: socket.socket, said: dict[str, Any]) -> None:
    control.send(json.dumps(said).encode())


def _shut_standard_streams() -> None:
    """A child has nothing to read from, and nowhere to write to but its answer."""
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
