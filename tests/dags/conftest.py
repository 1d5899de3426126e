"""Airflow is only ever run in processes of its own, each test with its own home."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.ground.home import Home
from tests.cli.conftest import Cli, cli, few
from tests.conftest import MakeOnce
from tests.dags.airflow_runs import ROOT, nursery
from tests.dags.page import is_free

__all__ = ["cli", "few", "nursery"]

NOTICE = "sd-vocational-week-2020"


GiveAirflow = Callable[[Path], None]


@pytest.fixture(scope="session")
def give_airflow(make_once: MakeOnce) -> GiveAirflow:
    """Gives a home Airflow's database as tools/airflow_env.py makes it. One is made for all tests and copied: ten seconds."""
    first = "from airflow_env import environment, initialise\ninitialise(environment())"

    def make(folder: Path) -> None:
        done = run_python(folder / "home", "-c", first)
        assert done.returncode == 0, done.stdout + done.stderr

    def give(home: Path) -> None:
        to = home / "airflow"
        if not to.exists():
            made = make_once("airflow", make) / "home" / "airflow"
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (to, to / "logs"):
                folder.mkdir(mode=0o700)
            for name in ("airflow.db", "initialised"):
                shutil.copy2(made / name, to)

    return give


@pytest.fixture
def python(tmp_path: Path, give_airflow: GiveAirflow) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python with these arguments in the project tree; the home is `home` below tmp_path unless named."""

    def run(*arguments: str | Path, home: str = "home") -> subprocess.CompletedProcess[str]:
        give_airflow(tmp_path / home)
        return run_python(tmp_path / home, *arguments)

    return run


def python_environment(home: Path, *dags: str) -> dict[str, str]:
    """That of a process in the project tree, on a home. `dags` are the only files of DAGs it knows: each dag.test reads all that it
    knows, and writes them into Airflow's tables."""
    env = os.environ | {"NOTICES_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"}
    if not dags:
        return env
    folder = home.with_name("dags")
    folder.mkdir(exist_ok=True)
    for name in dags:
        shutil.copy2(ROOT / "dags" / name, folder)
    return env | {"AIRFLOW__CORE__DAGS_FOLDER": str(folder)}


def run_python(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Python with these arguments in the project tree, on a home."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=python_environment(home),
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def notices(cli: Cli, tmp_path: Path) -> Callable[..., str]:
    """What a `notices` command prints; it must succeed. It runs in this process: these tests are about Airflow's."""

    def run(*arguments: str | Path, home: str = "home") -> str:
        done = cli(*arguments, at=Home(tmp_path / home))
        assert done.status == 0, done.out + done.err
        return done.out

    return run


@pytest.fixture(scope="module")
def port() -> int:
    """Three ports in a row that nobody uses: the page's, and two that serve logs. Each worker of xdist looks in a place of its
    own: what is free now would be taken by another one before the page starts."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    start = 18080 + worker % 16 * 300
    for first in range(start, start + 300, 3):
        if all(is_free(number) for number in range(first, first + 3)):
            return first
    pytest.skip("no three free ports in a row")
