"""Subject: the script that a competent colleague of the clerk would write: pandas + openpyxl + Great Expectations + DuckDB.

One file after another; Great Expectations once over all rows together, which is kinder to it than once a file. It keeps
no archive, returns nothing to anybody, knows one layout of dates and counts, and reads every file again each time.
"""

import json
import os
import re
import sys
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

from benchmarks.layout import (
    COUNTS,
    FIRST_DAY,
    HEADERS,
    LAST_DAY,
    LINK,
    LISTS,
    MULTIPLIERS,
    NOTHING,
    REQUIRED,
    column_of,
)


def read_file(path: Path) -> pd.DataFrame:
    sheet = pd.read_excel(path, header=None, dtype=object, engine="openpyxl")
    head = next(
        index for index in range(20) if sum(column_of(cell) in HEADERS for cell in sheet.iloc[index]) > 3
    )
    rows = sheet.iloc[head + 1 :].set_axis([column_of(cell) for cell in sheet.iloc[head]], axis=1)
    rows = rows[[name for name in HEADERS if name in rows]].dropna(subset=["title", "category"])
    return rows.assign(unit=path.parent.name, path=str(path))


def clean(rows: pd.DataFrame) -> pd.DataFrame:
    rows["activity_date"] = rows["activity_date"].map(_date)
    for name in (*LISTS, "county", "link"):
        rows[name] = rows[name].astype("string").str.replace(r"\s", "", regex=True).replace(NOTHING, None)
    for name in COUNTS:
        rows[name] = rows[name].map(_count)
    return rows


def _date(cell: object) -> pd.Timestamp:
    if isinstance(cell, int | float) and cell < 13:
        month, day = str(cell).split(".")
        return pd.Timestamp(2020, int(month), int(day) if int(day) > 1 else 10)
    if isinstance(cell, int | float):
        return pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(cell))
    if not isinstance(cell, str):
        return pd.Timestamp(cell).normalize()
    parts = [int(part) for part in re.findall(r"\d+", cell)]
    if len(parts) == 1:
        return pd.to_datetime(str(parts[0]), format="%Y%m%d", errors="coerce")
    return pd.Timestamp(*([2020, *parts] if len(parts) == 2 else parts[:3]))


def _count(cell: object) -> float | None:
    found = re.search(r"([\d,.]+)([百千万亿w]?)", str(cell))
    return float(found[1].replace(",", "")) * MULTIPLIERS[found[2]] if found else None


def check(rows: pd.DataFrame) -> int:
    """How many cells fail."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("materials")
    suite = gx.ExpectationSuite(name="materials")
    for name in REQUIRED:
        suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=name))
    days = {"min_value": pd.Timestamp(FIRST_DAY), "max_value": pd.Timestamp(LAST_DAY)}
    suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column="activity_date", **days))
    for name, words in LISTS.items():
        suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=words))
    for name in COUNTS:
        suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0))
    suite.add_expectation(gxe.ExpectColumnValuesToMatchRegex(column="link", regex=LINK))
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows})
    outcome = batch.validate(suite, result_format="COMPLETE")
    return sum(len(one.result["unexpected_index_list"]) for one in outcome.results)


def main(inbox: str, database: str) -> None:
    paths = sorted(Path(inbox).rglob("*.xlsx"))
    rows = clean(pd.concat([read_file(path) for path in paths], ignore_index=True))
    failed = check(rows)
    connection = duckdb.connect(database)
    connection.execute("CREATE TABLE materials AS SELECT * FROM rows")
    connection.close()
    print(json.dumps({"files": len(paths), "rows": len(rows), "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
