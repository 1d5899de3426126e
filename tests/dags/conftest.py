"""Airflow is only ever run in processes of its own, each test with its own home."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dags.page import is_free

ROOT = Path(__file__).parents[2]
NOTICE = "sd-vocational-week-2020"


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python with these arguments in the project tree; the home is `home` below tmp_path unless named."""

    def run(*arguments: str | Path, home: str = "home") -> subprocess.CompletedProcess[str]:
        return run_python(tmp_path / home, *arguments)

    return run


def run_python(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Python with these arguments in the project tree, on a home."""
    env = os.environ | {"NOTICES_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=env,
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def notices(python: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., str]:
    """What a `notices` command prints; it must succeed."""

    def run(*arguments: str | Path, home: str = "home") -> str:
        done = python("-m", "pipelines.cli", *arguments, home=home)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def port() -> int:
    """Three ports in a row that nobody uses: the page's, and two that serve logs. Each worker of xdist looks in a place of its
    own: what is free now would be taken by another one before the page starts."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    start = 18080 + worker % 16 * 300
    for first in range(start, start + 300, 3):
        if all(is_free(number) for number in range(first, first + 3)):
            return first
    pytest.skip("no three free ports in a row")
