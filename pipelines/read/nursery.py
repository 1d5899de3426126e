"""The process that children come from: it has seen no unit's file, imported everything once, and has an environment
that holds nothing to steal. `main` runs in it; pipelines/read/pool.py talks to it.

It answers one request at a time over the socket that is its standard input: start a child, end one, or say whether the
machine still gives what the limit grants. It ends when that socket closes, and takes its children along.
"""

import errno
import gc
import json
import mimetypes
import mmap
import os
import pickle
import shutil
import signal
import socket
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pipelines.archive.objects import checked_chunks, sha256_of
from pipelines.ground.settings import Settings
from pipelines.read.findings import unreadable
from pipelines.read.sandbox import Layer, available, die_with_parent, leave_network
from pipelines.read.wire import encode

ANSWER, REJECTED, NO_MEMORY, FAULT, READY = b"A", b"R", b"M", b"F", b"+"
"""What a child's message begins with. An answer lies in an anonymous file whose descriptor comes along; REJECTED is an
answer too, with the traceback behind the letter; the others are a sentence."""
HEAD = 65536
"""So much is handed on of an object that is too large to be read."""
MOST_SAID = 48 * 1024
GOING_SECONDS = 2
"""So long a child that closed its socket may take to be gone."""
OURS = frozenset(
    {errno.ENOSPC, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EDQUOT}
)
"""What the machine says of itself; no file makes it say so."""


def main() -> None:
    """The nursery's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    _shut_standard_streams()
    _, (descriptor,), _, _ = socket.recv_fds(control, 16, 1)
    make, notice, settings, needs_scratch = pickle.loads(_content(descriptor))
    os.close(descriptor)
    leave_network()
    mimetypes.init()
    scratch = Path(tempfile.mkdtemp(prefix="notices-scratch-")) if needs_scratch else None
    try:
        _serve(control, make, notice, settings, scratch)
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _serve(control: socket.socket, make: Any, notice: Any, settings: Settings, scratch: Path | None) -> None:
    try:
        worker = make(notice, settings)
        layers, missing = available(settings, scratch)
    except Exception:
        _say(control, {"failed": traceback.format_exc()})
        return
    _say(control, {"missing": missing})
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        request = json.loads(message)
        if request["do"] == "start":
            _say(control, {"pid": _start(worker, settings, layers, scratch, descriptors[0], control)})
        elif request["do"] == "end":
            _say(control, _end(request["pid"], request["is_closed"]))
        else:
            _say(control, {"is_fine": _can_reserve(settings.child_memory_bytes)})
        for descriptor in descriptors:
            os.close(descriptor)


def _start(
    worker: Any,
    settings: Settings,
    layers: list[Layer],
    scratch: Path | None,
    pipe: int,
    control: socket.socket,
) -> int:
    own = Path(tempfile.mkdtemp(dir=scratch)) if scratch else None
    pid = os.fork()
    if pid:
        return pid
    try:
        control.close()
        os.dup2(pipe, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        if own:
            tempfile.tempdir = str(own)
        own_end = socket.socket(fileno=3)
        try:
            for layer in layers:
                layer.shut(settings, own)
            die_with_parent()
            _live(own_end, worker, settings)
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
    pipe.send(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(pipe, 16, 2)
        if not message:
            return
        try:
            job = pickle.loads(_content(descriptors[0]))
            copy = _copy(descriptors[1], sha256_of(Path(job.object_path)), settings)
            descriptors.append(copy)
            _send(pipe, *_read(worker, replace(job, object_path=f"/proc/self/fd/{copy}")))
        except MemoryError:
            pipe.send(NO_MEMORY)
        except (_OurFault, OSError, ValueError) as error:
            pipe.send(FAULT + str(error).encode("utf-8", "replace")[:MOST_SAID])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


class _OurFault(Exception):
    """What went wrong is not in the file: code that could not be loaded, or something that it may not open."""


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


def _read(worker: Any, job: Any) -> tuple[bytes, bytes]:
    """What the message begins with, and the answer's bytes."""
    try:
        return ANSWER, encode(worker.read(job))
    except MemoryError:
        raise
    except (ImportError, PermissionError) as error:
        raise _OurFault(traceback.format_exc()) from error
    except OSError as error:
        if error.errno in OURS:
            raise _OurFault(traceback.format_exc()) from error
        said = traceback.format_exc()
    except Exception:
        # Any other error is either a broken file or a mistake of ours; the log tells which.
        said = traceback.format_exc()
    except BaseException as error:  # a panic inside python-calamine is no Exception
        if type(error).__name__ != "PanicException":
            raise
        said = traceback.format_exc()
    return REJECTED + said.encode("utf-8", "replace")[-MOST_SAID:], encode(worker.reject(job, unreadable()))


def _send(pipe: socket.socket, message: bytes, content: bytes) -> None:
    """A message of a known size, whatever the answer's: neither end ever waits for the other to read on."""
    answer = put(content)
    try:
        socket.send_fds(pipe, [message], [answer])
    finally:
        os.close(answer)


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
