"""The process whose children are killed at system calls, and what it says of each of them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.ground.home import ROOT, Home
from tests.conftest import cli_environment

BEFORE, TORN, AFTER, FAIL = 1, 2, 3, 4
"""What happens at the chosen call: killed before it, in the middle of it, after it; or it and all later ones fail."""
SOURCE = Path(__file__).with_name("shim.c")


@dataclass(frozen=True)
class End:
    """How a stage ended. `calls` counts those that could have been chosen."""

    signal: int
    code: int
    said: str
    calls: int


class Driver:
    """Runs stages on a home, each in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def do(
        self,
        stage: str,
        home: Home,
        inbox: Path,
        port: int = 0,
        *,
        at: int = 0,
        mode: int = BEFORE,
        error: int = 0,
    ) -> End:
        request = {"stage": stage, "home": str(home.path), "inbox": str(inbox), "port": port}
        request |= {"at": at, "mode": mode, "error": error}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the driver ended"
        return End(**json.loads(line))


def build_shim(folder: Path) -> Path:
    """The library; skips the test where there is no compiler."""
    if sys.platform != "linux" or not shutil.which("gcc"):
        pytest.skip("needs Linux and gcc to stand between a program and the C library")
    target = folder / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-w", "-o", target, SOURCE, "-ldl"], check=True)
    return target


@contextmanager
def driver(shim: Path) -> Iterator[Driver]:
    command = [sys.executable, "-m", "tests.faults.driver", str(shim)]
    environment = cli_environment(LD_PRELOAD=str(shim), NOTICES_READERS="1", NOTICES_LOG="quiet")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if not os.environ.get("NOTICES_SOAK_LOUD") else None,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield Driver(process)
        finally:
            process.kill()
