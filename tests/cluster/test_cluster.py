"""More than one machine: PostgreSQL, Redis and workers give the figures of one machine, whoever dies: on a shared home, and on an
object store with a home each."""

import importlib.util
import json
import os
import shutil
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.object_store import object_store
from tests.cluster.services import Cluster, cluster, end
from tests.cluster.test_store_cut import arrive
from tests.dags.conftest import NOTICE, run_python
from tests.dags.page import call, wait_for

pytestmark = [pytest.mark.soak, pytest.mark.airflow]
DAG = f"collect__{NOTICE}"


def require_celery() -> None:
    if importlib.util.find_spec("celery") is None:
        pytest.skip("the extra `cluster` is not installed (make cluster-test installs it)")


@pytest.fixture
def apart(tmp_path):
    """Two workers, each with a home of its own, and the object store that they share."""
    require_celery()
    with object_store(tmp_path) as store, cluster(tmp_path / "cluster", 2, store.settings) as made:
        yield made, store
        print(made.said())


@pytest.fixture
def on_machines(tmp_path):
    """A cluster of two workers; what its parts said stands beside a failure."""
    require_celery()
    with cluster(tmp_path / "cluster", workers=2) as made:
        yield made
        print(made.said())


def notices(home: Path, *arguments: str | Path) -> str:
    done = run_python(home, "-m", "pipelines.cli", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sign_in(made: Cluster) -> str:
    passwords = json.loads((made.folder / "main" / "airflow" / "passwords.json").read_text("utf-8"))
    return str(call(f"{made.page}/auth/token", username="admin", password=passwords["admin"])["access_token"])


def worker_of(made: Cluster, pid: int) -> int:
    """Which worker a task's process descends from."""
    numbers = {process.pid: number for number, process in enumerate(made.workers)}
    while pid not in numbers:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return numbers[pid]


class Collecting:
    """The DAG of the notice's collection, as its page shows it."""

    def __init__(self, made: Cluster) -> None:
        self._token, self._dag = sign_in(made), f"{made.page}/api/v2/dags/{DAG}"
        wait_for(lambda: call(self._dag, self._token)["dag_display_name"].startswith("收件"))

    def begin(self, inbox: Path, now: str) -> None:
        conf = {"inbox": str(inbox), "now": now}
        self._run = call(f"{self._dag}/dagRuns", self._token, logical_date=None, conf=conf)["dag_run_id"]

    def tasks(self) -> list[dict[str, Any]]:
        found = call(f"{self._dag}/dagRuns/{self._run}/taskInstances", self._token)["task_instances"]
        return list(found)

    def reading(self) -> list[int]:
        """Processes that read files now."""
        return [
            one["pid"]
            for one in self.tasks()
            if one["task_id"] == "read" and one["state"] == "running" and one["pid"]
        ]

    def state(self) -> str:
        return str(call(f"{self._dag}/dagRuns/{self._run}", self._token)["state"])

    def kill_who_reads(self, made: Cluster) -> int:
        """Which worker that was."""
        wait_for(self.reading)
        killed = worker_of(made, self.reading()[0])
        end(made.workers[killed], signal.SIGKILL)
        return killed

    def require_end(self) -> None:
        wait_for(lambda: self.state() in ("success", "failed"))
        assert self.state() == "success", [(one["task_id"], one["state"]) for one in self.tasks()]


def make_sample(folder: Path) -> tuple[Path, str]:
    notices(folder / "maker", "sample", NOTICE, "--to", folder / "sample", "--recipients", "60")
    return folder / "sample" / "inbox", (folder / "sample" / "now.txt").read_text().strip()


def said(home: Path, moments: list[str]) -> list[str]:
    figures = [("metrics", NOTICE, "--as-of", one, "--format", "csv") for one in moments]
    return [notices(home, *asked) for asked in (*figures, ("files", NOTICE, "--format", "csv"))]


def test_a_worker_dies_in_the_middle_and_the_figures_are_those_of_one_machine(on_machines, tmp_path):
    inbox, now = make_sample(tmp_path)
    dag = Collecting(on_machines)
    dag.begin(inbox, now)
    dag.kill_who_reads(on_machines)
    dag.require_end()
    assert max(one["try_number"] for one in dag.tasks()) > 1, "what was in the dead worker's hands began anew"
    notices(tmp_path / "alone", "run", NOTICE, "--inbox", inbox, "--now", now)
    assert said(on_machines.home, [now]) == said(tmp_path / "alone", [now])
    assert os.listdir(on_machines.home / "runs" / NOTICE) == []


def test_a_worker_dies_the_store_is_cut_and_the_loader_moves(apart, tmp_path, monkeypatch):
    made, store = apart
    sample, now = make_sample(tmp_path)
    inbox, moments = tmp_path / "inbox", ["2020-11-12T09:30", now]
    alone, reader = tmp_path / "alone", tmp_path / "reader"
    for moment in moments:
        arrive(sample, inbox, datetime.fromisoformat(moment))
        notices(alone, "run", NOTICE, "--inbox", inbox, "--now", moment)
    wanted = said(alone, moments)
    shutil.rmtree(inbox)
    for name, value in store.settings.items():
        monkeypatch.setenv(name, value)
    notices(reader, "fill-store")

    dag = Collecting(made)
    arrive(sample, inbox, datetime.fromisoformat(moments[0]))
    dag.begin(inbox, moments[0])
    dag.kill_who_reads(made)
    store.cut()
    dag.require_end()
    for number, worker in enumerate(made.workers, 1):
        end(worker, signal.SIGTERM)
        shutil.rmtree(made.home_of(f"worker-{number}"), ignore_errors=True)
    made.start("worker", "worker-3")
    arrive(sample, inbox, datetime.fromisoformat(now))
    dag.begin(inbox, now)
    dag.require_end()
    assert said(reader, moments) == wanted
    assert "全部完好" in notices(reader, "fsck")
