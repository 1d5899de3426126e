"""The clock of collecting, run by Airflow itself in a tree with two open notices: it starts the flows of those with something new,
with why, and none that waits already."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from benchmarks.many import plant
from tests.dags.airflow_runs import Nursery, standing
from tests.dags.conftest import GiveAirflow

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_who_has_something_new_is_started_once_with_why(
    tmp_path: Path, give_airflow: GiveAirflow, nursery: Nursery
):
    home = tmp_path / "home"
    give_airflow(home)
    tree = plant(tmp_path / "tree", 2)
    # dag.test reads all DAGs that there are, and tells Airflow's tables of them: a clock starts others by their names.
    for path in (tree / "dags").glob("*.py"):
        if path.name != "collect.py":
            path.unlink()
    env = os.environ | {"PYTHONPATH": f"{tree}:{tree / 'tools'}", "NOTICES_HOME": str(home)}

    def ask(question: str) -> list[tuple[str, ...]]:
        base = sqlite3.connect(home / "airflow" / "airflow.db", timeout=60)
        with contextlib.closing(base):
            return sorted(base.execute(question).fetchall())

    # dag.test puts the second run in the place of the first.
    starts = "SELECT state FROM task_instance WHERE dag_id = 'collect' AND task_id = 'start'"
    with standing(nursery, "collect", env, tmp_path / "log", tree) as airflow:
        for ended in ("success", "skipped"):
            (states,) = airflow.run((None, {}))
            assert states["run"] == "success", airflow.said[-5000:]
            assert ask(starts) == [(ended,)] * 2
    assert ask("SELECT dag_id, state FROM dag_run WHERE dag_id LIKE 'collect!_!_%' ESCAPE '!'") == [
        ("collect__office-000", "queued"),
        ("collect__office-001", "queued"),
    ]
    assert ask("SELECT content FROM dag_run_note") == [("还没有入过库",)] * 2
