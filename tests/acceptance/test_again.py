"""Running again, rebuilding and losing what is derived change nothing: the archive is the truth."""

import shutil

import pytest

from tests.acceptance.conftest import Inbox, assert_same, dump_home
from tests.conftest import NOTICE_ID

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(undisturbed, home):
    """A copy of the undisturbed home."""
    shutil.copytree(undisturbed.home.path, home.path)
    return home


def test_running_twice_changes_nothing(copied, undisturbed, small: Inbox, run_cli):
    said = run_cli(*small.run)
    assert "本轮新收 0 个文件；没有新的报送。" in said.stdout
    assert_same(copied, undisturbed.home)


@pytest.mark.soak  # what is rebuilt is the same below; a rebuild beside what is sound is played by test_cutting.py in every run
def test_rebuild_gives_the_same(copied, undisturbed, ask):
    rebuild_all(copied, ask)
    assert_same(copied, undisturbed.home)


def rebuild_all(home, ask):
    said = ask("rebuild")
    assert f"{NOTICE_ID}：重算 {len(dump_home(home)['core.submissions'])} 件报送。" in said


LOST = {
    "all that is derived": ("warehouse", "published", "quality"),
    "the warehouse": ("warehouse",),
    "the snapshot": ("published",),
    "the private file": ("warehouse/private.duckdb",),
}
SOAKED = {"the warehouse", "the snapshot"}
"""Fifteen seconds each; tests/faults/test_matrix.py loses them too, over three files."""


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(lost, id=name, marks=[pytest.mark.soak] if name in SOAKED else [])
        for name, lost in LOST.items()
    ],
)
@pytest.mark.parametrize("words", ["run", pytest.param("rebuild", marks=pytest.mark.soak)])
def test_what_is_derived_can_be_lost(lost, words, copied, undisturbed, small: Inbox, ask):
    for name in lost:
        path = copied.path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    ask(*(small.run if words == "run" else ["rebuild"]))
    assert_same(copied, undisturbed.home)


def test_rebuild_mends_a_broken_warehouse(copied, undisturbed, ask):
    copied.warehouse.write_bytes(b"not a database" * 1000)
    rebuild_all(copied, ask)
    assert_same(copied, undisturbed.home)
