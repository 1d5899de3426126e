"""The lake on PostgreSQL: readers in other processes while a publisher commits, is killed, loses its catalogue: old or new, never half."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import duckdb
import pytest

from pipelines.ground.home import ROOT, Home
from pipelines.warehouse.lake.follow import failure_file, follow_publish, read_failure
from pipelines.warehouse.lake.read import list_versions, open_lake
from pipelines.warehouse.lake.upkeep import tidy_lake
from pipelines.warehouse.relations import create_relations
from tests.cluster.object_store import object_store
from tests.cluster.services import postgres

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        not (find_spec("duckdb_extension_ducklake") and find_spec("duckdb_extension_postgres_scanner")),
        reason="the extra `lake` is not installed (make cluster-test installs it)",
    ),
]
COMMITS, KILLS = 20, 10
STATE = "SELECT (SELECT max(position) FROM core.lines), (SELECT sum(people) FROM core.counties), (SELECT count(*) FROM core.counties)"
"""Of publish k: k, k * 300, 300."""
READER = f"""
import json, sys
from contextlib import closing
from pathlib import Path
from pipelines.ground.home import Home
from pipelines.warehouse.lake.read import open_lake

home, stop, seen = Home(Path(sys.argv[1])), Path(sys.argv[2]), []
while not stop.exists():
    with closing(open_lake(home)) as connection:
        first, again = (connection.execute("{STATE}").fetchone() for _ in range(2))
    assert first == again, (first, again)
    seen.append([int(one) for one in first])
print(json.dumps(seen))
"""
PUBLISHER = """
import sys
from pathlib import Path
from pipelines.ground.home import Home
from pipelines.warehouse.lake.follow import follow_publish
from tests.cluster.test_lake import publish

home, first, last = Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
for number in range(first, last + 1):
    publish(home, number)
    print(number, flush=True)
    assert follow_publish(home)
"""


def publish(home: Home, number: int) -> None:
    """The snapshot as publish `number` would leave it, put in its place as a publish does."""
    beside = home.published.with_name("beside.duckdb")
    with closing(duckdb.connect(beside)) as connection:
        if number == 1:
            create_relations(connection)
        connection.execute("DELETE FROM core.lines; DELETE FROM core.counties")
        connection.execute(f"INSERT INTO core.lines VALUES ('n', 'edu', '教育', {number})")
        connection.execute(
            f"INSERT INTO core.counties SELECT 'n', 'c' || range, '县', '370100', {number} FROM range(300)"
        )
    ready = home.published.with_name("ready.duckdb")
    ready.write_bytes(beside.read_bytes())
    ready.replace(home.published)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home whose lake's catalogue is a fresh PostgreSQL, with publish 1 in it."""
    made = Home(tmp_path / "home")
    made.published.parent.mkdir(parents=True)
    made.warehouse.parent.mkdir()
    with postgres() as database:
        monkeypatch.setenv("NOTICES_LAKE", "lake")
        monkeypatch.setenv("AIRFLOW_CONN_LAKE", "postgres" + database.removeprefix("+psycopg2"))
        publish(made, 1)
        assert follow_publish(made)
        yield made


def start(script: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(home: Home, version: int | None = None) -> tuple[int, ...]:
    with closing(open_lake(home, version)) as connection:
        found = connection.execute(STATE).fetchone()
    assert found
    return tuple(int(one) for one in found)


def told(number: int) -> tuple[int, int, int]:
    return number, number * 300, 300


def test_readers_see_one_publish_each_while_twenty_come(home, tmp_path):
    stop = tmp_path / "stop"
    readers = [start(READER, home.path, stop) for _ in range(2)]
    try:
        publisher = start(PUBLISHER, home.path, 2, COMMITS + 1)
        publisher.communicate(timeout=900)
    finally:
        stop.touch()
        printed = [reader.communicate(timeout=120)[0] for reader in readers]
    assert [publisher.returncode, *(reader.returncode for reader in readers)] == [0, 0, 0]
    for text in printed:
        seen = [tuple(state) for state in json.loads(text)]
        assert seen == sorted(seen)
        assert set(seen) <= {told(number) for number in range(1, COMMITS + 2)}
    versions = list_versions(home).column("version").to_pylist()
    assert [ask(home, version) for version in reversed(versions)] == [
        told(number) for number in range(1, COMMITS + 2)
    ]
    later = datetime.now(UTC) + timedelta(days=400)
    tidy_lake(home, later, 180)
    assert len(list_versions(home)) <= 1, "only the newest is kept"
    assert ask(home) == told(COMMITS + 1)
    assert follow_publish(home)
    assert ask(home) == told(COMMITS + 1)


def test_a_publisher_killed_in_a_commit_leaves_the_old_or_the_new(home):
    number = 1
    for turn in range(KILLS):
        publisher = start(PUBLISHER, home.path, number + 1, number + 1000)
        assert publisher.stdout
        publisher.stdout.readline()
        time.sleep(0.15 * turn)
        os.kill(publisher.pid, signal.SIGKILL)
        rest, _ = publisher.communicate()
        number += 1 + len(rest.split())
        found = ask(home)
        assert found == told(found[0])
        assert found[0] <= number
    publish(home, number + 1)
    assert follow_publish(home)
    assert ask(home) == told(number + 1)


def test_rows_on_an_object_store(home, tmp_path, monkeypatch):
    with object_store(tmp_path) as store:
        for name, value in store.settings.items():
            if name.startswith("AWS"):
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{tmp_path}/catalogue.sqlite")
        monkeypatch.setenv("NOTICES_LAKE_DATA", "s3://notices/lake")
        for number in (1, 2):
            publish(home, number)
            assert follow_publish(home)
        newest, first = list_versions(home).column("version").to_pylist()
        assert (ask(home), ask(home, newest), ask(home, first)) == (told(2), told(2), told(1))
        tidy_lake(home, datetime.now(UTC) + timedelta(days=400), 180)
        assert ask(home) == told(2)
    publish(home, 3)
    assert not follow_publish(home), "the object store is away"
    assert "存数据的地方连不上" in read_failure(home).said


def test_a_catalogue_that_is_away_is_caught_up(home, monkeypatch):
    right = os.environ["AIRFLOW_CONN_LAKE"]
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", "postgres://notices:geheim@127.0.0.1:1/airflow")
    for number in (2, 3):
        publish(home, number)
        assert not follow_publish(home)
    failure = read_failure(home)
    assert failure
    assert "geheim" not in failure.said
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", right)
    assert ask(home) == told(1)
    assert follow_publish(home)
    assert ask(home) == told(3)
    assert not failure_file(home).exists()
