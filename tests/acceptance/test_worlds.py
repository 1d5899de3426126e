"""Whole worlds through the whole pipeline: every file, row, note and figure is what the truth says."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ground.home import ROOT, Home
from pipelines.notice import Notice
from tests.acceptance.conftest import compare, count_equal_cells
from tests.conftest import NOTICE_ID, SAMPLES, SHARED, World, cli_environment
from tests.dags.conftest import give_airflow

__all__ = ["give_airflow"]

FEWEST_CELLS = {"files": 5000, "figures": 2000}
TABLES = ("materials", "plan", "statistics")
NAMES = [sample.name.removesuffix(".tar.gz") for sample in SAMPLES] or ["none"]
IN_CI = NAMES[:1] + NAMES[-2:-1]
"""One world that is collected at once, and one that arrives; the others are soaked: five minutes that tell the same."""
LOADED = 14
"""Scans after which what came is loaded, where time is short: once in the middle, once at the end. What is soaked is loaded after
every scan; tests/acceptance/test_cutting.py loads a small inbox at four moments."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in IN_CI else pytest.mark.soak) for name in NAMES],
)
def test_a_world_equals_its_truth(name, worlds, collected_world, notice, home, ask, tmp_path):
    number = NAMES.index(name)
    world = worlds[number]
    assert len(world.moments) == 6
    if (world.truth / "scans.txt").exists():
        collect_arrivals(world, home, notice, tmp_path / "inbox", each=LOADED if name in IN_CI else 1)
    else:
        ask = partial(ask, at=collected_world(number))
    cells = count_equal_cells(world, ask)
    assert cells > sum(FEWEST_CELLS.values()), "the truth must not be all but empty"
    notes = compare(world, "--notes", "-", said=ask("notes", NOTICE_ID, "--format", "csv"))
    assert notes > 0
    for deliverable in TABLES if (world.truth / "rows-materials.csv").exists() else ():
        said = ask("rows", NOTICE_ID, "--deliverable", deliverable, "--format", "csv")
        assert compare(world, "--rows", deliverable, "-", said=said) > 0


def collect_arrivals(world: World, home: Home, notice: Notice, inbox: Path, each: int) -> None:
    """Scans as the world arrives; after so many scans what came is read, loaded and published, and at the end."""
    scanned, waiting = {}, False
    for number, (_, now) in enumerate(arrivals(world, inbox), 1):
        scanned, waiting = cycle.scan(home, notice, "arrivals", inbox, now), number % each > 0
        assert scanned["errors"] == []
        if not waiting:
            assert cycle.run_rest(home, notice, "arrivals", scanned, inbox) == []
    if waiting:
        assert cycle.run_rest(home, notice, "arrivals", scanned, inbox) == []


def arrivals(world: World, inbox: Path):
    """(inbox, moment) of each scan that sees every version of every path; the inbox is filled as it was then."""
    moments = world.truth / "scans.txt"
    waiting = runpy.run_path(str(SHARED / "samples" / "replay.py"))["versions"](world.folder)
    for line in moments.read_text().split():
        now = datetime.fromisoformat(line)
        while waiting and waiting[0][0] <= now:
            _, path, file = waiting.pop(0)
            (inbox / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, inbox / path)
            os.utime(inbox / path, (file.stat().st_mtime,) * 2)
        yield inbox, now
    assert not waiting


@pytest.mark.soak  # tests/dags/test_collect.py compares the DAG's figures with the command's, over a small inbox
@pytest.mark.airflow
def test_a_world_through_airflow_equals_its_truth(worlds, home, ask, give_airflow):
    world = worlds[0]
    give_airflow(home.path)
    conf = json.dumps({"inbox": str(world.inbox), "now": world.now})
    words = [sys.executable, ROOT / "tools" / "run_dag.py", f"collect__{NOTICE_ID}", "--conf", conf]
    env = cli_environment(NOTICES_HOME=str(home.path), PYTHONPATH=f"{ROOT}:{ROOT / 'tools'}")
    done = subprocess.run(words, env=env, text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    cells = count_equal_cells(world, ask)
    assert cells > sum(FEWEST_CELLS.values())
