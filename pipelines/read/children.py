"""The parent's end: a nursery to start children in, and one child with the jobs that it holds."""

import json
import logging
import os
import pickle
import socket
import stat
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from pipelines.archive.objects import open_object
from pipelines.ground.errors import ReadingFault
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read import nursery

log = logging.getLogger(__name__)
_KEPT = (
    *("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH"),
    *("PYTHONUTF8", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
)
"""All that a child's environment may hold, but for where its code lies. What the process that children come from compiles is kept
as everybody's is: it has seen no unit's file then, and compiling what only children import cost each cycle 0.1 s."""
READY_SECONDS = 60
MOST_MADE = 16
"""Workers that one process makes before it is let go."""
_told: set[str] = set()


class Opened(Protocol):
    @property
    def object_path(self) -> str: ...


J = TypeVar("J", bound=Opened)


@dataclass(frozen=True)
class Message:
    """What came from a child: an answer, a sentence, or the end of its socket."""

    kind: bytes
    said: str = ""
    content: bytes = b""

    @property
    def is_end(self) -> bool:
        return not self.kind

    @property
    def is_answer(self) -> bool:
        return self.kind == nursery.ANSWER

    @property
    def is_fault(self) -> bool:
        """Whether the child itself says that what went wrong is not in the file."""
        return self.kind in (nursery.FAULT, nursery.MISTAKE)

    @property
    def is_mistake(self) -> bool:
        """Whether that is the program: then `said` is the traceback."""
        return self.kind == nursery.MISTAKE

    @property
    def is_out_of_memory(self) -> bool:
        return self.kind == nursery.NO_MEMORY


@dataclass(frozen=True)
class Ended:
    """How a child ended: the signal that ended it, 0 where none had before we did, and its seconds of computing."""

    signal: int
    seconds: float

    @property
    def name(self) -> str:
        return f"信号 {self.signal}" if self.signal else "自行退出"


class Cradle:
    """The process behind a nursery: it makes workers, starts children from them and ends them. Raises ReadingFault where
    it does not live."""

    def __init__(self) -> None:
        self.environment, self._owner = _environment(), os.getpid()
        self._made: dict[bytes, int] = {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", "from pipelines.read.nursery import main; main()"]
        self._process = subprocess.Popen(command, stdin=theirs.fileno(), env=self.environment)
        theirs.close()

    def make(self, start: bytes) -> int:
        """The number of a worker that stands ready, made now unless it was before."""
        if start not in self._made:
            content = nursery.put(start)
            try:
                said = self.ask({"do": "make"}, content)
            finally:
                os.close(content)
            if "failed" in said:
                raise ReadingFault(f"读取进程起不来，是程序的问题：\n{said['failed']}")
            missing = "；".join(said["missing"])
            if missing and missing not in _told:
                _told.add(missing)
                log.warning("read: 这台机器上，读取进程少了这些隔离（见 docs/security.md）：%s", missing)
            self._made[start] = said["worker"]
        return self._made[start]

    def ask(self, request: dict[str, Any], *descriptors: int) -> Any:
        with suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
        try:
            said = self._control.recv(1 << 16)
        except ConnectionResetError:
            said = b""
        if not said:
            raise ReadingFault(
                f"读取进程被系统中断（状态 {self._process.wait()}）。这不是文件的问题：本轮到此为止，没有判定，也没有通知"
                "任何单位。请检查机器的内存和终止进程的程序，再运行一次"
            )
        return json.loads(said)

    def serves(self) -> bool:
        """Whether it still lives, and would find the same code if it were started now."""
        return (
            self._owner == os.getpid()
            and len(self._made) < MOST_MADE
            and self._process.poll() is None
            and self.environment == _environment()
        )

    def end(self) -> None:
        """In a process that was forked from its own, only lets go of it."""
        if self._owner == os.getpid():
            with suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        self._process.wait()


_kept: dict[Any, Cradle] | None = None
"""By what they make: never two kinds in one process, whose memory is counted to each child's limit."""


@contextmanager
def keep_nurseries() -> Iterator[None]:
    """Inside, what children come from stays for the next ones of its kind: starting it costs as much as a hundred files."""
    global _kept
    if _kept is not None:
        yield
        return
    _kept = {}
    try:
        yield
    finally:
        end_kept()
        _kept = None


def end_kept() -> None:
    """Ends those that stay: the next child comes from a fresh one."""
    while _kept:
        _kept.popitem()[1].end()


class Nursery:
    """What children of one kind come from. Use it in a `with`. Raises ReadingFault where it does not live."""

    def __init__(self, make: Any, notice: Notice, settings: Settings) -> None:
        self.settings, self._make = settings, make
        self._start = (make, notice, settings, bool(getattr(make, "writes_scratch", False)))

    def __enter__(self) -> "Nursery":
        kept = _kept.pop(self._make, None) if _kept else None
        if kept and not kept.serves():
            kept.end()
            kept = None
        self._cradle = kept or Cradle()
        try:
            self._worker = self._cradle.make(pickle.dumps(self._start))
        except BaseException:
            self._cradle.end()
            raise
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if (
            _kept is None
            or error is not None
            or _kept.setdefault(self._make, self._cradle) is not self._cradle
        ):
            self._cradle.end()

    def start(self) -> tuple[int, socket.socket]:
        """A new child's process id, and our end of its socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        said = self._cradle.ask({"do": "start", "worker": self._worker}, theirs.fileno())
        theirs.close()
        return said["pid"], ours

    def end(self, pid: int, is_closed: bool) -> Ended:
        said = self._cradle.ask({"do": "end", "pid": pid, "is_closed": is_closed})
        return Ended(said["signal"], said["seconds"])

    def can_reserve(self) -> bool:
        """Whether the machine gives a process as much memory as a child's limit grants."""
        return bool(self._cradle.ask({"do": "reserve", "worker": self._worker})["is_fine"])


class Child(Generic[J]):
    """One child, and the jobs that it holds: the first is the one it is on."""

    def __init__(self, nursery_: Nursery) -> None:
        self._nursery = nursery_
        self.pid, self.pipe = nursery_.start()
        self.jobs: deque[J] = deque()
        self._since = 0.0
        self._await_ready()

    def _await_ready(self) -> None:
        """Raises ReadingFault where it does not get through the doors that it shuts behind itself."""
        self.pipe.settimeout(READY_SECONDS)
        try:
            message = self.pipe.recv(1 << 16)
        except (TimeoutError, ConnectionResetError):
            message = b""
        self.pipe.settimeout(None)
        if message != nursery.READY:
            end = self.end(is_closed=not message)
            said = message[1:].decode("utf-8", "replace")
            raise ReadingFault(f"读取进程起不来（{end.name}），是程序或机器的问题，与报送单位无关。{said}")

    def give(self, job: J) -> None:
        """Raises ArchiveFault where the job's object cannot be opened."""
        content = open_object(Path(job.object_path))
        if not self.jobs:
            self._since = monotonic()
        self.jobs.append(job)
        # It may have died on an earlier job: reading from it says so.
        try:
            with (
                nursery.together(b"job", pickle.dumps(job)) as (whole, more),
                suppress(BrokenPipeError, ConnectionResetError),
            ):
                socket.send_fds(self.pipe, [whole], [content, *more])
        finally:
            os.close(content)

    def take(self) -> Message:
        """What it says next, or that it has ended."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self.pipe, 1 << 16, 1)
        except ConnectionResetError:
            return Message(b"")
        try:
            if message[:1] != nursery.ANSWER:
                return Message(message[:1], message[1:].decode("utf-8", "replace"))
            told, content = nursery.parted(message)
            said = told[1:].decode("utf-8", "replace")
            return Message(nursery.ANSWER, said, self._answer(descriptors) if descriptors else content)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _answer(self, descriptors: list[int]) -> bytes:
        """Nothing where it is no file, or one larger than a child could have made."""
        status = os.fstat(descriptors[0])
        if not stat.S_ISREG(status.st_mode) or status.st_size > self._nursery.settings.child_memory_bytes:
            return b""
        return os.pread(descriptors[0], status.st_size, 0)

    def finish(self) -> None:
        """The first job has its answer."""
        self.jobs.popleft()
        self._since = monotonic()

    def is_overdue(self, seconds: int) -> bool:
        return bool(self.jobs) and monotonic() - self._since > seconds

    def computed(self) -> float:
        """Seconds of computing so far."""
        fields = self._status()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_running(self) -> bool:
        """Whether it computes, or would if the machine had time for it; False while it waits for a disk or is stopped."""
        return self._status()[0] == "R"

    def _status(self) -> list[str]:
        """What stands behind the name in /proc/…/stat: its state first. It is there until the nursery has let go of it."""
        return Path(f"/proc/{self.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()

    def end(self, *, is_closed: bool = False) -> Ended:
        self.pipe.close()
        return self._nursery.end(self.pid, is_closed)


def _environment() -> dict[str, str]:
    """What a child needs to find its code, and nothing else: no connections, no keys, and no plugins of whatever is installed."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(os.path.abspath(one) for one in sys.path if one and os.path.exists(one))
    return {**kept, "PYDANTIC_DISABLE_PLUGINS": "__all__", "PYTHONPATH": path}
