"""Open while loading: readers in other processes and a loader in a loop never stand in each other's way."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import ROOT, Home
from pipelines.notice import load_notice
from pipelines.warehouse.snapshot import READ_ONLY, connect_snapshot
from tests.analysts.conftest import NOTICE_ID, World

HEADER = "活动日期,材料类型,标题,活动类别,县（市、区）,参与人数"
READER = """
import json, sys, time
from pathlib import Path
from pipelines.warehouse.snapshot import connect_snapshot

path, stop, hold = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
STATE = '''
SELECT
    (SELECT count(*) FROM raw.receipts),
    (SELECT count(*) FROM core.submissions),
    (SELECT count(*) FROM core.items),
    (SELECT sum(materials) FROM marts.city_coverage),
    (SELECT sum(participants) FROM marts.city_coverage)
'''
seen = []
while not stop.exists():
    connection = connect_snapshot(path)
    first = connection.execute(STATE).fetchone()
    until = time.monotonic() + hold
    while True:
        again = connection.execute(STATE).fetchone()
        assert again == first, (first, again)
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    connection.close()
    time.sleep(0.1)
    seen.append([int(number) for number in first])
print(json.dumps(seen))
"""


def send(inbox: Path, number: int) -> None:
    """One file with one row of 10 people, arrived in minute `number`."""
    path = inbox / "教育厅收件" / "济南市教育局" / f"日报{number}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}\n2020-11-09,照片,活动{number},宣传活动,历下区,10\n", "utf-8")
    moment = (datetime(2020, 11, 9, 1) + timedelta(minutes=number)).timestamp()
    os.utime(path, (moment, moment))


@pytest.mark.slow
def test_readers_see_one_state_while_a_loader_runs(tmp_path: Path) -> None:
    """Two readers open and close at their own pace, one holds on; the loader brings one file a cycle."""
    home, inbox, stop = Home(tmp_path / "home"), tmp_path / "inbox", tmp_path / "stop"
    notice = load_notice(NOTICE_ID)
    send(inbox, 0)
    cycle.run(home, notice, inbox, datetime(2020, 11, 10))
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(home.published), str(stop), str(hold)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hold in (0.0, 0.3, 1.2)
    ]
    cycles = 3
    try:
        for number in range(1, cycles + 1):
            send(inbox, number)
            cycle.run(home, notice, inbox, datetime(2020, 11, 10) + timedelta(minutes=number))
    finally:
        stop.touch()
        printed = [reader.communicate(timeout=300)[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0, 0]
    for text in printed:
        seen = json.loads(text)
        assert len(seen) >= 2
        assert seen == sorted(seen), "a later opening never shows an earlier state"
        # Each state is one the loader committed: as many files as rows as materials, ten people each.
        assert all(state == [state[0]] * 4 + [state[0] * 10] for state in seen), seen
        assert {state[0] for state in seen} <= set(range(1, cycles + 2))
    states = {state[0] for text in printed for state in json.loads(text)}
    assert len(states) > cycles // 2, "the readers saw the loader at work"


def test_an_open_snapshot_keeps_its_state_and_the_next_opening_sees_the_new_one(tmp_path: Path) -> None:
    home, inbox, notice = Home(tmp_path / "home"), tmp_path / "inbox", load_notice(NOTICE_ID)
    count = "SELECT count(*) FROM core.items"
    send(inbox, 0)
    cycle.run(home, notice, inbox, datetime(2020, 11, 10))
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"""
from pathlib import Path
from pipelines.warehouse.snapshot import connect_snapshot
connection = connect_snapshot(Path({str(home.published)!r}))
print(connection.execute("{count}").fetchone()[0], flush=True)
input()
print(connection.execute("{count}").fetchone()[0], flush=True)
connection.close()
print(connect_snapshot(Path({str(home.published)!r})).execute("{count}").fetchone()[0], flush=True)
""",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout
    assert reader.stdout.readline() == "1\n"
    send(inbox, 1)
    cycle.run(home, notice, inbox, datetime(2020, 11, 11))
    rest, _ = reader.communicate("\n", timeout=300)
    assert rest == "1\n2\n"


def test_no_snapshot_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoticesError, match="先运行 notices run"):
        connect_snapshot(tmp_path / "nothing.duckdb")


def test_settings_can_be_tightened_but_not_loosened(small: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(small.home.published.read_bytes())
    connection = connect_snapshot(copy, threads=1, memory_limit="64MB", enable_external_access="true")
    settings = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert {name: settings[name] for name in READ_ONLY} == READ_ONLY
    assert settings["threads"] == "1"
    with pytest.raises(duckdb.OutOfMemoryException):
        connection.execute("SELECT list(a.range) FROM range(3000) a, range(30000) b GROUP BY b.range % 7")
    assert connection.execute("SELECT 1").fetchone() == (1,), "the connection lives on"
    connection.close()
