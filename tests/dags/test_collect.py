"""The collect DAG, run by Airflow itself, gives what `notices run` gives."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.dags.conftest import NOTICE, ROOT

pytestmark = pytest.mark.airflow

SHARED = ROOT.parent / "shared"
WORLD = SHARED / "samples" / "world-101.tar.gz"


@pytest.fixture
def collect(python):
    """Runs the DAG of the notice on an inbox; returns the finished process."""

    def run(inbox, now):
        conf = f'{{"inbox": "{inbox}", "now": "{now}"}}'
        return python(ROOT / "tools" / "run_dag.py", f"collect__{NOTICE}", "--conf", conf)

    return run


def test_the_dag_gives_the_figures_of_the_command(collect, notices, tmp_path):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--size", "small")
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
    assert notices(*metrics) == notices(*metrics, home="other")


def test_a_source_that_cannot_be_read_fails_the_run(collect, tmp_path):
    done = collect(tmp_path / "nowhere", "2020-12-01T00:00:00")
    assert done.returncode == 1
    assert "以下来源没有读到" in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not WORLD.exists(), reason="needs ../shared/samples beside the tree")
def test_a_whole_world_through_the_dag_equals_its_truth(collect, notices, tmp_path):
    subprocess.run(
        ["tar", "xzf", WORLD, "-C", tmp_path], check=True
    )  # keeps modification times: when files arrived
    truth = next(tmp_path.glob("*/truth"))
    done = collect(truth.parent / "inbox", "2020-12-01T00:00:00")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]

    compare(truth, "--files", "-", said=notices("files", NOTICE, "--format", "csv"))
    moments = [path.stem.removeprefix("metrics-") for path in truth.glob("metrics-*.csv")]
    assert moments
    for moment in moments:
        as_of = datetime.strptime(moment, "%Y-%m-%dT%H%M%S").isoformat()
        said = notices("metrics", NOTICE, "--as-of", as_of, "--format", "csv")
        compare(truth, "--metrics", moment, "-", said=said)


def compare(truth: Path, *arguments: str, said: str) -> None:
    """Runs ../shared/compare.py against the world's truth; every cell must be equal."""
    command = [sys.executable, SHARED / "compare.py", truth, *arguments]
    done = subprocess.run(command, input=said, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
