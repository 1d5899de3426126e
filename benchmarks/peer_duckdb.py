"""Subject: the same work in DuckDB alone: its excel reader opens the files, SQL finds headers, cleans and checks.

The reader takes one file a statement and gives all cells as text; nothing else is written in Python.
"""

import importlib.util
import json
import sys
from pathlib import Path

import duckdb

from benchmarks.layout import (
    BY_HEADER,
    COUNTS,
    FIRST_DAY,
    HEADERS,
    LAST_DAY,
    LINK,
    LISTS,
    MULTIPLIERS,
    NOTHING,
    REQUIRED,
)

CELLS = [f"c{number}" for number in range(12)]
MOST_ROWS = 2000
"""Without a range the reader takes the width from the first row, which may be a title, and ends at the first blank one."""
_SPACE = r"'[\s\x{3000}\x{a0}]+'"
_NUMBER = "'([0-9,.]+)([百千万亿w]?)'"
_WIDE, _NARROW = "０１２３４５６７８９．，－／ｗＷ", "0123456789.,-/ww"


def connect(database: str) -> duckdb.DuckDBPyConnection:
    """With the extension that a wheel brings: nothing is fetched."""
    found = importlib.util.find_spec("duckdb_extension_excel")
    assert found
    assert found.submodule_search_locations
    connection = duckdb.connect(database, config={"autoinstall_known_extensions": "false"})
    extension = next(Path(found.submodule_search_locations[0]).rglob("*.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    return connection


def read_files(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """One row a row of a sheet, its cells in `CELLS`."""
    columns = ", ".join(f"{name} VARCHAR" for name in CELLS)
    connection.execute(f"CREATE TEMP TABLE sheets (path VARCHAR, row_number BIGINT, {columns})")
    connection.begin()
    for path in paths:
        source = str(path).replace("'", "''")
        connection.execute(
            f"INSERT INTO sheets SELECT '{source}', row_number() OVER (), * FROM read_xlsx("
            f"'{source}', header = false, all_varchar = true, range = 'A1:L{MOST_ROWS}', stop_at_empty = false)"
        )
    connection.commit()


def name_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """One row a data row, its cells under the names that its sheet's header gives them."""
    connection.execute("CREATE TEMP TABLE headers (header VARCHAR, field VARCHAR)")
    connection.executemany("INSERT INTO headers VALUES (?, ?)", list(BY_HEADER.items()))
    picked = ", ".join(f"max(cell) FILTER (field = '{name}') AS {name}" for name in HEADERS)
    connection.execute(
        f"""
        CREATE TEMP TABLE named AS
        WITH
        cells AS (UNPIVOT sheets ON {", ".join(CELLS)} INTO NAME place VALUE cell),
        known AS (
            SELECT cells.path, cells.row_number, cells.place, headers.field
            FROM cells
            INNER JOIN headers
                ON regexp_replace(regexp_replace(cells.cell, {_SPACE}, '', 'g'), '（[^（）]*）$', '') = headers.header
                OR regexp_replace(cells.cell, {_SPACE}, '', 'g') = headers.header
            WHERE cells.row_number <= 20
        ),
        heads AS (
            SELECT path, min(row_number) AS head FROM (
                SELECT path, row_number FROM known GROUP BY ALL HAVING count(DISTINCT field) > 3
            ) GROUP BY path
        ),
        columns AS (
            SELECT known.path, known.place, known.field, heads.head
            FROM known
            INNER JOIN heads ON known.path = heads.path AND known.row_number = heads.head
        )
        SELECT cells.path, cells.row_number, {picked}
        FROM cells
        INNER JOIN columns ON cells.path = columns.path AND cells.place = columns.place AND cells.row_number > columns.head
        GROUP BY cells.path, cells.row_number
        HAVING title IS NOT NULL AND category IS NOT NULL
        """
    )


def clean(connection: duckdb.DuckDBPyConnection) -> None:
    words = [
        f"CASE WHEN bare.{name} NOT IN ({_listed(['', *NOTHING])}) THEN bare.{name} END AS {name}"
        for name in (*LISTS, "county", "link")
    ]
    counts = [
        f"CASE WHEN regexp_matches(bare.{name}, '[0-9]') THEN"
        f" round(replace(regexp_extract(bare.{name}, {_NUMBER}, 1), ',', '')::DOUBLE"
        f" * factors[regexp_extract(bare.{name}, {_NUMBER}, 2)]) END AS {name}"
        for name in COUNTS
    ]
    factors = ", ".join(f"'{word}': {factor}" for word, factor in MULTIPLIERS.items())
    bare = ", ".join(
        f"translate(regexp_replace({name}, {_SPACE}, '', 'g'), '{_WIDE}', '{_NARROW}') AS {name}"
        for name in (*LISTS, "county", "link", *COUNTS)
    )
    day = f"translate(trim(regexp_replace(activity_date, {_SPACE}, ' ', 'g')), '{_WIDE}', '{_NARROW}')"
    connection.execute(
        f"""
        CREATE TABLE materials AS
        WITH bare AS (
            SELECT path, title, {bare}, {day} AS day, MAP {{{factors}}} AS factors FROM named
        ),
        dated AS (
            SELECT *, list_transform(regexp_extract_all(day, '[0-9]+'), lambda part : part::BIGINT) AS parts FROM bare
        )
        SELECT
            path, title, {", ".join(words)}, {", ".join(counts)},
            CASE
                WHEN regexp_matches(day, '^[0-9]{{8}}$') THEN try_strptime(day, '%Y%m%d')::DATE
                WHEN regexp_matches(day, '^[0-9]{{5}}([.][0-9]+)?$') THEN DATE '1899-12-30' + parts[1]::INTEGER
                -- The number 11.1 is the tenth.
                WHEN len(parts) = 2 THEN make_date(2020, parts[1], if(parts[2] = 1, 10, parts[2]))
                WHEN len(parts) >= 3 THEN make_date(parts[1], parts[2], parts[3])
            END AS activity_date
        FROM dated AS bare
        """
    )


def check(connection: duckdb.DuckDBPyConnection) -> int:
    """How many cells fail."""
    lists = [f"{name} NOT IN ({_listed(words)})" for name, words in LISTS.items()]
    faults = [
        *(f"{name} IS NULL" for name in REQUIRED),
        f"activity_date NOT BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'",
        *lists,
        *(f"{name} < 0" for name in COUNTS),
        f"NOT regexp_matches(link, '{LINK}')",
    ]
    found = connection.execute(
        f"SELECT {', '.join(f'count(*) FILTER ({fault})' for fault in faults)} FROM materials"
    ).fetchone()
    assert found
    return sum(found)


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def main(inbox: str, database: str) -> None:
    paths = sorted(Path(inbox).rglob("*.xlsx"))
    connection = connect(database)
    read_files(connection, paths)
    name_cells(connection)
    clean(connection)
    failed = check(connection)
    (rows,) = connection.execute("SELECT count(*) FROM materials").fetchone() or (0,)
    connection.close()
    print(json.dumps({"files": len(paths), "rows": rows, "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
