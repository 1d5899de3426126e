"""One entry that cannot be taken in costs itself alone: it is held with its reason, its source completes, and it heals."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from pipelines.archive.store import Archive
from pipelines.collect import scan as scanning
from pipelines.collect.folder import FolderSource
from pipelines.collect.source import Entry
from pipelines.ground.errors import NoticesError
from pipelines.ground.settings import Settings
from tests.collect.conftest import NOON, Desk

BEFORE = NOON - timedelta(minutes=3)
LATER = NOON + timedelta(minutes=10)
Spoil = Callable[[Desk, pytest.MonkeyPatch], str]
"""Makes one entry that cannot be taken in; returns what its sentence says."""


def fail(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """Opening or listing anything called `name` fails as the operating system's `number`."""
    for call in ("open", "scandir"):
        real = getattr(os, call)

        def failing(path: object, *arguments: object, real: Callable = real, **options: object) -> object:
            if str(path).endswith(name):
                raise OSError(number, os.strerror(number), str(path))
            return real(path, *arguments, **options)

        monkeypatch.setattr(os, call, failing)


def no_permission(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    desk.put("bad.csv", b"bad\n", BEFORE)
    fail(monkeypatch, "bad.csv", errno.EACCES)
    return "读取权限"


def bad_sector(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    desk.put("bad.csv", b"bad\n", BEFORE)
    fail(monkeypatch, "bad.csv", errno.EIO)
    return "读不出这一处"


def closed_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    desk.put("bad.csv/inside.csv", b"bad\n", BEFORE)
    fail(monkeypatch, "bad.csv", errno.EACCES)
    return "读取权限"


def too_deep(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """Really deeper than a path may be: made step by step."""
    monkeypatch.chdir(desk.folder)
    os.mkdir("bad.csv")
    os.chdir("bad.csv")
    for _ in range(25):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    return "路径太深"


def too_large(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    desk.put("bad.csv", b"x" * 2_000_000, BEFORE)
    monkeypatch.setenv("NOTICES_MAX_FILE_BYTES", "1000000")
    return "文件太大（2 MB，上限 1 MB）"


FAULTS = [no_permission, bad_sector, closed_folder, too_deep, too_large]


def scan(desk: Desk, now: datetime, **options: bool) -> scanning.ScanResult:
    return scanning.scan_sources(
        desk.archive, desk.notice, desk.inbox, now, Settings.load(), lambda _: None, is_live=False, **options
    )


@pytest.mark.parametrize("spoil", FAULTS, ids=[one.__name__ for one in FAULTS])
def test_a_fault_is_its_entrys_and_nobody_elses(spoil: Spoil, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.put("a.csv")
    with monkeypatch.context() as spoilt:
        said = spoil(desk, spoilt)
        first, second = scan(desk, NOON), scan(desk, LATER)
        lines = desk.archive.journal(desk.notice.id).path.read_text().count('"held"')
    assert (first.new, first.errors, second.new, second.errors) == (1, [], 0, [])
    for found in (first, second):
        (held,) = found.held
        assert "bad.csv" in held.path
        assert said in held.sentence
        assert (held.held_at, held.since) == (NOON, None)
    assert lines == 1, "what is unchanged is not noted again"
    assert desk.archive.journal(desk.notice.id).scanned[desk.notice.sources[0].id] == LATER


@pytest.mark.parametrize("spoil", [no_permission, closed_folder, too_large], ids=lambda one: one.__name__)
def test_it_heals_and_is_not_late_for_the_wait(spoil: Spoil, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """First met by the scan of NOON, taken in a day later: it arrived before NOON, as its own time says."""
    scan(desk, NOON - timedelta(minutes=10))
    with monkeypatch.context() as spoilt:
        spoil(desk, spoilt)
        scan(desk, NOON)
        scan(desk, LATER)
    healed = scan(desk, NOON + timedelta(days=1))
    assert (healed.new, healed.held) == (1, [])
    assert [one.received_at for one in desk.receipts] == [BEFORE]


def test_what_changed_while_it_was_held_arrived_after_the_scan_that_saw_it_otherwise(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as spoilt:
        no_permission(desk, spoilt)
        scan(desk, NOON)
        scan(desk, LATER)
    desk.put("bad.csv", b"another\n", NOON - timedelta(days=1))
    scan(desk, LATER + timedelta(minutes=10))
    assert [one.received_at for one in desk.receipts] == [LATER]


def test_one_that_is_taken_away_is_no_longer_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as spoilt:
        too_large(desk, spoilt)
        assert len(scan(desk, NOON).held) == 1
        (desk.folder / "bad.csv").unlink()
        assert scan(desk, LATER).held == []


def test_a_share_that_goes_away_while_it_is_listed_is_the_sources_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    desk.put("a.csv")
    desk.put("inside/b.csv")
    name = desk.notice.sources[0].path
    real = os.scandir

    def gone(path: object) -> object:
        if str(path).endswith("inside") or gone.count:
            gone.count += 1
            raise OSError(errno.EHOSTDOWN, os.strerror(errno.EHOSTDOWN))
        return real(path)

    gone.count = 0
    monkeypatch.setattr(os, "scandir", gone)
    found = scan(desk, NOON)
    assert name in found.errors[0]
    assert found.held == []
    assert desk.archive.journal(desk.notice.id).scanned == {}


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM], ids=errno.errorcode.get)
def test_a_machine_that_has_run_out_blames_no_entry(number: int, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.put("bad.csv")
    fail(monkeypatch, "bad.csv", number)
    with pytest.raises(OSError, match=os.strerror(number)):
        scan(desk, NOON)
    assert desk.archive.journal(desk.notice.id).held == {}


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=size))


def test_a_file_that_would_fill_the_disk_waits_and_the_rest_is_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    desk.put("a.csv")
    desk.put("big.csv", b"x" * 3_000_000)
    with monkeypatch.context() as small:
        free(small, Settings().reserve_bytes + 1_000_000)
        found = scan(desk, NOON)
    assert (found.new, desk.names) == (1, ["a.csv"])
    assert "只剩" in found.warnings[0]
    assert "磁盘放不下 1 个文件" in found.errors[0], "the disk is ours: the run says so and fails"
    assert desk.archive.journal(desk.notice.id).scanned, "and the source is complete all the same"
    assert scan(desk, LATER).new == 1


def test_a_disk_that_fills_up_while_a_file_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.put("a.csv")
    desk.put("big.csv", b"x" * 3_000_000)
    real = Archive.store

    def full(archive: Archive, chunks: Iterator[bytes]) -> tuple[str, int]:
        kept = list(chunks)
        if len(kept) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(archive, kept)

    with monkeypatch.context() as filling:
        filling.setattr(Archive, "store", full)
        found = scan(desk, NOON)
    assert (found.new, len(found.errors)) == (1, 1)
    assert scan(desk, LATER).new == 1


def test_a_disk_that_is_nearly_full_is_said_before_anything_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    desk.put("a.csv")
    free(monkeypatch, Settings().low_disk_bytes - 1)
    found = scan(desk, NOON)
    assert (found.new, found.errors) == (1, [])
    assert "请尽快腾出空间" in found.warnings[0]
    assert found.warnings[0] in caplog.text


def test_a_source_that_does_not_say_sizes_is_stopped_at_the_limit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """An upload of a form service: listed with size 0."""
    desk.put("a.csv")
    monkeypatch.setenv("NOTICES_MAX_FILE_BYTES", "5000000")
    monkeypatch.setattr(FolderSource, "list_entries", lambda source, _: iter([Entry("up", "up.mp4", 0, 0)]))
    given: list[int] = []

    def endless(source: FolderSource, entry: Entry) -> Iterator[bytes]:
        while True:
            given.append(1)
            yield b"x" * 1_000_000

    monkeypatch.setattr(FolderSource, "read_chunks", endless)
    found = scan(desk, NOON)
    assert "文件太大" in found.held[0].sentence
    assert len(given) == 6
    assert [one for one in desk.archive.path.rglob("*") if one.name.startswith("incoming")] == []


def test_a_now_before_the_newest_scan_is_refused_unless_it_is_meant(desk: Desk):
    desk.put("a.csv", at=NOON)
    scan(desk, LATER)
    with pytest.raises(NoticesError, match=r"早于最近一次收件 2020-11-09 12:10:00.*--replay"):
        scan(desk, NOON)
    assert scan(desk, LATER).errors == [], "the same moment again is fine"

    scan(desk, NOON, is_replay=True)
    desk.put("b.csv", at=NOON - timedelta(days=1))
    scan(desk, NOON + timedelta(minutes=20))
    assert desk.archive.journal(desk.notice.id).scanned[desk.notice.sources[0].id] > LATER
    received = {one.path.rpartition("/")[2]: one.received_at for one in desk.receipts}
    assert received["b.csv"] == LATER, "the replay has not lowered the bound"
