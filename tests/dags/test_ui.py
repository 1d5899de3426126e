"""`make ui`: the page answers on this machine only, runs a DAG through the scheduler, and stops without leftovers."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.dags.conftest import NOTICE, ROOT
from tests.dags.page import airflow_page, call, is_free, wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_the_page_runs_the_dag_and_stops_cleanly(notices, tmp_path, port):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "8", "--rows", "3")
    env = os.environ | {"NOTICES_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    with airflow_page(ROOT, env, port) as (page, token):
        dag = f"{page}/api/v2/dags/collect__{NOTICE}"
        wait_for(lambda: call(dag, token)["dag_display_name"].startswith("收件"))

        now = (tmp_path / "sample" / "now.txt").read_text().strip()
        conf = {"inbox": str(tmp_path / "sample" / "inbox"), "now": now}
        run = call(f"{dag}/dagRuns", token, logical_date=None, conf=conf)["dag_run_id"]
        wait_for(lambda: call(f"{dag}/dagRuns/{run}", token)["state"] in ("success", "failed"))
        assert call(f"{dag}/dagRuns/{run}", token)["state"] == "success"
        event = call(f"{page}/api/v2/assets/events", token)["asset_events"][-1]
        assert event["name"] == f"warehouse/{NOTICE}"
        assert event["extra"]

        # People press at the same moment: the page once stood still for a minute, then answered 500.
        def press(number: int) -> str:
            return call(f"{dag}/dagRuns", token, logical_date=None, dag_run_id=f"pressed-{number}")["state"]

        call(dag, token, "PATCH", is_paused=True)
        with ThreadPoolExecutor(8) as people:
            assert set(people.map(press, range(40))) == {"queued"}
        logged = call(f"{page}/api/v2/eventLogs?event=trigger_dag_run&limit=100", token)["event_logs"]
        assert {one["run_id"] for one in logged} >= {f"pressed-{number}" for number in range(40)}
    assert all(is_free(number) for number in range(port, port + 3)), "a part of Airflow is still there"


def test_a_busy_port_is_named(python, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        done = python(ROOT / "tools" / "ui.py", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port + 1} is in use" in done.stderr
