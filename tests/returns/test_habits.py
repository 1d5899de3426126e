"""Every table that units' habits spoil in some row comes back, and is accepted once its marks are corrected."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.returns.write import list_returns
from tests.read.habits.tables import ALL
from tests.returns.correct import correct

NOTICE = "sd-vocational-week-2020"
NOW = datetime(2020, 12, 1)
UNDECIDED = {"zero-with-counts"}
"""A zero report with people who came to it: only the unit knows which of the two is so."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("every", "least"),
    [
        # All of them are twenty seconds: what they read like is in tests/read/habits, every reason in test_loop.py, every other
        # shape in test_shapes.py. Each third plays what these have to do with each other.
        pytest.param(3, 12, id="each third"),
        pytest.param(1, 80, id="all", marks=pytest.mark.soak),
    ],
)
def test_every_habit_is_corrected_by_its_marks(tmp_path, every, least):
    notice, home = load_notice(NOTICE), Home(tmp_path)
    inbox = home.inbox(NOTICE)
    for case in ALL[::every]:
        for path, content, _ in case.written():
            (inbox / path).parent.mkdir(parents=True, exist_ok=True)
            (inbox / path).write_bytes(content)
    cycle.run(home, notice, now=NOW)
    corrected = {}
    for one in list_returns(home, notice):
        source, unit = home.returns(NOTICE) / one.file, Path(*Path(one.path).parts[:2])
        target = inbox / unit / "更正" / f"{one.submission_id}.xlsx"
        if UNDECIDED.intersection(Path(one.path).parts):
            continue
        if source.suffix == ".xlsx" and one.reason in (None, "no_valid_row"):
            target.parent.mkdir(exist_ok=True)
            if correct(source, target):
                corrected[one.submission_id] = (one.recipient_code, one.deliverable, "accepted")
            else:
                target.unlink()
    assert len(corrected) > least
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT split_part(path, '/', -1)[:-6], recipient_code, deliverable, state FROM marts.files"
            " WHERE path LIKE '%/更正/%'"
        ).fetchall()
    assert {submission: tuple(ends) for submission, *ends in found} == corrected
