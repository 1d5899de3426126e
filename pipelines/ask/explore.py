"""The local explorer: Datasette over what explorer_base.py wrote, on 127.0.0.1, for whoever has the link that is printed.

Read-only and offline: the SQLite file is opened as immutable, Datasette serves its own pages and asks nothing outside.
"""

import asyncio
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

HOST = "127.0.0.1"
SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": 10_000,
    "max_returned_rows": 10_000,
    "default_page_size": 100,
    "num_sql_threads": 2,
    "facet_time_limit_ms": 1_000,
    # What is downloaded whole is better taken from `notices export`, which says what it is.
    "allow_download": False,
}


def open_explorer(database: Path, metadata: dict[str, Any]) -> tuple[Datasette, str]:
    """The explorer, and the path that lets a browser in: nobody else on this machine may look."""
    found = Datasette(
        files=[],
        immutables=[str(database)],
        metadata={**metadata, "allow": {"id": "root"}},
        settings=SETTINGS,
        pdb=False,
    )
    return found, f"/-/auth-token?token={found._root_token}"


def make_server(explorer: Datasette, port: int) -> uvicorn.Server:
    """A server to be run; port 0 takes one that is free."""
    asyncio.run(explorer.invoke_startup())
    return uvicorn.Server(uvicorn.Config(explorer.app(), host=HOST, port=port, log_level="error"))
