"""Subject: the same work with dlt: its filesystem source lists the files and remembers them, pandas + openpyxl read, Great
Expectations checks once over all rows, dlt's loader writes them to DuckDB.

What becomes of a file's cells is the script's (script.py): dlt has no word for that.
"""

import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "GX_ANALYTICS_ENABLED": "false",
}

import dlt
import duckdb
import pyarrow as pa
from dlt.sources.filesystem import filesystem

from benchmarks.layout import COUNTS, LISTS
from benchmarks.script import check, clean, read_file

DATASET = "office"
SCHEMA = pa.schema(
    [
        ("activity_date", pa.date32()),
        *((name, pa.string()) for name in (*LISTS, "title", "county", "link", "unit", "path")),
        *((name, pa.float64()) for name in COUNTS),
    ]
)


@dlt.transformer(name="materials", write_disposition="append")
def read_files(items: list[Any], inbox: str) -> Iterator[pa.Table]:
    for item in items:
        rows = clean(read_file(Path(inbox, item["relative_path"])))
        whole = rows.reindex(columns=SCHEMA.names)
        yield pa.Table.from_pandas(whole, schema=SCHEMA, preserve_index=False, safe=False)


def main(inbox: str, database: str) -> None:
    warnings.simplefilter("ignore", UserWarning)  # openpyxl's, of each file, which dlt would log
    pipeline = dlt.pipeline(
        "peer",
        destination=dlt.destinations.duckdb(database),
        dataset_name=DATASET,
        pipelines_dir=f"{database}.dlt",
    )
    files = filesystem(bucket_url=Path(inbox).as_uri(), file_glob="**/*.xlsx")
    files.apply_hints(incremental=dlt.sources.incremental("modification_date"))
    pipeline.run(files | read_files(inbox), loader_file_format="parquet")
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(f"SELECT * FROM {DATASET}.materials").df()
    print(json.dumps({"files": rows["path"].nunique(), "rows": len(rows), "failed": check(rows)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
