"""Export: every mart as of a moment into one folder, with a manifest that says what it is and what its bytes are.

Reads the snapshot; writes <mart>.parquet, <mart>.csv, one workbook, datapackage.json and manifest.json. Exporting again gives the same bytes.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.ask.datapackage import DATAPACKAGE, find_breaches, write_datapackage
from pipelines.ask.freshness import find_freshness
from pipelines.ask.marts import Mart, list_marts
from pipelines.ask.own_city import OWN_MARTS, keep_own, other_units, refuse_others
from pipelines.ask.writers import MAX_SHEET_ROWS, Sheet, write_csv, write_parquet, write_xlsx
from pipelines.ground.home import ROOT
from pipelines.notice.model import Notice
from pipelines.warehouse.snapshot import open_snapshot

MANIFEST = "manifest.json"


def export_marts(
    published: Path, notice: Notice, as_of: datetime, to: Path, city: str | None = None
) -> dict[str, Any]:
    """Writes the folder and returns the manifest, which is written last: where it stands, everything stands.

    Files of the same names are replaced; other files in the folder are left alone. With the code of a `city` only its own rows are
    written (own_city.py), and a folder that holds anything else is refused with NoticesError.
    """
    to.mkdir(parents=True, exist_ok=True)
    book = to / (f"{notice.id}-{city}.xlsx" if city else f"{notice.id}.xlsx")
    with open_snapshot(published) as connection:
        fresh = find_freshness(connection, notice.id, as_of)
        known = describe_snapshot(connection, notice.id)
        tables, left_out = _read_tables(connection, notice, as_of, known["last_scan"], city)
    if city:
        names = {f"{mart.name}.{suffix}" for mart, _ in tables for suffix in ("parquet", "csv")}
        refuse_others(to, {*names, book.name, MANIFEST, DATAPACKAGE})
    (to / MANIFEST).unlink(missing_ok=True)
    files: list[dict[str, Any]] = []
    for mart, table in tables:
        for suffix, write in (("parquet", write_parquet), ("csv", write_csv)):
            files.append(_write(to / f"{mart.name}.{suffix}", table, write, mart.name))
    pages = _pages(notice, tables, as_of)
    files.append(_write(book, pages, lambda sheets, path: write_xlsx(sheets, path, as_of), None))
    write_datapackage(to, notice, as_of, tables, files)
    manifest = {
        "notice": notice.id,
        "title": notice.title,
        **({"city": city} if city else {}),
        "as_of": as_of.isoformat(),
        "timezone": str(notice.zone),
        "freshness": fresh.record() | ({"sentences": list(fresh.sentences(is_public=True))} if city else {}),
        "snapshot": {**known, "last_scan": known["last_scan"].isoformat()},
        "git": git_version(),
        "left_out": left_out,
        "breaches": [one for mart, table in tables for one in find_breaches(mart, table)],
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (to / MANIFEST).write_text(text + "\n", "utf-8")
    return manifest


def write_own_book(published: Path, notice: Notice, as_of: datetime, city: str, to: Path) -> None:
    """The workbook of what `export_marts` gives one city, by itself, as it goes with a mail."""
    with open_snapshot(published) as connection:
        last_scan = describe_snapshot(connection, notice.id)["last_scan"]
        tables, _ = _read_tables(connection, notice, as_of, last_scan, city)
    write_xlsx(_pages(notice, tables, as_of), to, as_of)


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    notice: Notice,
    as_of: datetime,
    last_scan: datetime,
    city: str | None,
) -> tuple[list[tuple[Mart, pa.Table]], list[str]]:
    """The marts with their rows, of one city only its own; and the names of those that cannot be told as of this moment."""
    marts, left_out = list_marts(connection, is_latest=last_scan <= as_of)
    if city is None:
        return [(mart, mart.read(connection, notice.id, as_of)) for mart in marts], left_out
    others = other_units(connection, notice.id, city)
    tables = [
        (mart, keep_own(mart.read(connection, notice.id, as_of), city, others))
        for mart in marts
        if mart.name in OWN_MARTS
    ]
    return tables, [name for name in left_out if name in OWN_MARTS]


def describe_snapshot(connection: duckdb.DuckDBPyConnection, notice_id: str) -> dict[str, Any]:
    row = connection.execute(
        """
        SELECT versions.fingerprint, max(scans.scanned_at) FROM raw.versions
        INNER JOIN raw.scans ON versions.notice_id = scans.notice_id
        WHERE versions.notice_id = $1 GROUP BY ALL
        """,
        [notice_id],
    ).fetchone()
    assert row, "the caller has looked the notice up"
    return {"fingerprint": row[0], "last_scan": row[1]}


def _write(path: Path, content: Any, write: Callable[[Any, Path], None], mart: str | None) -> dict[str, Any]:
    """Writes beside and renames, so that a name never stands for half a file; returns the manifest's entry."""
    beside = path.with_name(f".{path.name}")
    write(content, beside)
    data = beside.read_bytes()
    beside.replace(path)
    entry: dict[str, Any] = {
        "name": path.name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if mart is None:
        return {**entry, "sheets": {sheet.name: sheet.table.num_rows for sheet in content}}
    return {**entry, "mart": mart, "rows": content.num_rows}


def _pages(notice: Notice, tables: list[tuple[Mart, pa.Table]], as_of: datetime) -> list[Sheet]:
    """The workbook: first what it holds and what each column means, then a sheet a mart."""
    about = pa.table(
        {
            "mart": [mart.name for mart, _ in tables],
            "comment": [mart.comment for mart, _ in tables],
            "rows": [table.num_rows for _, table in tables],
            "as_of": [as_of] * len(tables),
            "notice": [notice.title] * len(tables),
        }
    )
    meanings = [
        {"mart": mart.name, "column": name, "comment": mart.columns.get(name, "")}
        for mart, table in tables
        for name in table.column_names
    ]
    headers = {
        "mart": "表",
        "comment": "说明",
        "rows": "行数",
        "as_of": "截至",
        "notice": "通知",
        "column": "列",
    }
    return [
        Sheet("目录", about, headers),
        Sheet("各列说明", pa.Table.from_pylist(meanings), headers),
        *(
            Sheet(mart.name, table, mart.headers(table))
            for mart, table in tables
            if table.num_rows <= MAX_SHEET_ROWS
        ),
    ]


def git_version() -> str | None:
    """The commit the program stands at, with -dirty where it was changed; None where that cannot be told."""
    try:
        found = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None
