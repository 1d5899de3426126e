"""What a person does about bulletins in Airflow's page: backfills days, and answers who may release a draft."""

import re
import time
import urllib.request
from urllib.error import HTTPError

from tests.dags.bulletin_world import APPROVED, Tree
from tests.dags.page import call, wait_for


def fetch(address: str, token: str) -> str | int:
    """A document's text, or the status with which it was refused."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()
    except HTTPError as error:
        return error.code


def backfill(tree: Tree, dag_id: str, *more: str, last: str = "2020-11-10") -> None:
    """As docs/bulletins.md says."""
    span = ("--from-date", "2020-11-08T00:00:00+08:00", "--to-date", f"{last}T23:59:59+08:00")
    tree.python(
        tree.root / "tools" / "airflow_env.py",
        "backfill",
        "create",
        "--dag-id",
        dag_id,
        *span,
        "--dag-run-conf",
        '{"send": true}',
        *more,
    )


def wait_for_backfills(page: str, token: str, dag: str, count: int, days: int) -> dict[str, str]:
    """When each day's run ended, and well, once so many backfills are over."""

    def are_over() -> bool:
        found = call(f"{page}/api/v2/backfills?dag_id={dag}", token)["backfills"]
        return len(found) == count and all(one["completed_at"] for one in found)

    wait_for(are_over)
    runs = call(f"{page}/api/v2/dags/{dag}/dagRuns?limit=50", token)["dag_runs"]
    assert [one["state"] for one in runs] == ["success"] * days
    return {one["dag_run_id"]: one["end_date"] for one in runs}


def start(dags: str, token: str, as_of: str) -> str:
    """Where the run is that makes the bulletin which is approved."""
    runs = f"{dags}/bulletin__{APPROVED}/dagRuns"
    return (
        f"{runs}/" + call(runs, token, logical_date=None, conf={"as_of": as_of, "send": True})["dag_run_id"]
    )


def decide_by_hand(dags: str, token: str, as_of: str, choice: str, words: str | None) -> None:
    answer(start(dags, token, as_of), token, choice, words)


def answer(run: str, token: str, choice: str, words: str | None) -> None:
    """`words` is None where the field is left blank: so the page sends it."""
    task = f"{run}/taskInstances/approve"
    wait_for(lambda: call(task, token)["state"] == "awaiting_input")
    time.sleep(3)  # an answer at once can meet a task that is not parked yet
    asked = call(f"{task}/-1/hitlDetails", token)
    assert "审签" in asked["subject"]
    (draft,) = re.findall(r"\((/bulletins/[^)]*/drafts/[^)]*\.html)\)", asked["body"])
    address = run.partition("/api/v2/dags")[0] + draft
    assert "主要数字" in fetch(address, token)
    assert fetch(address, "") == 401
    assert fetch(address.rpartition("/")[0] + "/record.json", token) == 404
    call(f"{task}/-1/hitlDetails", token, "PATCH", chosen_options=[choice], params_input={"words": words})
    wait_for(lambda: call(run, token)["state"] == "success")
