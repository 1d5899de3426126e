"""Subject: the floor. What no program that does the job can leave out: read the bytes, sha256, python-calamine, DuckDB.

Every cell goes into the database as text; nothing is recognised, judged, kept or counted. As many processes as the
pipeline's readers, 25 files handed over at a time, each hand-over one Arrow table.
"""

import hashlib
import io
import json
import multiprocessing
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import python_calamine

from pipelines.ground.settings import Settings

WIDTH, CHUNK = 12, 25
COLUMNS = ["path", "sha256", "row", *(f"c{number}" for number in range(WIDTH))]


def read_files(paths: list[str]) -> pa.Table:
    columns: list[list[object]] = [[] for _ in COLUMNS]
    for path in paths:
        content = Path(path).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python()
            columns[0] += [path] * len(rows)
            columns[1] += [digest] * len(rows)
            columns[2] += range(len(rows))
            texts = [[str(cell) for cell in row] for row in rows]
            for target, cells in zip(columns[3:], zip(*texts, strict=True), strict=False):
                target += cells
            for target in columns[3 + len(texts[0]) :]:
                target += [None] * len(rows)
    types = [pa.string(), pa.string(), pa.int64(), *[pa.string()] * WIDTH]
    return pa.table(
        [pa.array(cells, kind) for cells, kind in zip(columns, types, strict=True)], names=COLUMNS
    )


def main(inbox: str, database: str) -> None:
    paths = [str(path) for path in sorted(Path(inbox).rglob("*.xlsx"))]
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    with multiprocessing.get_context("forkserver").Pool(Settings.load().readers) as pool:
        cells = pa.concat_tables(pool.imap(read_files, chunks))
    connection = duckdb.connect(database)
    connection.execute("CREATE TABLE sheets AS SELECT * FROM cells")
    connection.close()
    print(json.dumps({"files": len(paths), "rows": cells.num_rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
