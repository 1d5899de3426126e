"""The sample: the same arguments give the same bytes and moments, and it names the end of every file."""

import csv
import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ground.errors import NoticesError
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.sample import write_load, write_sample

SIZE = {"recipients": 6, "rows": 3}
FILE_REASONS = {
    "unreadable", "encrypted", "too_large", "unsafe_archive", "unknown_recipient", "recipient_conflict",
    "unknown_deliverable", "no_valid_row", "unsupported_format",
}  # fmt: skip
STATES = {"accepted", "partly accepted", "rejected", "duplicate", "ignored", "attachment"}


def picture(to: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder: its bytes' sha256 and its modification time in nanoseconds."""
    return {
        str(path.relative_to(to)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns if "inbox" in path.parts else 0,
        )
        for path in to.rglob("*")
        if path.is_file()
    }


def ends(to: Path) -> list[dict[str, str]]:
    with (to / "expected-files.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("notice_id", list_notices())
def test_the_same_seed_gives_the_same_bytes_and_moments(notice_id, tmp_path):
    notice = load_notice(notice_id)
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        write_sample(notice, tmp_path / name, seed=seed, **SIZE)
    one, two, other = (picture(tmp_path / name) for name in ("one", "two", "other"))
    assert len(one) > 20
    assert one == two
    assert one != other
    assert len({end["path"] for end in ends(tmp_path / "one")}) > 20


def test_every_state_and_reason_is_there(notice: Notice, tmp_path):
    made = write_sample(notice, tmp_path, seed=1, recipients=20, rows=3)
    listed = ends(tmp_path)
    assert {end["state"] for end in listed} == STATES
    assert {end["reason"] for end in listed if end["reason"]} == FILE_REASONS
    assert made.states == Counter(end["state"] for end in listed)
    rows = Counter(reason for end in listed for reason in end["rejected_rows"].split("|") if reason)
    assert len(rows) == 15, "each reason that a row can be returned for"
    assert any("!" in end["path"] for end in listed), "members of archives"
    assert any("#" in end["path"] for end in listed), "form answers"


def test_all_that_arrived_until_a_moment(notice: Notice, tmp_path):
    until = datetime(2020, 11, 10, 12)
    write_sample(notice, tmp_path / "all", seed=2, **SIZE)
    write_sample(notice, tmp_path / "part", seed=2, until=until, **SIZE)
    everything, part = picture(tmp_path / "all" / "inbox"), picture(tmp_path / "part" / "inbox")
    limit = until.replace(tzinfo=notice.zone).timestamp()
    assert part == {name: one for name, one in everything.items() if one[1] <= limit * 10**9}
    assert 0 < len(part) < len(everything)
    assert (tmp_path / "part" / "now.txt").read_text() == "2020-11-10T12:00:00\n"


def test_a_sample_replaces_a_sample_and_nothing_else(notice: Notice, tmp_path):
    write_sample(notice, tmp_path / "made", seed=1, **SIZE)
    write_sample(notice, tmp_path / "made", seed=2, **SIZE)
    write_sample(notice, tmp_path / "fresh", seed=2, **SIZE)
    assert picture(tmp_path / "made") == picture(tmp_path / "fresh")

    theirs = tmp_path / "theirs" / "inbox" / "日报.xlsx"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"of a unit")
    with pytest.raises(NoticesError, match="不是样例"):
        write_sample(notice, tmp_path / "theirs", **SIZE)
    assert theirs.read_bytes() == b"of a unit"


def test_a_load_has_the_files_and_rows_that_were_asked_for(notice: Notice, tmp_path):
    for name in ("one", "two"):
        made = write_load(notice, tmp_path / name, files=40, rows=10)
    assert (made.files, made.states, made.reasons) == (40, {"accepted": 40}, {})
    assert picture(tmp_path / "one") == picture(tmp_path / "two")
