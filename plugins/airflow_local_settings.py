"""Airflow reads this at every start. It lets many write at once where Airflow's database is SQLite; others need none of that.

Two habits of Airflow 3.3 meet SQLite's single writer badly, and both end as "database is locked" on the page (500, 503):

- A savepoint that opens a transaction opens it as a reader. If another process writes before the reader does, its own first
  write is refused at once, whatever time it was told to wait: so a backfill ended in the middle.
- The page writes its audit log on the event loop. While it waits there for a request of its own that writes, that request waits
  for the event loop in order to commit: the page stands still until the waiting time of the database's address is over.

Other transactions begin as writers by the database's address (`isolation_level=IMMEDIATE`, tools/airflow_env.py).
"""

import asyncio
import sys

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

__all__: list[str] = []


@event.listens_for(Engine, "savepoint")
def begin_as_writer(connection: Connection, name: str) -> None:
    """Waits here for whoever writes, as long as the address says (`timeout`)."""
    if connection.dialect.name == "sqlite" and not connection.connection.driver_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def log_beside_the_loop() -> None:
    """The audit log of the page is written by a thread of its own. Must come before the page's routes are imported."""
    from airflow.api_fastapi.common.db.common import SessionDep
    from airflow.api_fastapi.core_api.security import GetUserDep
    from airflow.api_fastapi.logging import decorators
    from fastapi import Request
    from fastapi.concurrency import run_in_threadpool

    made = decorators.action_logging

    def action_logging(event: str | None = None):
        log_action = made(event)

        async def log_in_thread(request: Request, session: SessionDep, user: GetUserDep) -> None:
            if "application/json" in request.headers.get("content-type", ""):
                await request.body()  # the request keeps it: the thread has no connection to read from
            await run_in_threadpool(lambda: asyncio.run(log_action(request, session, user)))

        return log_in_thread

    decorators.action_logging = action_logging


def import_for_all_files() -> None:
    """What every DAG file uses, imported once in the process that forks one for each file: two thirds of what a small file costs."""
    import airflow.providers.standard.decorators.sensor
    import airflow.providers.standard.operators.hitl
    import airflow.providers.standard.operators.trigger_dagrun  # noqa: F401
    from airflow.sdk import DAG, Asset, Param, dag, task  # noqa: F401
    from jsonschema.validators import Draft202012Validator  # noqa: F401


if "api-server" in sys.argv:
    log_beside_the_loop()
if "dag-processor" in sys.argv:
    import_for_all_files()
