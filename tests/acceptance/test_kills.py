"""A run that is killed at any point leaves nothing that the next run does not put right."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from pipelines.ground.home import Home
from tests.acceptance.conftest import Finished, Inbox, assert_same
from tests.conftest import NOTICE_ID, cli_environment, command

pytestmark = pytest.mark.slow
KILLS = 12
HOMES = 4
MOST_TRIES = 4


def soaked(value: object) -> object:
    """What only `make soak` plays: the same proof at another point, half a minute each. tests/faults kills at system calls."""
    return pytest.param(value, marks=pytest.mark.soak)


def start(home: Home, *words: object) -> subprocess.Popen[str]:
    """Starts `notices` as the leader of a process group of its own; what it logs comes through a pipe."""
    return subprocess.Popen(
        command(home, *words),
        env=cli_environment(),
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill(running: subprocess.Popen[str]) -> bool:
    """Kills the whole group at once; False where the run had ended by itself."""
    is_hit = running.poll() is None
    if is_hit:
        os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    return is_hit


def assert_recovers(home: Home, undisturbed: Finished, run_cli, *words: object) -> None:
    run_cli(*words)
    assert_same(home, undisturbed.home)
    left = [
        *home.archive.glob("objects/incoming-*"),
        *home.published.parent.glob(".*"),
        *home.path.glob("runs/*/*"),
    ]
    left += [*home.warehouse.parent.glob("*.wal"), *home.path.glob("warehouse/rebuilding")]
    assert left == []


@pytest.mark.parametrize("seed", [0, *(soaked(seed) for seed in range(1, HOMES))])
def test_killed_at_random_moments(seed, small: Inbox, undisturbed: Finished, home, run_cli):
    """One home after the other is killed three times: early, in the middle and late."""
    rng, each = random.Random(seed), KILLS // HOMES
    hits, seconds = 0, undisturbed.seconds
    for part in range(each):
        for _ in range(MOST_TRIES):
            running, began = start(home, *small.run), time.monotonic()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(seconds * (part + rng.random()) / each)
            if kill(running):
                hits += 1
                break
            # The machine has become quicker since the undisturbed run: once more, from nothing.
            seconds = min(seconds, time.monotonic() - began)
            shutil.rmtree(home.path)
    assert hits >= each - 1, "late in a run it may be over before the signal"
    assert_recovers(home, undisturbed, run_cli, *small.run)


@pytest.mark.parametrize("stage", [soaked("read"), soaked("load"), soaked("scan"), soaked("check")])
def test_killed_right_after_a_stage(stage, small: Inbox, undisturbed: Finished, home, run_cli):
    running = start(home, *small.run)
    for line in running.stderr:
        if f" {stage}: " in line and "跳过" not in line:
            break
    time.sleep(random.Random(stage).random() * 0.05)
    assert kill(running) or stage == "load", "publishing may be quicker than the signal"
    assert_recovers(home, undisturbed, run_cli, *small.run)


@pytest.mark.parametrize("fraction", [soaked(0.5), soaked(0.95)])
def test_a_killed_rebuild(fraction, small: Inbox, undisturbed: Finished, home, run_cli):
    shutil.copytree(undisturbed.home.path, home.path)
    running = start(home, "rebuild")
    time.sleep(undisturbed.seconds * fraction)
    kill(running)
    said = run_cli("files", NOTICE_ID, "--format", "csv").stdout
    assert said == run_cli("files", NOTICE_ID, "--format", "csv", at=undisturbed.home).stdout
    assert_recovers(home, undisturbed, run_cli, "rebuild")


def test_readers_do_not_outlive_a_killed_run(small: Inbox, home):
    """The one process is killed, not its group: its children notice and end."""
    running = start(home, *small.run)
    for line in running.stderr:
        if " scan: 新收" in line:
            break
    deadline = time.monotonic() + 120
    while not (group := members(running.pid) - {running.pid}) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert group, "there were children"
    running.kill()
    running.communicate()
    while members(running.pid) and time.monotonic() < deadline + 120:
        time.sleep(0.1)
    assert members(running.pid) == set()


def members(group: int) -> set[int]:
    """The processes of a group that still live."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], text=True, capture_output=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")}
