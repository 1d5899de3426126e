"""Children that open files nobody vouches for: limits on time and memory, and a death costs one file.

A child opens many files; the one it was on when it died or overran is tried once more alone, then judged.
"""

import contextlib
import logging
import multiprocessing
import resource
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from types import ModuleType
from typing import Generic, Protocol, TypeVar

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.findings import FileRejected, too_large, unreadable
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission

AHEAD = 2
"""Jobs a child holds at once, so that it never waits for the parent."""
log = logging.getLogger(__name__)


class Task(Protocol):
    """One file to open; its path is what the log calls it."""

    @property
    def path(self) -> str: ...


J = TypeVar("J", bound=Task)
R = TypeVar("R")
Taken = TypeVar("Taken", bound=Task, contravariant=True)
Made = TypeVar("Made", covariant=True)


class Worker(Protocol[Taken, Made]):
    """What a child does with each file. It is made from the notice and the settings, once a child."""

    def read(self, job: Taken, /) -> Made: ...

    def reject(self, job: Taken, rejection: FileRejected, /) -> Made:
        """The result where `read` failed, ran out of memory or time, or took the child with it."""
        ...


MakeWorker = Callable[[Notice, Settings], Worker[J, R]]
"""A class at the top of a module: a child imports it."""


def read_jobs(notice: Notice, settings: Settings, jobs: Iterable[Job]) -> Iterator[list[Submission]]:
    """The submissions of each job, in any order. Never raises for what a file holds."""
    return open_files(Reader, notice, settings, jobs)


def open_files(make: MakeWorker[J, R], notice: Notice, settings: Settings, jobs: Iterable[J]) -> Iterator[R]:
    """What a worker in a child makes of each job, in any order. Never raises for what a file holds."""
    waiting = deque(jobs)
    again: deque[J] = deque()
    judge = make(notice, settings)
    children: list[_Child[J, R]] = []
    size = min(settings.readers, len(waiting))
    start = partial(_Child[J, R].start, make, notice, settings)
    try:
        children = [start() for _ in range(size)]
        while waiting or any(child.jobs for child in children):
            for child in children:
                while waiting and len(child.jobs) < AHEAD:
                    child.give(waiting.popleft())
            for child in children:
                if child.is_overdue(settings.file_seconds):
                    child.stop()
            ready = set(wait([child.pipe for child in children if child.jobs], timeout=0.5))
            for index, child in enumerate(children):
                if child.pipe not in ready:
                    continue
                try:
                    yield child.take()
                except (EOFError, ConnectionResetError):
                    # The first job killed it; those behind it were never looked at.
                    again.append(child.jobs.popleft())
                    waiting.extendleft(reversed(child.jobs))
                    child.stop()
                    children[index] = start()
    finally:
        for child in children:
            child.stop()
    for job in again:
        yield _read_alone(judge, start(), settings, job)


def _read_alone(judge: Worker[J, R], child: "_Child[J, R]", settings: Settings, job: J) -> R:
    try:
        child.give(job)
        if not child.pipe.poll(settings.file_seconds):
            return judge.reject(job, _overran(settings))
        return child.take()
    except (EOFError, ConnectionResetError):
        log.warning("read: %s 让读取进程两次中断，按无法读取处理", job.path)
        return judge.reject(job, _killed())
    finally:
        child.stop()


def _overran(settings: Settings) -> FileRejected:
    return too_large(
        f"文件 {settings.file_seconds} 秒内没有读完。请把数据复制到新的工作簿，删去多余的空行空列后重新报送"
    )


def _killed() -> FileRejected:
    return unreadable("文件的结构异常，无法读取。请把数据复制到新的工作簿后重新报送")


@dataclass
class _Child(Generic[J, R]):
    process: BaseProcess
    pipe: Connection
    jobs: deque[J]
    since: float = 0.0

    @classmethod
    def start(cls, make: MakeWorker[J, R], notice: Notice, settings: Settings) -> "_Child[J, R]":
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.read.pool"])
        parent, child = context.Pipe()
        process = context.Process(target=_serve, args=(child, make, notice, settings), daemon=True)
        with _without_main():
            process.start()
        child.close()
        return cls(process, parent, deque())

    def give(self, job: J) -> None:
        if not self.jobs:
            self.since = monotonic()
        self.jobs.append(job)
        # It may have died on an earlier job: reading from it says so.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(job)

    def take(self) -> R:
        found: R = self.pipe.recv()
        self.jobs.popleft()
        self.since = monotonic()
        return found

    def is_overdue(self, seconds: int) -> bool:
        return bool(self.jobs) and self.process.is_alive() and monotonic() - self.since > seconds

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """A child would import the program that runs us, and all it imports, before its first file: half a second each."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(pipe: Connection, make: MakeWorker[J, R], notice: Notice, settings: Settings) -> None:
    """A child's life: open what comes until the pipe closes or a limit ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (settings.child_memory_bytes, settings.child_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    worker = make(notice, settings)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            found = worker.read(job)
        except MemoryError:
            found = worker.reject(
                job, too_large("文件展开后占用内存过多。请把数据复制到新的工作簿后重新报送")
            )
        except Exception:
            # Any other error is either a broken file or a mistake of ours; the log tells which.
            log.exception("read: %s 读取出错", job.path)
            found = worker.reject(job, unreadable())
        except BaseException as error:  # a panic inside python-calamine is no Exception
            if not type(error).__name__ == "PanicException":
                raise
            found = worker.reject(job, unreadable())
        pipe.send(found)
