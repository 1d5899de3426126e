"""Children that open files nobody vouches for: limits on time and memory, and a death costs one file.

A child opens many files; the one it was on when it died or overran is tried once more alone, then judged. Only what the
file holds can be judged: an object that is not what its name says, a child that somebody killed, a machine without
memory are faults of ours (docs/decisions/0010-whose-fault.md says how they are told apart).
"""

import importlib
import logging
import select
import signal
import typing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from pipelines.archive.objects import verify_object
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.children import Child, Ended, Message, Nursery
from pipelines.read.findings import FileRejected
from pipelines.read.no_answer import Task, broken, last_line, mistaken, ours, overran, swelled
from pipelines.read.oom import count_oom_kills
from pipelines.read.submission import Job, Submission
from pipelines.read.wire import Contradiction, WireError, decode

AHEAD = 2
"""Jobs a child holds at once, so that it never waits for the parent."""
PATIENCE = 2
"""So many times its seconds a child may stand still alone. What a file may take there are seconds of computing,
not those of the clock: a busy machine is none of its fault."""
ITS_OWN = frozenset(
    {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS, signal.SIGXFSZ}
)  # fmt: skip
"""Signals that a process gets for what it does itself. No child can send itself another one (sandbox.py)."""
log = logging.getLogger(__name__)


J = TypeVar("J", bound=Task)
R = TypeVar("R")
Taken = TypeVar("Taken", bound=Task, contravariant=True)
Made = TypeVar("Made", covariant=True)


class Worker(Protocol[Taken, Made]):
    """What a child does with each file. It is made from the notice and the settings, once for all children.

    The annotation of `read` says what comes back (see wire.py for what it may hold). A class whose `writes_scratch` is
    true may write temporary files; others can write nothing.
    """

    def read(self, job: Taken, /) -> Made: ...

    def reject(self, job: Taken, rejection: FileRejected, /) -> Made:
        """The result where `read` failed, ran out of memory or time, or took the child with it."""
        ...


MakeWorker = Callable[[Notice, Settings], Worker[J, R]]
"""A class at the top of a module: a child imports it."""


@dataclass(frozen=True)
class Named:
    """A worker's class by its module and name: it is imported where it works, and not where its answers are gathered.

    `kind` is what its `read` returns; `believed`, where set, is the module whose `required(notice)` looks at that before it is
    believed, and is imported with the first answer."""

    module: str
    name: str
    kind: Any
    writes_scratch: bool = False
    believed: str = ""

    def __call__(self, notice: Notice, settings: Settings) -> Any:
        return getattr(importlib.import_module(self.module), self.name)(notice, settings)

    def required(self, notice: Notice) -> Callable[[Any, Any], None]:
        """What raises Contradiction where an answer to a job cannot be true."""
        return importlib.import_module(self.believed).required(notice) if self.believed else _require_nothing


def _require_nothing(job: Any, found: Any) -> None:
    """Its type says it all."""


READER = Named("pipelines.read.reader", "Reader", list[Submission], believed="pipelines.read.believed")
"""What reads receipts."""


def read_jobs(notice: Notice, settings: Settings, jobs: Iterable[Job]) -> Iterator[list[Submission]]:
    """The submissions of each job, in any order. Never raises for what a file holds."""
    return open_files(READER, notice, settings, jobs)


def open_files(make: MakeWorker[J, R], notice: Notice, settings: Settings, jobs: Iterable[J]) -> Iterator[R]:
    """What a worker in a child makes of each job, in any order. Never raises for what a file holds.

    Raises ArchiveFault where an object is missing or is not what its name says, ReadingFault where children cannot work.
    """
    with Pool[J, R](make, notice, settings) as pool:
        yield from pool.run(jobs)


class Pool(Generic[J, R]):
    """The children of one kind of worker, and what becomes of their jobs. Use it in a `with`: they stay for several calls of
    `run`, since starting them costs as much as reading a hundred files. None is started before there is a job."""

    def __init__(self, make: MakeWorker[J, R], notice: Notice, settings: Settings) -> None:
        self._settings, self._make = settings, (make, notice, settings)
        self._kind = (
            make.kind if isinstance(make, Named) else typing.get_type_hints(make.read)["return"]  # type: ignore[attr-defined]
        )
        self._children: list[Child[J]] = []
        self._open = ExitStack()

    def __enter__(self) -> "Pool[J, R]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._end_all()
        for child in self._children:
            child.pipe.close()
        self._open.__exit__(kind, error, trace)

    @cached_property
    def _nursery(self) -> Nursery:
        return self._open.enter_context(Nursery(*self._make))

    @cached_property
    def _judge(self) -> Worker[J, R]:
        make, notice, settings = self._make
        return make(notice, settings)

    @cached_property
    def _require(self) -> Callable[[J, R], None]:
        make, notice, _ = self._make
        return make.required(notice) if isinstance(make, Named) else _require_nothing

    def run(self, jobs: Iterable[J]) -> Iterator[R]:
        """As `open_files`; to be taken to its end before it is called again."""
        waiting, again, children = deque(jobs), deque[J](), self._children
        for _ in range(len(children), min(self._settings.readers, len(waiting))):
            children.append(Child(self._nursery))
        while waiting or any(child.jobs for child in children):
            for child in children:
                while waiting and len(child.jobs) < AHEAD:
                    child.give(waiting.popleft())
            ready = _ready(children)
            for index, child in enumerate(children):
                message = child.take() if child.pipe.fileno() in ready else None
                if message and message.is_answer:
                    if (found := self._believe(child.jobs[0], message)) is not None:
                        child.finish()
                        yield found
                        continue
                elif message and message.is_fault:
                    verify_object(Path(child.jobs[0].object_path))
                elif not message and not child.is_overdue(self._settings.file_seconds):
                    continue
                # The first job is to be read alone; those behind it were never looked at.
                again.append(child.jobs.popleft())
                waiting.extendleft(reversed(child.jobs))
                child.end(is_closed=message is not None and message.is_end)
                children[index] = Child(self._nursery)
        if again:
            self._end_all()
        for job in again:
            yield self._read_alone(job)

    def _end_all(self) -> None:
        """What is read alone has the machine's memory to itself."""
        while self._children:
            self._children.pop().end()

    def _understand(self, job: J, message: Message) -> R | None:
        """The answer; None where it is none, as if the child had died of it. Raises Contradiction where it cannot be true."""
        try:
            found: R = decode(message.content, self._kind)
        except WireError as error:
            log.warning("read: %s 的答复看不懂：%s", job.path, error)
            return None
        self._require(job, found)
        if message.said:
            log.warning("read: %s：%s", job.path, message.said)
        return found

    def _believe(self, job: J, message: Message) -> R | None:
        """The same, with None where it cannot be true as well: a child may lie of a file that has done nothing to it."""
        try:
            return self._understand(job, message)
        except Contradiction as error:
            log.warning("read: %s 的答复对不上：%s", job.path, error)
            return None

    def _read_alone(self, job: J) -> R:
        """The second and last time, with nothing else in the child."""
        killed = count_oom_kills()
        child: Child[J] = Child(self._nursery)
        child.give(job)
        seconds, idle = self._settings.file_seconds, 0.0
        pause = min(seconds, 0.5)
        while not _ready([child], pause):
            idle += 0 if child.is_running() else pause
            computed = child.computed()
            if computed < seconds and idle < PATIENCE * seconds:
                continue
            child.end()
            if computed >= seconds:
                return self._judge.reject(job, overran(self._settings))
            raise ours(job, f"{idle:.0f} 秒里没有在算，磁盘或机器像是卡住了")
        message = child.take()
        if message.is_answer:
            try:
                found = self._understand(job, message)
            except Contradiction as error:
                child.end()
                # A program that errs says so twice; a file that took the child over could as well stand still.
                raise mistaken(job, f"两次给出对不上的结果：{error}") from error
            if found is not None:
                child.end()
                return found
        return self._judge_end(job, message, child.end(is_closed=message.is_end), killed)

    def _judge_end(self, job: J, message: Message, end: Ended, killed: int) -> R:
        """The file's end where that is in the file. Raises ArchiveFault or ReadingFault where it is not."""
        verify_object(Path(job.object_path))
        if message.is_mistake:
            raise mistaken(job, message.said)
        if message.is_fault:
            log.error("read: %s 没有读成：\n%s", job.path, message.said)
            raise ours(job, last_line(message.said))
        if end.signal and end.signal not in ITS_OWN:
            because = "（系统内存用尽）" if count_oom_kills() > killed else ""
            raise ours(job, f"读取进程两次被 {signal.Signals(end.signal).name} 终止{because}")
        if count_oom_kills() > killed or not self._nursery.can_reserve():
            raise ours(job, "机器内存不够，给不出读取进程限额内的内存")
        if message.is_out_of_memory:
            return self._judge.reject(job, swelled())
        log.warning("read: %s 让读取进程两次中断（%s），按无法读取处理", job.path, end.name)
        return self._judge.reject(job, broken())


def _ready(children: Iterable[Child[J]], seconds: float = 0.5) -> set[int]:
    """The sockets, by their numbers, on which a child that holds jobs says something before that time is over, or that are
    closed by then."""
    waited = select.poll()
    for child in children:
        if child.jobs:
            waited.register(child.pipe, select.POLLIN)
    return {number for number, _ in waited.poll(1000 * seconds)}
