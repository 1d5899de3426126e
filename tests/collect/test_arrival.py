"""When a file arrived: its modification time, inside what the scans prove."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive.store import Archive
from pipelines.collect.intake import ScanResult
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import from_environment
from pipelines.ground.settings import Settings
from pipelines.notice import Notice, load_notice

NOON = datetime(2020, 11, 9, 12, 0, 0)


@pytest.fixture
def notice() -> Notice:
    return load_notice("sd-vocational-week-2020")


class Inbox:
    """One source folder, and scans of it at stated moments."""

    def __init__(self, path: Path, notice: Notice) -> None:
        self.notice, self.path, self.archive = notice, path, Archive(path / "archive")
        self.folder = path / "inbox" / notice.sources[0].path
        self.folder.mkdir(parents=True)

    def put(self, name: str, modified: datetime, content: bytes = b"a") -> None:
        path = self.folder / name
        path.write_bytes(content)
        moment = modified.replace(tzinfo=self.notice.zone).timestamp()
        os.utime(path, (moment, moment))

    def scan(self, now: datetime, *, is_live: bool = True) -> ScanResult:
        inbox = self.path / "inbox"
        return scan_sources(
            self.archive, self.notice, inbox, now, Settings(), from_environment, is_live=is_live
        )

    def received(self) -> dict[str, datetime]:
        receipts = self.archive.journal(self.notice.id).receipts
        return {Path(one.path).name: one.received_at for one in receipts}


@pytest.fixture
def inbox(tmp_path: Path, notice: Notice) -> Inbox:
    return Inbox(tmp_path, notice)


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        pytest.param(NOON - timedelta(days=30), NOON, id="an old copy arrived after the last scan"),
        pytest.param(NOON + timedelta(minutes=4), NOON + timedelta(minutes=4), id="between the scans"),
        pytest.param(NOON + timedelta(days=300), NOON + timedelta(minutes=10), id="a clock that runs ahead"),
    ],
)
def test_arrival_lies_between_the_scans(inbox: Inbox, modified: datetime, expected: datetime) -> None:
    inbox.scan(NOON)
    inbox.put("a.csv", modified)
    inbox.scan(NOON + timedelta(minutes=10))
    assert inbox.received() == {"a.csv": expected}


def test_first_scan_has_no_lower_bound(inbox: Inbox) -> None:
    inbox.put("a.csv", NOON - timedelta(days=300))
    inbox.scan(NOON)
    assert inbox.received() == {"a.csv": NOON - timedelta(days=300)}


def test_a_file_that_had_to_wait_is_not_late_for_it(inbox: Inbox) -> None:
    """Written ten seconds before the scan of midnight, it is left alone by it: it did arrive before midnight."""
    midnight = datetime(2020, 11, 10)
    inbox.scan(midnight - timedelta(minutes=10))
    inbox.put("a.csv", midnight - timedelta(seconds=10))
    assert inbox.scan(midnight).waiting == 1
    assert inbox.received() == {}
    inbox.scan(midnight + timedelta(minutes=10))
    assert inbox.received() == {"a.csv": midnight - timedelta(seconds=10)}


def test_a_file_that_changed_while_it_waited_arrived_after_the_scan_that_saw_it_otherwise(
    inbox: Inbox,
) -> None:
    inbox.scan(NOON)
    inbox.put("a.csv", NOON + timedelta(minutes=9, seconds=50))
    inbox.scan(NOON + timedelta(minutes=10))
    inbox.put("a.csv", NOON - timedelta(days=1), b"another")
    inbox.scan(NOON + timedelta(minutes=20))
    assert inbox.received() == {"a.csv": NOON + timedelta(minutes=10)}


def test_a_moment_in_the_future_is_not_waited_for(inbox: Inbox) -> None:
    inbox.put("a.csv", NOON + timedelta(hours=1))
    assert inbox.scan(NOON).new == 1


def test_with_a_stated_now_nothing_waits(inbox: Inbox) -> None:
    inbox.put("a.csv", NOON)
    assert inbox.scan(NOON, is_live=False).new == 1
