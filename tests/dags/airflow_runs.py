"""DAGs run by Airflow itself in processes of their own, forked from one that has imported it (nursery.py)."""

import json
import os
import re
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = """
import os
from airflow_env import environment
env = environment()
os.environ.update(env)
import airflow.settings
airflow.settings.initialize()
"""
"""What every code begins with: what `import airflow` does in a process that was not forked."""
RUNS = f"""
{SETTINGS}
import json, sys
from datetime import datetime
from zoneinfo import ZoneInfo
from airflow_env import initialise, only_one
from run_dag import find_dag
with only_one():
    initialise(env)
    dag = find_dag(sys.argv[1], env["AIRFLOW__CORE__DAGS_FOLDER"])
    for task in dag.tasks:
        task.retries = 0
    for line in sys.stdin:
        for moment, conf in json.loads(line):
            at = moment and datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            run = dag.test(logical_date=at, run_conf=conf)
            states = {{one.task_id: one.state for one in run.get_task_instances()}}
            print("states", json.dumps({{"run": run.state, **states}}), flush=True)
"""
"""Runs a DAG once for each pair of its logical date and its parameters of each line that comes in."""


class Nursery:
    """One for all tests of a worker."""

    def __init__(self, folder: Path) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = {"AIRFLOW_HOME": str(folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        with theirs, (folder / "log").open("w") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-P", Path(__file__).with_name("nursery.py"), str(theirs.fileno())],
                env=os.environ | settings | {"PYTHONWARNINGS": "ignore", "PYTHONPATH": ""},
                cwd=folder,
                stdout=out,
                stderr=out,
                pass_fds=[theirs.fileno()],
            )

    def fork(
        self, code: str, *arguments: str, env: dict[str, str], tree: Path, log: Path
    ) -> tuple[int, int, int]:
        """Pipes: what it reads, what it prints, and where its exit status comes as one byte."""
        asked = {"code": code, "arguments": arguments, "env": env, "tree": str(tree)}
        (inside, asks), (prints, outside), (status, ends) = os.pipe(), os.pipe(), os.pipe()
        with log.open("w", encoding="utf-8") as err:
            theirs = [inside, outside, err.fileno(), ends]
            socket.send_fds(self._asking, [json.dumps(asked).encode()], theirs)
        for pipe in (inside, outside, ends):
            os.close(pipe)
        return asks, prints, status

    def run(self, code: str, *arguments: str, env: dict[str, str], log: Path) -> str:
        """What code prints that reads nothing; it must end well."""
        return Forked(self, code, *arguments, env=env, log=log).end()

    def end(self) -> None:
        self._asking.close()
        assert self._process.wait(300) == 0


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    one = Nursery(tmp_path_factory.mktemp("nursery"))
    yield one
    one.end()


class Forked:
    """A process of Airflow with code of its own."""

    def __init__(
        self, nursery: Nursery, code: str, *arguments: str, env: dict[str, str], log: Path, tree: Path = ROOT
    ) -> None:
        self.log, self._heard = log, ""
        asks, prints, self._status = nursery.fork(code, *arguments, env=env, tree=tree, log=log)
        self._stdin, self._stdout = os.fdopen(asks, "w"), os.fdopen(prints, encoding="utf-8")

    def tell(self, line: str) -> None:
        self._stdin.write(line + "\n")
        self._stdin.flush()

    def hear(self) -> str:
        """The next line it prints."""
        line = self._stdout.readline()
        assert line, self.said[-12000:]
        self._heard += line
        return line

    @property
    def said(self) -> str:
        """Everything so far."""
        return self._heard + self.log.read_text("utf-8", "replace")

    def end(self) -> str:
        """All it printed; it must end well."""
        self._stdin.close()
        self._heard += self._stdout.read()
        self._stdout.close()
        assert select.select([self._status], [], [], 300)[0], self.said[-12000:]
        status = os.read(self._status, 1)
        os.close(self._status)
        assert status == b"\0", self.said[-6000:]
        return self._heard


class Standing(Forked):
    """Runs one DAG as often as it is asked to: between two askings something else may happen."""

    def run(self, *runs: tuple[str | None, dict[str, object]]) -> list[dict[str, str]]:
        """How each run of these, and each of its tasks, ended."""
        self.tell(json.dumps(runs))
        found: list[dict[str, str]] = []
        while len(found) < len(runs):
            found += [json.loads(said) for said in re.findall("^states (.*)$", self.hear())]
        return found


@contextmanager
def standing(
    nursery: Nursery, dag_id: str, env: dict[str, str], log: Path, tree: Path = ROOT, first: str = ""
) -> Iterator[Standing]:
    """`first` is what it does before anything else."""
    process = Standing(nursery, first + RUNS, dag_id, env=env, tree=tree, log=log)
    try:
        yield process
    finally:
        process.end()
