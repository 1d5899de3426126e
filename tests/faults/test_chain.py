"""Journals: any change is found, a torn end is not, and older ones are taken over."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ground.chain import JsonLines
from pipelines.ground.errors import KeptFault

BATCHES = [
    [{"record": "a", "n": 1}, {"record": "b", "n": 2}],
    [{"record": "c", "n": 3}],
    [{"record": "d", "n": 4}],
]
RECORDS = [record for batch in BATCHES for record in batch]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = JsonLines(tmp_path / "j.jsonl")
    journal.read()
    for batch in BATCHES:
        assert journal.append(batch) == batch
    return journal.path


def read(path: Path) -> list[dict[str, object]]:
    return JsonLines(path).read()


def test_what_was_appended_is_read(path: Path) -> None:
    assert read(path) == RECORDS


def test_an_end_that_was_being_written_is_as_if_it_were_not_there(path: Path) -> None:
    """At whatever byte the machine stopped; and the next batch takes its place."""
    whole = path.read_bytes()
    last = whole.rindex(b'{"chain"')
    for length in range(last, len(whole)):
        path.write_bytes(whole[:length])
        assert read(path) == RECORDS[:-1]
    journal = JsonLines(path)
    journal.read()
    journal.append(BATCHES[-1])
    assert path.read_bytes() == whole


def test_a_block_that_never_reached_the_disk_is_a_torn_end(path: Path) -> None:
    whole = path.read_bytes()
    last = whole.rindex(b'{"record"')
    path.write_bytes(whole[:last] + b"\0" * (len(whole) - last - 1) + b"\n")
    assert read(path) == RECORDS[:-1]


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_bit_changed_anywhere_is_found(path: Path, place: int, bit: int) -> None:
    """Save that a journal's last line may lose its end: that is how a torn one looks."""
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[place % len(whole)] ^= 1 << bit
    path.write_bytes(bytes(changed))
    try:
        found = read(path)
    except KeptFault:
        pass
    else:
        assert found == RECORDS[:-1]
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("number", range(5))
def test_a_line_taken_out_is_found(path: Path, number: int) -> None:
    """Of all but the last batch; what the end lacks, the warehouse's ledger knows."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
    with pytest.raises(KeptFault, match=r"j\.jsonl 损坏：第 .*notices restore"):
        read(path)


def test_a_journal_of_format_1_is_taken_into_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in RECORDS) + '{"record": "to')
    journal = JsonLines(path)
    assert journal.read() == RECORDS
    journal.append([{"record": "new"}])
    assert read(path) == [*RECORDS, {"record": "new"}]
    path.write_bytes(path.read_bytes().replace(b'"n": 2', b'"n": 9'))
    with pytest.raises(KeptFault, match="有改动或缺失"):
        read(path)


def test_a_newer_journal_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'{"chain":2', b'{"chain":3'))
    with pytest.raises(KeptFault, match="更新版本的程序"):
        read(path)


def test_a_journal_that_is_gone_is_missed(path: Path) -> None:
    path.unlink()
    with pytest.raises(KeptFault, match="不见了"):
        read(path)
