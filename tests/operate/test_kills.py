"""Backup and restore, killed at any system call and let down by the disk: done again, they are whole."""

import errno
import random
import shutil
import signal
from pathlib import Path

import pytest

from pipelines.archive.check import check_home
from pipelines.ground.home import Home
from tests.faults.injection import FAIL, Driver
from tests.faults.test_kills import KNOWN, MODES, SOAK, Scene, stage_scene, the_notice, working
from tests.operate.test_backup import contents
from tests.send.post_office import PostOffice

__all__ = ["working"]


@pytest.fixture(scope="module")
def filled(working: Driver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with everything in it that is kept; nobody writes to it."""
    with PostOffice() as office:
        scene = stage_scene(working, the_notice(), tmp_path_factory.mktemp("filled"), office)
        scene.finish()
    return scene.home.path


def play(working: Driver, filled: Path, folder: Path, stage: str, seed: int, kills: int) -> int:
    """Kills a stage so often, lets the disk fail under it once, then does it undisturbed; says how often it was hit."""
    rng, hits = random.Random(seed), 0
    with PostOffice() as office:
        scene = Scene(working, Home(folder / "home"), folder / "inbox", office)
        shutil.copytree(filled, scene.home.path)
        if stage == "restore":
            done(scene, "backup")
        calls = scene.do(stage).calls
        assert calls > 10
        forget(scene, stage)
        for _ in range(kills):
            end = scene.do(stage, at=rng.randint(1, calls), mode=rng.choice(MODES))
            hits += end.signal == signal.SIGKILL
            assert end.signal or not end.code, end.said
            if rng.random() < 0.5:
                forget(scene, stage)
        end = scene.do(
            stage, at=rng.randint(1, calls), mode=FAIL, error=rng.choice([errno.ENOSPC, errno.EIO])
        )
        assert end.code == 0 or end.said.split(":")[0] in KNOWN, end.said
        done(scene, stage)
        if stage == "backup":
            done(scene, "restore")
        restored = Home(folder / "restored")
        assert contents(restored) == contents(scene.home)
        assert check_home(restored).findings == []
        assert [path for path in restored.path.rglob("*.tmp") if path.is_file()] == []
    return hits


def done(scene: Scene, stage: str) -> None:
    end = scene.do(stage)
    assert (end.signal, end.code) == (0, 0), end.said


def forget(scene: Scene, stage: str) -> None:
    """Most of what was done, so that there is something to do again: every other file."""
    folder = scene.home.path.parent / ("vault/blobs" if stage == "backup" else "restored")
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "writer.lock")[
        ::2
    ]:
        path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["backup", "restore"])
def test_killed_at_system_calls(stage: str, working: Driver, filled: Path, tmp_path: Path) -> None:
    assert play(working, filled, tmp_path, stage, 7, 6) >= 3


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(-(-SOAK // 40)))
@pytest.mark.parametrize("stage", ["backup", "restore"])
def test_soak_kills(stage: str, seed: int, working: Driver, filled: Path, tmp_path: Path) -> None:
    assert play(working, filled, tmp_path, stage, 100 + seed, 20) >= 8
