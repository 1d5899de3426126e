"""Subject: the same work in polars: fastexcel opens the files (python-calamine's Rust), expressions clean, Pandera checks.

One file after another, all cells as text; cleaned and checked once over all rows.
"""

import json
import sys
from datetime import date
from pathlib import Path

import duckdb
import fastexcel
import pandera.polars as pa
import polars as pl

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


def read_file(path: Path) -> pl.DataFrame:
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    lines = sheet.head(20).rows()
    head = next(
        index for index, line in enumerate(lines) if sum(column_of(one) in HEADERS for one in line) > 3
    )
    named = {old: column_of(cell) for old, cell in zip(sheet.columns, lines[head], strict=True)}
    kept = [pl.col(old).alias(new) for old, new in named.items() if new in HEADERS]
    rows = sheet.slice(head + 1).select(kept)
    missing = [pl.lit(None, pl.String).alias(name) for name in HEADERS if name not in rows.columns]
    unit = [pl.lit(path.parent.name).alias("unit"), pl.lit(str(path)).alias("path")]
    return rows.with_columns(*missing).select(*HEADERS, *unit)


def clean(rows: pl.DataFrame) -> pl.DataFrame:
    bare = {name: pl.col(name).str.normalize("NFKC").str.replace_all(r"\s", "") for name in HEADERS}
    words = [
        pl.when(text.is_in(["", *NOTHING])).then(None).otherwise(text).alias(name)
        for name in (*LISTS, "county", "link")
        for text in [bare[name]]
    ]
    return rows.filter(pl.col("title").is_not_null() & pl.col("category").is_not_null()).with_columns(
        _date(pl.col("activity_date").str.normalize("NFKC").str.strip_chars()).alias("activity_date"),
        *words,
        *(_count(bare[name]).alias(name) for name in COUNTS),
    )


def _date(text: pl.Expr) -> pl.Expr:
    """A day written out, without its year, as a number 11.8, or as Excel counts days."""
    whole = text.str.extract_groups(r"^(\d{4})\D*(\d{2})\D*(\d{2})(?:\D|$)")
    loose = text.str.extract_groups(r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})(?:\D|$)")
    short = text.str.extract_groups(r"^(\d{1,2})\D+(\d{1,2})\D*$")
    serial = text.str.extract(r"^(\d{5})(?:\.\d+)?$").cast(pl.Int32)

    def day(groups: pl.Expr, first: int) -> pl.Expr:
        month, number = (groups.struct.field(str(place)).cast(pl.Int32) for place in (first, first + 1))
        year = groups.struct.field("1").cast(pl.Int32) if first == 2 else pl.lit(2020)
        # The number 11.1 is the tenth.
        number = pl.when((number == 1) & (first == 1)).then(10).otherwise(number)
        return pl.when(month.is_not_null()).then(pl.date(year, month, number))

    return pl.coalesce(
        day(whole, 2),
        day(loose, 2),
        pl.lit(date(1899, 12, 30)) + pl.duration(days=serial),
        day(short, 1),
    )


def _count(text: pl.Expr) -> pl.Expr:
    found = text.str.extract_groups(r"([\d,.]+)([百千万亿w]?)")
    number = found.struct.field("1").str.replace_all(",", "").cast(pl.Float64)
    return (number * found.struct.field("2").replace_strict(MULTIPLIERS, default=1)).round(0)


def check(rows: pl.DataFrame) -> int:
    """How many cells fail."""
    days = pa.Check.in_range(date.fromisoformat(FIRST_DAY), date.fromisoformat(LAST_DAY))
    checks: dict[str, tuple[object, pa.Check | None]] = {
        "activity_date": (pl.Date, days),
        "title": (pl.String, None),
        **{name: (pl.String, pa.Check.isin(words)) for name, words in LISTS.items()},
        **{name: (pl.Float64, pa.Check.ge(0)) for name in COUNTS},
        "link": (pl.String, pa.Check.str_matches(LINK)),
    }
    schema = pa.DataFrameSchema(
        {name: pa.Column(kind, one, nullable=name not in REQUIRED) for name, (kind, one) in checks.items()}
    )
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return len(errors.failure_cases)
    return 0


def main(inbox: str, database: str) -> None:
    paths = sorted(Path(inbox).rglob("*.xlsx"))
    rows = clean(pl.concat([read_file(path) for path in paths]))
    failed = check(rows)
    arrow = rows.to_arrow()
    connection = duckdb.connect(database)
    connection.execute("CREATE TABLE materials AS SELECT * FROM arrow")
    connection.close()
    print(json.dumps({"files": len(paths), "rows": arrow.num_rows, "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
