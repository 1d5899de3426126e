"""More than one machine: PostgreSQL, Redis and workers with homes of their own give the figures of one machine, whoever dies."""

import importlib.util
import json
import os
import signal
from pathlib import Path

import pytest

from tests.cluster.services import Cluster, cluster, end
from tests.dags.conftest import NOTICE, run_python
from tests.dags.page import call, wait_for

pytestmark = [pytest.mark.soak, pytest.mark.airflow]
DAG = f"collect__{NOTICE}"


@pytest.fixture
def on_machines(tmp_path):
    """A cluster of two workers; what its parts said stands beside a failure."""
    if importlib.util.find_spec("celery") is None:
        pytest.skip("the extra `cluster` is not installed (make cluster-test installs it)")
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


def test_a_worker_dies_in_the_middle_and_the_figures_are_those_of_one_machine(on_machines, tmp_path):
    notices(tmp_path / "maker", "sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "60")
    inbox, now = tmp_path / "sample" / "inbox", (tmp_path / "sample" / "now.txt").read_text().strip()
    token = sign_in(on_machines)
    dag = f"{on_machines.page}/api/v2/dags/{DAG}"
    wait_for(lambda: call(dag, token)["dag_display_name"].startswith("收件"))
    run = call(f"{dag}/dagRuns", token, logical_date=None, conf={"inbox": str(inbox), "now": now})[
        "dag_run_id"
    ]

    def reading() -> list[int]:
        tasks = call(f"{dag}/dagRuns/{run}/taskInstances", token)["task_instances"]
        return [
            one["pid"]
            for one in tasks
            if one["task_id"] == "read" and one["state"] == "running" and one["pid"]
        ]

    wait_for(reading)
    killed = worker_of(on_machines, reading()[0])
    end(on_machines.workers[killed], signal.SIGKILL)
    wait_for(lambda: call(f"{dag}/dagRuns/{run}", token)["state"] in ("success", "failed"))
    assert call(f"{dag}/dagRuns/{run}", token)["state"] == "success"
    tasks = call(f"{dag}/dagRuns/{run}/taskInstances", token)["task_instances"]
    assert max(one["try_number"] for one in tasks) > 1, "what was in the dead worker's hands began anew"

    notices(tmp_path / "alone", "run", NOTICE, "--inbox", inbox, "--now", now)
    for asked in (
        ("metrics", NOTICE, "--as-of", now, "--format", "csv"),
        ("files", NOTICE, "--format", "csv"),
    ):
        assert notices(on_machines.home, *asked) == notices(tmp_path / "alone", *asked)
    assert os.listdir(on_machines.home / "runs" / NOTICE) == []
