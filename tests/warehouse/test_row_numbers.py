"""Rows that are found by their small columns first, and then by DuckDB's own number of a row (sql/: `rowid IN`), are the rows that a plain
join finds: among what is committed, what this transaction put in, changed or took out, and both."""

import duckdb
import pytest

from pipelines.warehouse.files import CONFIG

PLAIN = "SELECT given.* FROM given SEMI JOIN named ON given.file = named.file"
BY_NUMBER = """
SELECT given.* FROM given
WHERE given.rowid IN (SELECT found.rowid FROM given AS found SEMI JOIN named ON found.file = named.file)
"""
FILL = "INSERT INTO given SELECT 'f' || md5((i // $per)::VARCHAR), i, repeat('x', i % 50) FROM range($first, $last) AS r (i)"
GROUP = 122_880
"""Rows of one row group."""


@pytest.fixture(params=[0, 5_000, 2 * GROUP + 3], ids=lambda rows: f"{rows} committed")
def committed(request, tmp_path):
    with duckdb.connect(tmp_path / "rows.duckdb", config=CONFIG) as connection:
        connection.execute("CREATE TABLE given (file VARCHAR, number INTEGER, said VARCHAR)")
        connection.execute("CREATE TABLE named (file VARCHAR)")
        connection.execute(FILL, {"per": 50, "first": 0, "last": request.param})
        connection.execute("CHECKPOINT")
        yield connection, request.param


@pytest.mark.parametrize("files", [0, 1, 40, 400])
@pytest.mark.parametrize("new", [0, 3_000, GROUP + 5])
def test_the_same_rows_are_found(committed, new, files):
    connection, old = committed
    connection.begin()
    connection.execute(FILL, {"per": 50, "first": old, "last": old + new})
    connection.execute("UPDATE given SET said = 'anew' WHERE number % 13 = 0")
    connection.execute("DELETE FROM given WHERE number % 7 = 0")
    connection.execute(
        f"INSERT INTO named SELECT file FROM (SELECT DISTINCT file FROM given) ORDER BY hash(file) LIMIT {files}"
    )
    found = [sorted(connection.execute(asked).fetchall()) for asked in (PLAIN, BY_NUMBER)]
    assert bool(found[0]) == bool(files and old + new)
    assert found[0] == found[1]
