"""Airflow is only ever run in processes of its own, each test with its own home."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.ground.home import Home
from tests.cli.conftest import Cli, cli, few
from tests.conftest import MakeOnce
from tests.dags.page import is_free

__all__ = ["cli", "few"]

ROOT = Path(__file__).parents[2]
NOTICE = "sd-vocational-week-2020"


GiveAirflow = Callable[[Path], None]


@pytest.fixture(scope="session")
def give_airflow(make_once: MakeOnce) -> GiveAirflow:
    """Gives a home Airflow's database as tools/airflow_env.py makes it. One is made for all tests and copied: fifteen seconds."""
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


def python_environment(home: Path) -> dict[str, str]:
    """That of a process in the project tree, on a home."""
    return os.environ | {"NOTICES_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"}


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


RUNS = """
import json, os, sys
from datetime import datetime
from zoneinfo import ZoneInfo
from airflow_env import environment, initialise, only_one
env = environment()
os.environ.update(env)
with only_one():
    initialise(env)
    from run_dag import find_dag
    dag = find_dag(sys.argv[1], env["AIRFLOW__CORE__DAGS_FOLDER"])
    for task in dag.tasks:
        task.retries = 0
    for line in [sys.argv[2]] if sys.argv[2:] else sys.stdin:
        for moment, conf in json.loads(line):
            at = moment and datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            run = dag.test(logical_date=at, run_conf=conf)
            states = {one.task_id: one.state for one in run.get_task_instances()}
            print("states", json.dumps({"run": run.state, **states}), flush=True)
"""
"""Runs a DAG once for each pair of its logical date and its parameters, one after another in one process: those that are named,
or those of each line that comes in."""


def runs_of(dag_id: str, *runs: tuple[str | None, dict[str, object]]) -> tuple[str, ...]:
    """The words after `python` that run a DAG so often."""
    return ("-c", RUNS, dag_id, json.dumps(runs))


class Standing:
    """A process of Airflow that runs one DAG as often as it is asked to: between two askings something else may happen. `first` is
    what it does before anything else."""

    def __init__(self, dag_id: str, env: dict[str, str], tree: Path, log: Path, first: str = "") -> None:
        self.log, self._heard = log, ""
        command = [sys.executable, "-c", first + RUNS, dag_id]
        with log.open("w", encoding="utf-8") as out:
            self._process = subprocess.Popen(
                command,
                env=env,
                cwd=tree,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
            )

    def run(self, *runs: tuple[str | None, dict[str, object]]) -> list[dict[str, str]]:
        """How each run of these, and each of its tasks, ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(runs) + "\n")
        self._process.stdin.flush()
        found: list[dict[str, str]] = []
        while len(found) < len(runs):
            line = self._process.stdout.readline()
            assert line, self.said[-12000:]
            self._heard += line
            found += states_in(line)
        return found

    @property
    def said(self) -> str:
        """Everything so far."""
        return self._heard + self.log.read_text("utf-8", "replace")

    def end(self) -> None:
        self._process.communicate(timeout=300)
        assert self._process.returncode == 0, self.log.read_text("utf-8", "replace")[-6000:]


@contextmanager
def standing(
    dag_id: str, env: dict[str, str], log: Path, tree: Path = ROOT, first: str = ""
) -> Iterator[Standing]:
    process = Standing(dag_id, env, tree, log, first)
    try:
        yield process
    finally:
        process.end()


def states_in(said: str) -> list[dict[str, str]]:
    """How each run and its tasks ended."""
    return [json.loads(line) for line in re.findall("^states (.*)$", said, re.MULTILINE)]


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
