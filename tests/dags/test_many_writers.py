"""Airflow's SQLite takes many writers at once: each waits for the others, none is refused."""

import json
import runpy
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

from tests.dags.airflow_runs import ROOT, SETTINGS, Nursery
from tests.dags.conftest import GiveAirflow, python_environment


@pytest.fixture
def _settings():
    """As Airflow reads them, and gone afterwards."""
    hook = runpy.run_path(str(ROOT / "plugins" / "airflow_local_settings.py"))["begin_as_writer"]
    yield
    event.remove(Engine, "savepoint", hook)


@pytest.mark.usefixtures("_settings")
def test_who_reads_within_a_savepoint_may_write_afterwards(tmp_path: Path) -> None:
    """As in Airflow's backfill: a savepoint, a look, and a row. Nobody can write between the look and the row."""
    path = tmp_path / "airflow.db"
    engine = create_engine(f"sqlite:///{path}?timeout=60&isolation_level=IMMEDIATE")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("CREATE TABLE runs (day TEXT)")
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with engine.connect() as connection:
        with connection.begin_nested():
            assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 0
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO runs VALUES ('another')")
            connection.exec_driver_sql("INSERT INTO runs VALUES ('ours')")
            with connection.begin_nested():
                connection.exec_driver_sql("INSERT INTO runs VALUES ('ours too')")
        connection.commit()
    other.execute("INSERT INTO runs VALUES ('another')")
    assert [day for (day,) in other.execute("SELECT day FROM runs")] == ["ours", "ours too", "another"]
    other.close()
    engine.dispose()


ENGINES = f"""
{SETTINGS}
import asyncio, json
from airflow import settings
asked = {{"journal_mode": "PRAGMA journal_mode", "waits": "PRAGMA busy_timeout"}}
def read(connection):
    with connection.begin_nested():
        is_writer = connection.connection.driver_connection.in_transaction
    return {{name: connection.exec_driver_sql(said).scalar() for name, said in asked.items()}} | {{"is_writer": is_writer}}
async def read_async():
    async with settings.async_engine.connect() as connection:
        found = {{name: (await connection.exec_driver_sql(said)).scalar() for name, said in asked.items()}}
    await settings.async_engine.dispose()
    return found
with settings.engine.connect() as connection:
    found = read(connection)
print(json.dumps([found, asyncio.run(read_async())]))
"""
"""What any program of Airflow sees that has these settings: tools/airflow_env.py gives them to all of them."""


@pytest.mark.airflow
def test_airflows_own_connections_wait_for_each_other_and_keep_a_write_ahead_log(
    tmp_path: Path, give_airflow: GiveAirflow, nursery: Nursery
) -> None:
    give_airflow(tmp_path / "home")
    said = nursery.run(ENGINES, env=python_environment(tmp_path / "home"), log=tmp_path / "log")
    held, seen = json.loads(said.splitlines()[-1])
    assert seen == {"journal_mode": "wal", "waits": 60_000}
    assert held == seen | {"is_writer": True}
