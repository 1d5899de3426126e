"""`make ui`: the page answers on this machine only, runs a DAG through the scheduler, and stops without leftovers."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.dags.conftest import NOTICE, ROOT

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture
def port():
    """Three ports in a row that nobody uses: the page's, and two that serve logs."""
    for first in range(18080, 18980, 3):
        if all(is_free(number) for number in range(first, first + 3)):
            return first
    pytest.skip("no three free ports in a row")


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def call(url, token="", **body):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_the_page_runs_the_dag_and_stops_cleanly(notices, tmp_path, port):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "8", "--rows", "3")
    env = os.environ | {"NOTICES_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, ROOT / "tools" / "ui.py", "--port", str(port)]
    ui = subprocess.Popen(command, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = ui.stdout.readline()
            assert line, said
            said += line
        page = f"http://127.0.0.1:{port}"
        assert page in said
        password = re.search(r"password +(\S+)", said)[1]
        token = call(f"{page}/auth/token", username="admin", password=password)["access_token"]
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
    finally:
        ui.send_signal(signal.SIGINT)
        ui.wait(60)
    assert ui.returncode == 0
    assert all(is_free(number) for number in range(port, port + 3)), "a part of Airflow is still there"


def wait_for(done, seconds=240):
    """Asks once a second; an error of the server counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except OSError:
            pass
        time.sleep(1)
    pytest.fail(f"did not happen within {seconds} s")


def test_a_busy_port_is_named(python, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        done = python(ROOT / "tools" / "ui.py", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port + 1} is in use" in done.stderr
