"""Scans that brought nothing stand beside the journal: it does not grow, and what they prove holds as before."""

from datetime import timedelta

import pytest

from pipelines.ground.errors import KeptFault
from tests.collect.conftest import NOON, Desk


def later(number: int) -> timedelta:
    return timedelta(minutes=10 * number)


def test_a_year_of_nothing_leaves_a_journal_as_it_was(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    journal = desk.archive.journal(desk.notice.id)
    before = journal.path.read_bytes()
    for number in range(1, 30):
        desk.scan(NOON + later(number))
    assert journal.path.read_bytes() == before
    source = desk.notice.sources[0].id
    assert desk.archive.journal(desk.notice.id).scanned[source] == NOON + later(29)


def test_what_comes_next_came_after_the_last_scan_that_brought_nothing(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    desk.scan(NOON + later(1))
    desk.put("old.csv", b"new", NOON - timedelta(days=3))
    desk.scan(NOON + later(2))
    assert desk.receipts[-1].received_at == NOON + later(1), "whatever its modification time says"


def test_a_journal_from_an_older_backup_is_not_told_what_later_scans_proved(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    path = desk.archive.journal(desk.notice.id).path
    older = path.read_bytes()
    desk.put("b.csv", b"b", NOON + later(1))
    desk.scan(NOON + later(1))
    desk.scan(NOON + later(2))
    path.write_bytes(older)
    source = desk.notice.sources[0].id
    assert desk.archive.journal(desk.notice.id).scanned[source] == NOON
    desk.scan(NOON + later(3))
    assert [one.received_at for one in desk.receipts] == [NOON, NOON + later(1)]


def test_a_scan_that_was_cut_off_leaves_the_one_before(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    desk.scan(NOON + later(1))
    path = desk.archive.journal(desk.notice.id).path
    (path.parent / f".{path.stem}.scans.json.tmp").write_text('{"len')
    source = desk.notice.sources[0].id
    assert desk.archive.journal(desk.notice.id).scanned[source] == NOON + later(1)


def test_damage_is_said_and_stops_the_scan(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    desk.scan(NOON + later(1))
    path = desk.archive.journal(desk.notice.id).path
    path.with_name(f"{path.stem}.scans.json").write_text('{"len')
    with pytest.raises(KeptFault, match=r"scans.json 损坏.*notices restore"):
        desk.scan(NOON + later(2))
