"""The tidy DAG, run by Airflow itself: it finds damage, backs up, and removes what is old and nothing else."""

import os
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ground.home import Home
from tests.dags.airflow_runs import Nursery, standing
from tests.dags.airflow_year import count_rows, write_year
from tests.dags.conftest import NOTICE, GiveAirflow, python_environment

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
OLD = time.time() - 200 * 86_400


def test_a_week_is_tidied(
    few: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, give_airflow: GiveAirflow, nursery: Nursery
):
    home = tmp_path / "home"
    shutil.copytree(few.path, home)
    give_airflow(home)
    monkeypatch.setenv("NOTICES_BACKUP_TO", str(tmp_path / "vault"))

    base = sqlite3.connect(home / "airflow" / "airflow.db", timeout=60)
    with base:
        write_year(base, datetime.now(UTC))
    kept_from = datetime.now(UTC) - timedelta(days=90)
    year = count_rows(base, kept_from)
    old = home / "airflow" / "logs" / "dag_id=collect" / "run_id=old" / "attempt=1.log"
    young = old.parents[1] / "run_id=young" / "attempt=1.log"
    left = home / "runs" / NOTICE / "died" / "sources.json"
    for path in (old, young, left):
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    for path in (old, left, left.parent):
        os.utime(path, (OLD, OLD))
    for path in home.glob("*/**/*"):
        if path.is_file() and path.parts[len(home.parts)] in ("archive", "published", "returns"):
            os.utime(path, (OLD, OLD))
    kept = {path for path in home.rglob("*") if path.is_file() and "airflow" not in path.parts} - {left}

    # One process of Airflow for both weeks.
    with standing(nursery, "tidy", python_environment(home, "tidy.py"), tmp_path / "log") as airflow:
        (states,) = airflow.run((None, {}))
        assert states["run"] == "success", airflow.said[-5000:]
        assert not old.parent.exists()
        assert young.exists()
        assert not left.parent.exists()
        assert {path for path in kept if not path.exists()} == set(), "what is kept is kept however old"
        left = count_rows(base, kept_from)
        for table, (was_old, whole) in year.items():
            old, rows = left[table]
            # The newest version of a DAG stays, and what a run of it needs.
            assert old <= (1 if table in ("dag_version", "serialized_dag") else 0), table
            assert was_old > 8 if table != "rendered_task_instance_fields" else rows < whole / 2, table
            assert rows, table
        assert not base.execute("SELECT name FROM sqlite_master WHERE name LIKE '%deleted%'").fetchall()
        base.close()
        assert len(list((tmp_path / "vault" / "snapshots").glob("*.json"))) == 1

        damaged = next(path for path in (home / "archive" / "objects").rglob("*") if path.is_file())
        damaged.write_bytes(b"other")
        (states,) = airflow.run((None, {}))
    assert (states["run"], states["fsck"]) == ("failed", "failed")
    assert "内容与名字不符" in airflow.said
    assert len(list((tmp_path / "vault" / "snapshots").glob("*.json"))) == 2, (
        "the rest is backed up all the same"
    )
