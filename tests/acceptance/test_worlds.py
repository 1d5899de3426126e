"""Whole worlds through the whole pipeline: every file and every figure is what the truth says."""

import json
import subprocess
import sys

import pytest

from pipelines.ground.home import ROOT
from tests.acceptance.conftest import count_equal_cells
from tests.conftest import NOTICE_ID, SAMPLES, cli_environment

pytestmark = pytest.mark.slow
FEWEST_CELLS = {"files": 5000, "figures": 2000}


@pytest.mark.parametrize("number", range(max(len(SAMPLES), 1)))
def test_a_world_through_the_command_line_equals_its_truth(worlds, number, run_cli):
    world = worlds[number]
    assert len(world.moments) == 6
    run_cli("run", NOTICE_ID, "--inbox", world.inbox, "--now", world.now)
    cells = count_equal_cells(world, lambda *words: run_cli(*words).stdout)
    assert cells > sum(FEWEST_CELLS.values()), "the truth must not be all but empty"


@pytest.mark.airflow
def test_a_world_through_airflow_equals_its_truth(worlds, home, run_cli):
    world = worlds[0]
    conf = json.dumps({"inbox": str(world.inbox), "now": world.now})
    words = [sys.executable, ROOT / "tools" / "run_dag.py", f"collect__{NOTICE_ID}", "--conf", conf]
    env = cli_environment(NOTICES_HOME=str(home.path), PYTHONPATH=f"{ROOT}:{ROOT / 'tools'}")
    done = subprocess.run(words, env=env, text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    cells = count_equal_cells(world, lambda *words: run_cli(*words).stdout)
    assert cells > sum(FEWEST_CELLS.values())
