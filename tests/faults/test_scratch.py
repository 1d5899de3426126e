"""Temporary folders hold names and phones: what a killed process left of them goes with the next one that is made."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.ground.scratch import scratch

HOLD = "from pipelines.ground.scratch import scratch\nwith scratch('held') as folder:\n    (folder / 'private').write_text('x'); print(folder, flush=True); input()"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def _hold() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_killed_process_leaves_its_folder_to_the_next_one(place: Path) -> None:
    (killed, left), (living, held) = _hold(), _hold()
    killed.kill()
    killed.communicate()
    with scratch("mine") as mine:
        assert not left.exists()
        assert (held / "private").exists(), "its maker still lives"
        assert mine.stat().st_mode & 0o077 == 0
    assert not mine.exists()
    living.communicate("\n")
    assert list(place.iterdir()) == []


def test_what_is_in_the_way_costs_nothing(place: Path) -> None:
    (place / "elsewhere").mkdir()
    (place / "notices-tmp-link").symlink_to(place / "elsewhere")
    (place / "notices-tmp-file").write_text("x")
    with scratch("mine") as mine:
        assert mine.is_dir()
    assert (place / "elsewhere").is_dir()
    assert (place / "notices-tmp-file").exists()


def test_the_folder_goes_when_its_work_fails(place: Path) -> None:
    with pytest.raises(ValueError, match="fails"), scratch("mine"):
        raise ValueError("fails")
    assert list(place.iterdir()) == []
