"""The clock of collecting, run by Airflow itself in a tree with two open notices: it starts the flows of those with something new,
with why, and none that waits already."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.many import plant
from tests.dags.conftest import GiveAirflow

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_who_has_something_new_is_started_once_with_why(tmp_path: Path, give_airflow: GiveAirflow):
    give_airflow(tmp_path / "home")
    tree = plant(tmp_path / "tree", 2)
    path = f"{tree}:{tree / 'tools'}"
    env = os.environ | {"PYTHONPATH": path, "NOTICES_HOME": str(tmp_path / "home")}

    def run(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words], cwd=tree, env=env, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]

    def ask(question: str) -> list[tuple[str, ...]]:
        base = sqlite3.connect(tmp_path / "home" / "airflow" / "airflow.db")
        with contextlib.closing(base):
            return sorted(base.execute(question).fetchall())

    # dag.test puts the second run in the place of the first.
    starts = "SELECT state FROM task_instance WHERE dag_id = 'collect' AND task_id = 'start'"
    run("tools/airflow_env.py", "dags", "reserialize")
    run("tools/run_dag.py", "collect")
    assert ask(starts) == [("success",)] * 2
    run("tools/run_dag.py", "collect")
    assert ask(starts) == [("skipped",)] * 2
    assert ask("SELECT dag_id, state FROM dag_run WHERE dag_id LIKE 'collect!_!_%' ESCAPE '!'") == [
        ("collect__office-000", "queued"),
        ("collect__office-001", "queued"),
    ]
    assert ask("SELECT content FROM dag_run_note") == [("还没有入过库",)] * 2
