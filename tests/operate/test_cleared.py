"""A run that is looked at or cleared later: what it says stands in words, and what is read by now is no error any more."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import cycle, loading
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.operate.conftest import NOW


def test_the_last_task_of_a_run_can_be_cleared_once_its_source_was_read(
    home: Home, notice: Notice, tmp_path: Path
):
    share = tmp_path / "share"
    scanned = cycle.scan(home, notice, "first", share, NOW)
    assert scanned["errors"]
    assert cycle.still_unread(home, notice, scanned) == scanned["errors"]
    for source in ("教育厅收件", "人社厅收件"):
        (share / source).mkdir(parents=True)
    again = cycle.scan(home, notice, "next", share, NOW + timedelta(minutes=10))
    assert again["errors"] == []
    assert cycle.still_unread(home, notice, scanned) == []


def test_what_was_made_anew_is_told_in_words_beside_the_codes(
    home: Home, notice: Notice, monkeypatch: pytest.MonkeyPatch
):
    counts = {
        "submissions": 3,
        "states": {"accepted": 2, "rejected": 1},
        "reasons": {"unknown_recipient": 1},
        "notes": {},
    }
    monkeypatch.setattr(loading, "loaded_receipts", lambda path, notice: None)
    monkeypatch.setattr(loading, "rebuild", lambda home: {notice.id: dict(counts)})
    told = cycle.load(home, notice, "first")["summary"]
    assert told.startswith("报送 3 件：收下（accepted） 2、退回（rejected） 1；退回原因：")
    assert "（unknown_recipient） 1" in told
