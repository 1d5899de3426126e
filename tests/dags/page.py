"""Airflow's page as `make ui` starts it, and its API."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def airflow_page(root: Path, env: dict[str, str], port: int) -> Iterator[tuple[str, str]]:
    """The page's address and a token, while it runs in this tree. It must stop cleanly. No DAG's file changes meanwhile."""
    env = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600"} | env
    command = [sys.executable, root / "tools" / "ui.py", "--port", str(port)]
    ui = subprocess.Popen(command, env=env, cwd=root, text=True, stdout=subprocess.PIPE)
    said = ""
    try:
        while "Ctrl-C" not in said:
            line = ui.stdout.readline() if ui.stdout else ""
            assert line, said
            said += line
        page = f"http://127.0.0.1:{port}"
        assert page in said
        password = re.search(r"password +(\S+)", said)
        assert password
        yield page, call(f"{page}/auth/token", username="admin", password=password[1])["access_token"]
    except BaseException:
        for log in re.findall(r"log +(/.+)", said):
            print(Path(log).read_text("utf-8", "replace")[-20_000:])  # pytest shows it beside the failure
        raise
    finally:
        ui.send_signal(signal.SIGINT)
        ui.wait(60)
    assert ui.returncode == 0


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def call(url: str, token: str = "", method: str | None = None, **body: Any) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, content, headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def wait_for(done: Callable[[], Any], seconds: float = 400) -> None:
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


def collect(page: str, token: str, dag_id: str, seconds: float = 400, **conf: str) -> None:
    """Starts a DAG over the page's API and waits for its good end, so long for each."""
    dag = f"{page}/api/v2/dags/{dag_id}"
    wait_for(lambda: call(dag, token)["dag_display_name"].startswith("收件"), seconds)
    run = call(f"{dag}/dagRuns", token, logical_date=None, conf=conf)["dag_run_id"]
    wait_for(lambda: call(f"{dag}/dagRuns/{run}", token)["state"] in ("success", "failed"), seconds)
    assert call(f"{dag}/dagRuns/{run}", token)["state"] == "success"
