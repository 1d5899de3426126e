"""The loader's two DuckDB files: the warehouse, and the private one that is never published."""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.errors import DerivedFault, NoticesError
from pipelines.ground.home import ROOT
from pipelines.notice.model import Notice
from pipelines.warehouse.blank import lay_blank
from pipelines.warehouse.relations import create_relations
from pipelines.warehouse.snapshot import READ_ONLY

CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": 1,
}
"""One thread, however many rows: with two or more DuckDB 1.5.5 loses rows without a word. What one INSERT of a transaction puts into a
table, more than a row group (122,880) at once, is gone where an INSERT before it, of rows that another program hands over or a table
holds, came to none (tests/warehouse/test_threads.py)."""
LOCK_SECONDS = 120
log = logging.getLogger(__name__)

_PRIVATE = """
CREATE TABLE IF NOT EXISTS contacts (
    notice_id VARCHAR NOT NULL, submission_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1, row_number INTEGER NOT NULL,
    contact_name VARCHAR, contact_phone VARCHAR, contact_email VARCHAR
);
COMMENT ON TABLE contacts IS '联络员：个人信息，只在装载端，不发布';
CREATE TABLE IF NOT EXISTS verdict_values (
    notice_id VARCHAR NOT NULL, submission_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1, row_number INTEGER NOT NULL,
    column_name VARCHAR NOT NULL, value VARCHAR
);
COMMENT ON TABLE verdict_values IS '个人信息列里有问题的单元格原文，只在装载端，不发布';
CREATE TABLE IF NOT EXISTS note_values (
    notice_id VARCHAR NOT NULL, submission_id VARCHAR NOT NULL, note_number INTEGER NOT NULL,
    value VARCHAR, sentence VARCHAR NOT NULL
);
COMMENT ON TABLE note_values IS '可能涉及个人信息的提示原文，只在装载端，不发布';
"""


@contextmanager
def open_file(path: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection, read-write unless asked otherwise, waiting while another process holds the file.

    Raises DerivedFault where it cannot be opened: half made, damaged, or of a newer DuckDB.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            # One process has one way of reading a file: the pages read the snapshot while a decision is taken beside them.
            connection = duckdb.connect(path, read_only=read_only, config=READ_ONLY if read_only else CONFIG)
            break
        except duckdb.Error as error:
            if "set lock on file" not in str(error):
                raise DerivedFault(
                    f"{path} 打不开：{error}。它是从档案算出来的，运行 notices run 会自动重算"
                ) from error
            if time.monotonic() > deadline:
                raise NoticesError(
                    f"数据仓库 {path} 打不开：{error}。请确认没有别的程序占着它，再试一次"
                ) from error
            time.sleep(0.2)
    try:
        yield connection
    finally:
        connection.close()


def is_damaged(path: Path, read_only: bool = False) -> bool:
    """Whether a file is there and cannot be opened, as one that was half made when the machine stopped.

    One that this process reads already, as the pages do while a person decides, is open: with other settings, no more.
    """
    if not path.exists():
        return False
    try:
        with open_file(path, read_only) as connection:
            connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
    except (DerivedFault, duckdb.Error) as error:
        if "different configuration than existing connections" in str(error):
            return False
        log.warning("load: %s", error)
        return True
    return False


def create_warehouse(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all relations where there are none yet."""
    exists = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'raw'").fetchone()
    if exists and exists[0]:
        return
    connection.begin()
    create_relations(connection)
    connection.commit()


def create_private(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_PRIVATE)


@cache
def _program_fingerprint() -> str:
    """sha256 over all that derived rows are a function of, the notices apart."""
    digest = hashlib.sha256()
    folders = (
        "pipelines/notice",
        "pipelines/read",
        "pipelines/check",
        "pipelines/decide",
        "pipelines/warehouse",
        "expectations",
        "sql",
    )
    paths = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yaml", ".sql")
    ]
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}:{len(content)}\n".encode() + content)
    return digest.hexdigest()


def fingerprint(notice: Notice) -> str:
    """What the rows of a notice are made with; rows of another fingerprint are stale."""
    return hashlib.sha256(f"{_program_fingerprint()}{notice.fingerprint}".encode()).hexdigest()


def find_receipts(connection: duckdb.DuckDBPyConnection, notice: Notice) -> set[str] | None:
    """Ids of the receipts that an open snapshot holds; None where it is stale and everything must be made anew."""
    try:
        versions = dict(connection.execute("SELECT notice_id, fingerprint FROM raw.versions").fetchall())
        found = connection.execute(
            "SELECT receipt_id FROM raw.receipts WHERE notice_id = $1", [notice.id]
        ).fetchall()
    except duckdb.Error:
        return None
    if not versions:
        return set()
    return (
        {row[0] for row in found}
        if versions.get(notice.id, fingerprint(notice)) == fingerprint(notice)
        else None
    )


@contextmanager
def open_warehouse(
    warehouse: Path, private: Path
) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    """The loader's two files, with all their relations: (warehouse, private)."""
    lay_blank(warehouse)
    with open_file(warehouse) as connection, open_file(private) as contacts:
        create_warehouse(connection)
        create_private(contacts)
        yield connection, contacts
