"""The collect DAG, run by Airflow itself, gives what `notices run` gives."""

import pytest

from tests.dags.conftest import NOTICE, ROOT, runs_of, states_in

pytestmark = pytest.mark.airflow
TASKS = ("scan", "read", "check", "load", "publish", "returns", "finish")


@pytest.fixture
def collect(python):
    """Runs the DAG of the notice on an inbox; returns the finished process."""

    def run(inbox, now):
        conf = f'{{"inbox": "{inbox}", "now": "{now}"}}'
        return python(ROOT / "tools" / "run_dag.py", f"collect__{NOTICE}", "--conf", conf)

    return run


def test_the_dag_gives_the_figures_of_the_command(collect, notices, tmp_path):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "8", "--rows", "3")
    inbox, now = tmp_path / "sample" / "inbox", (tmp_path / "sample" / "now.txt").read_text().strip()
    done = collect(inbox, now)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    notices("run", NOTICE, "--inbox", inbox, "--now", now, home="other")

    metrics = ("metrics", NOTICE, "--as-of", now, "--format", "csv")
    files = ("files", NOTICE, "--format", "csv")
    assert notices(*metrics) == notices(*metrics, home="other")
    assert notices(*files) == notices(*files, home="other")
    assert ",accepted," in notices(*files)

    again = collect(inbox, now)
    assert again.returncode == 0, "a cycle without anything new is a good cycle"
    told = again.stdout + again.stderr
    assert [task for task in TASKS if f"[DAG TEST] starting task_id={task} " in told] == ["scan"], (
        "and one task"
    )
    logs = sorted(
        (tmp_path / "home" / "airflow" / "logs").glob("dag_id=*/run_id=*/task_id=*/**/attempt=1.log")
    )
    assert {path.parts[-2].removeprefix("task_id=") for path in logs} >= {"scan", "load"}, "for the page"
    assert notices(*metrics) == notices(*metrics, home="other")


def test_what_cannot_be_collected_fails_the_run_with_a_sentence(python, tmp_path):
    """A source that cannot be read; a moment that is none, at once. Both runs in one process: each is Airflow's start."""
    nowhere = {"inbox": str(tmp_path / "nowhere"), "now": "2020-12-01T00:00:00"}
    none = {"inbox": str(tmp_path), "now": "2020-13-45T00:00"}
    done = python(*runs_of(f"collect__{NOTICE}", (None, nowhere), (None, none)))
    assert [states["run"] for states in states_in(done.stdout)] == ["failed", "failed"], done.stderr[-5000:]
    assert "以下来源没有读到" in done.stdout + done.stderr
    assert "不是时刻" in done.stdout + done.stderr
