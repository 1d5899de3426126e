"""Collecting as the days go by gives the figures of one run at the end, wherever the days are cut."""

import os
import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.notice import Notice
from tests.acceptance.conftest import Inbox, count_equal_cells, dump
from tests.conftest import NOTICE_ID

pytestmark = pytest.mark.slow

SCANS = ("raw.receipts", "raw.scans")
"""What holds the moments of the scans themselves."""


def deliver(notice: Notice, inbox: Path, to: Path, until: datetime) -> int:
    """Copies what had arrived until a moment, with its moments; returns how many files there are now."""
    moment = until.replace(tzinfo=notice.zone).timestamp()
    count = 0
    for folder, _, names in os.walk(inbox):
        here = to / Path(folder).relative_to(inbox)
        here.mkdir(parents=True, exist_ok=True)
        for name in names:
            source = Path(folder) / name
            if source.lstat().st_mtime <= moment:
                count += 1
                if not (here / name).exists():
                    shutil.copy2(source, here / name)
    return count


@pytest.mark.soak  # half a minute; test_worlds.py collects a world that arrives, and what follows cuts a small one
def test_a_world_collected_in_parts_equals_its_truth(worlds, notice, home, ask, tmp_path):
    world = worlds[1]
    counts = []
    for cut in [*world.moments[1:-1:2], datetime.fromisoformat(world.now)]:
        counts.append(deliver(notice, world.inbox, tmp_path / "inbox", cut))
        ask("run", NOTICE_ID, "--inbox", tmp_path / "inbox", "--now", cut.isoformat())
    assert counts == sorted(set(counts)), "every part must bring something"
    assert count_equal_cells(world, ask) > 7000


@pytest.mark.parametrize(("seed", "count"), [(0, 2), pytest.param(1, 4, marks=pytest.mark.soak)])
def test_any_cuts_give_the_rows_of_one_run(
    seed, count, small: Inbox, undisturbed, notice, home, ask, tmp_path
):
    rng = random.Random(seed)
    first, last = datetime(2020, 11, 1), datetime(2020, 11, 24)
    cuts = sorted(
        first + timedelta(seconds=rng.randrange(int((last - first).total_seconds()))) for _ in range(count)
    )
    for cut in [*cuts, datetime.fromisoformat(small.now)]:
        deliver(notice, small.path, tmp_path / "inbox", cut)
        ask("run", NOTICE_ID, "--inbox", tmp_path / "inbox", "--now", cut.isoformat())
    metrics = [("metrics", NOTICE_ID, "--as-of", cut.isoformat(), "--format", "csv") for cut in cuts]
    for words in [
        *metrics,
        ("files", NOTICE_ID, "--format", "csv"),
        ("status", NOTICE_ID, "--format", "csv"),
    ]:
        assert ask(*words) == ask(*words, at=undisturbed.home), words

    before = dump(home.published)
    ask("rebuild")
    assert dump(home.published) == before, "rebuilt from the archive, it is what the parts came to"
