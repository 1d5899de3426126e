"""Objects to read, and what a test needs to know of the processes that read them."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.read.children import end_kept
from tests.faults.hostile import Attempt

Put = Callable[..., Attempt]


@pytest.fixture(autouse=True)
def _fresh_nursery() -> None:
    """No child of these tests comes from a nursery that stood before them."""
    end_kept()


def keep(folder: Path, path: str, content: bytes, target: object = "") -> Attempt:
    """An object of an archive below the folder with this content, as a job."""
    name = hashlib.sha256(content).hexdigest()
    place = folder / "objects" / name[:2] / name[2:]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    place.chmod(0o600)
    return Attempt(path, str(place), str(target))


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """`keep` in this test's folder."""
    return lambda path, content=b"content", target="": keep(tmp_path, path, content, target)


def descendants(parent: int) -> list[tuple[int, int]]:
    """(process, its parent) of everything below a process."""
    pairs = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                text = Path(f"/proc/{name}/stat").read_text("ascii", "replace")
            except OSError:
                continue
            pairs.append((int(name), int(text.rpartition(")")[2].split()[1])))
    found: list[tuple[int, int]] = []
    above = {parent}
    while above:
        below = [pair for pair in pairs if pair[1] in above]
        found += below
        above = {process for process, _ in below}
    return found
