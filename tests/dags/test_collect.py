"""The collect DAG, run by Airflow itself, gives what `notices run` gives."""

import pytest

from tests.dags.airflow_runs import ROOT, Nursery, standing
from tests.dags.conftest import NOTICE, python_environment

pytestmark = pytest.mark.airflow


def test_the_dag_gives_the_figures_of_the_command(python, notices, tmp_path, nursery: Nursery):
    """And then, in one more process, what comes of nothing new, of a source that cannot be read, and of a moment that is none."""
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "2", "--rows", "2")
    inbox, now = tmp_path / "sample" / "inbox", (tmp_path / "sample" / "now.txt").read_text().strip()
    conf = f'{{"inbox": "{inbox}", "now": "{now}"}}'
    done = python(ROOT / "tools" / "run_dag.py", f"collect__{NOTICE}", "--conf", conf)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    notices("run", NOTICE, "--inbox", inbox, "--now", now, home="other")

    metrics = ("metrics", NOTICE, "--as-of", now, "--format", "csv")
    files = ("files", NOTICE, "--format", "csv")
    assert notices(*metrics) == notices(*metrics, home="other")
    assert notices(*files) == notices(*files, home="other")
    assert ",accepted," in notices(*files)
    logs = sorted(
        (tmp_path / "home" / "airflow" / "logs").glob("dag_id=*/run_id=*/task_id=*/**/attempt=1.log")
    )
    assert {path.parts[-2].removeprefix("task_id=") for path in logs} >= {"scan", "load"}, "for the page"

    again = {"inbox": str(inbox), "now": now}
    nowhere = {"inbox": str(tmp_path / "nowhere"), "now": "2020-12-01T00:00:00"}
    none = {"inbox": str(tmp_path), "now": "2020-13-45T00:00"}
    env = python_environment(tmp_path / "home", "collect.py")
    with standing(nursery, f"collect__{NOTICE}", env, tmp_path / "log") as airflow:
        quiet, *failed = airflow.run((None, again), (None, nowhere), (None, none))
    told = airflow.said
    assert [states.pop("run") for states in (quiet, *failed)] == ["success", "failed", "failed"], told[-5000:]
    assert quiet.pop("scan") == "success"
    assert set(quiet.values()) == {"skipped"}, "a cycle without anything new is a good cycle, and one task"
    assert "以下来源没有读到" in told
    assert "不是时刻" in told
    assert notices(*metrics) == notices(*metrics, home="other")
