"""Runs a subject in a process of its own and says what it cost, all its children counted; prints tables of ratios."""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: grandchildren that outlive their parent come to us, and so does what they cost."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one run. `said` is the JSON that the subject printed last, `stages` its own stage timings."""

    wall: float
    cpu: float
    said: dict[str, Any]

    @property
    def stages(self) -> dict[str, float]:
        return self.said.get("stages", {})


@dataclass
class Stopwatch:
    """Wall seconds, and CPU seconds of this process alone, by stage; the same stage again adds up."""

    stages: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        start, used = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + time.perf_counter() - start
            self.cpu[stage] = self.cpu.get(stage, 0.0) + time.process_time() - used


def run_subject(
    module: str, *arguments: object, root: Path = ROOT, env: dict[str, str] | None = None
) -> Cost:
    """`python -m benchmarks.<module> ARGUMENTS`, from its start to the end of its last descendant; in another tree if told."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)],
        cwd=root,
        env={**(env or {**os.environ, "PYTHONPATH": str(ROOT)}), "NOTICES_LOG": "quiet"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    printed = child.stdout.read()
    wall = time.perf_counter() - start
    status, cpu = _reap(child.pid)
    if status:
        raise RuntimeError(f"benchmarks.{module} ended with {status}")
    return Cost(wall, cpu, json.loads(printed.splitlines()[-1]))


def _reap(pid: int) -> tuple[int, float]:
    """The subject's exit status, and the CPU seconds (user and system) of it and all that came of it."""
    status, cpu = 0, 0.0
    while True:
        try:
            ended, code, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return status, cpu
        cpu += usage.ru_utime + usage.ru_stime
        if ended == pid:
            status = os.waitstatus_to_exitcode(code)


def in_turn(rounds: int, subjects: dict[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Every subject once a round, so that whatever else the machine does falls on all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name, run in subjects.items():
            found[name].append(run())
            print(f"  round {number + 1} {name}: {found[name][-1].wall:.2f} s", file=sys.stderr, flush=True)
    return found


def least(costs: list[Cost], what: str = "wall") -> float:
    """The minimum: what other programs on the machine add can only be more."""
    return min(getattr(one, what) for one in costs)


def middle(costs: list[Cost], what: str = "wall") -> float:
    return median(getattr(one, what) for one in costs)


def least_stages(costs: list[Cost], what: str = "stages") -> dict[str, float]:
    """By stage; `what` is "stages" (wall) or "cpu" (of the main process, reading children apart)."""
    return {stage: min(one.said[what][stage] for one in costs) for stage in costs[0].stages}


def print_table(head: list[str], rows: list[list[object]]) -> None:
    """As Markdown, ready for docs/speed.md; numbers with two decimals."""
    texts = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    for line in (head, ["---"] * len(head), *texts):
        print(f"| {' | '.join(line)} |")
    print()
