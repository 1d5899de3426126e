"""Commands for analysts: sql (ask the snapshot anything), export (take the marts away)."""

import codecs
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from pipelines.ask import figures, tracing
from pipelines.ask.cells import csv_cell, take_columns
from pipelines.ask.export import MANIFEST, export_marts
from pipelines.ask.question import TooSlowError, ask_streamed
from pipelines.ask.references import read_references
from pipelines.ask.streams import STREAMS
from pipelines.ask.writers import MAX_SHEET_ROWS, Sheet, write_xlsx
from pipelines.cli.app import AsOf, NoticeId, State, app, parse_moment
from pipelines.notice import load_notice
from pipelines.warehouse.lake.read import open_lake
from pipelines.warehouse.snapshot import connect_snapshot

SHOWN_ROWS = 200
"""A terminal shows so many; a file or csv holds all."""
MAX_SECONDS, MAX_MEMORY = 300.0, "1GB"
"""What a question may take unless it says otherwise."""
LEAST_MEMORY = 10_000_000
NO_SUCH_DAY = "结果里有写不出的日期：无穷（infinity）、公元前，或公元 9999 年以后；请在语句里写成 列名::VARCHAR，或用 --format parquet、arrow"
NO_UI = (
    "DuckDB 自带的界面要从 ui.duckdb.org 取网页，离线打不开，所以没有接上。"
    "请用 notices sql '查询语句'，或 marimo edit notebooks/analysis.py"
)


_REFUSED = re.compile(r"Invalid Input Error: (.*[\u4e00-\u9fff].*)")
"""What sql/ itself refuses, in a Chinese sentence."""


class SqlFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"
    arrow = "arrow"
    parquet = "parquet"
    xlsx = "xlsx"


@app.command()
def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="查询语句；多条时给出最后一条的结果")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("-f", "--file", metavar="FILE", help="从文件读查询语句；- 为标准输入")
    ] = None,
    output: Annotated[
        SqlFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table、csv、json、jsonl、arrow、parquet 或 xlsx；省略时看 --to 的后缀",
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="写到哪个文件；parquet 和 xlsx 必须写")
    ] = None,
    references: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="NAME=FILE",
            help="把本机的 csv 或 parquet 当作名为 NAME 的表一起查，如 人口=population.csv；可写多个",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", min=0.1, help="最多查多少秒，超过就停下")
    ] = MAX_SECONDS,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="最多用多少内存，如 500MB、4GB")
    ] = MAX_MEMORY,
    lake: Annotated[
        bool, typer.Option("--lake", help="查湖仓，不查快照文件；语句相同，见 docs/lake.md")
    ] = False,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", metavar="N", min=1, help="查湖仓的哪一个版本，见 notices versions；省略为最新"
        ),
    ] = None,
    ui: Annotated[bool, typer.Option("--ui", help="打开图形界面（离线不可用，会说明替代办法）")] = False,
) -> None:
    """查询数据快照：只读，不妨碍入库；看到的是打开那一刻的完整状态。按 Ctrl-C 立即停下。"""
    if ui:
        typer.echo(NO_UI, err=True)
        raise typer.Exit(2)
    room = _read_size(memory)
    chosen = _choose_format(output, to)
    text = _read_query(query, file)
    if lake or version is not None:
        connection = open_lake(State.home, version, memory_limit=memory)
    else:
        connection = connect_snapshot(State.home.published, memory_limit=memory)
    try:
        read_references(connection, references or [], room)
        schema, batches = ask_streamed(connection, text, seconds)
        with closing(batches):
            _write_result(connection, schema, batches, chosen, to)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    except OverflowError:
        typer.echo(NO_SUCH_DAY, err=True)
        raise typer.Exit(2) from None
    except (duckdb.Error, TooSlowError) as error:
        typer.echo(explain(error) if isinstance(error, duckdb.Error) else str(error), err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("已停下", err=True)
        raise typer.Exit(130) from None
    finally:
        connection.close()


def _read_size(memory: str) -> int:
    """In bytes. Less than LEAST_MEMORY does not open the snapshot."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT])(i?)B", memory, re.IGNORECASE)
    if not found:
        raise typer.BadParameter(f"--memory “{memory}”应写成 500MB 或 4GB")
    size = int(float(found[1]) * (1024 if found[3] else 1000) ** ("KMGT".index(found[2].upper()) + 1))
    if size < LEAST_MEMORY:
        raise typer.BadParameter(f"--memory “{memory}”太小，至少 {LEAST_MEMORY // 1_000_000}MB")
    return size


def _choose_format(output: SqlFormat | None, to: Path | None) -> SqlFormat:
    suffix = to.suffix.removeprefix(".").lower() if to else ""
    chosen = output or (SqlFormat(suffix) if suffix in list(SqlFormat) else SqlFormat.table)
    if to is None and chosen in (SqlFormat.parquet, SqlFormat.xlsx):
        raise typer.BadParameter(f"{chosen} 不能打印在屏幕上，请用 --to 写明文件")
    if to is not None and chosen is SqlFormat.table:
        raise typer.BadParameter(f"不知道 {to} 是什么格式，请用 --format 写明 csv、json、parquet 或 xlsx")
    return chosen


def _read_query(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise typer.BadParameter("请写一条查询语句，或用 -f 指明文件")
    try:
        text = query if file is None else sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} 读不出：{error}") from None
    if not text or not text.strip():
        raise typer.BadParameter("查询语句是空的")
    return text


def explain(error: duckdb.Error) -> str:
    """DuckDB's error as a Chinese sentence, its own words kept behind it."""
    said = str(error).strip()
    if isinstance(error, duckdb.InvalidInputException) and (refused := _REFUSED.fullmatch(said)):
        return f"{refused[1]}。"
    if isinstance(error, duckdb.PermissionException) or "read-only" in said or "locked" in said:
        told = "这里只能查询快照：不能写、不能读写别的文件、不能装扩展、不能改设置"
    elif isinstance(error, duckdb.ParserException):
        told = "语句写错了"
    elif isinstance(error, duckdb.CatalogException):
        told = "没有这个表、函数或宏（有哪些：SELECT * FROM duckdb_views() 或见 docs/analysts.md）"
    elif isinstance(error, duckdb.BinderException):
        told = "列名或参数对不上"
    elif isinstance(error, duckdb.OutOfMemoryException):
        # DuckDB's further advice is to change settings, which nobody can here.
        return f"结果太大，内存不够；请先汇总或加 LIMIT，或用 --memory 放宽。\n{said.partition(chr(10))[0]}"
    else:
        told = "查询没有成功"
    return f"{told}。\n{said}"


def _write_result(
    connection: duckdb.DuckDBPyConnection,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    chosen: SqlFormat,
    to: Path | None,
) -> None:
    if to is None:
        if chosen is SqlFormat.table:
            print_result(schema, batches)
        else:
            STREAMS[chosen](schema, batches, sys.stdout.buffer)
            sys.stdout.flush()
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        if chosen is SqlFormat.xlsx:
            rows = _write_book(connection, schema, batches, beside)
        else:
            with beside.open("wb") as out:
                # With a BOM, so that Excel shows Chinese.
                out.write(codecs.BOM_UTF8 if chosen is SqlFormat.csv else b"")
                rows = STREAMS[chosen](schema, batches, out)
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
    typer.echo(f"{to}：{rows:,} 行 × {len(schema)} 列")


def _write_book(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch], to: Path
) -> int:
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows > MAX_SHEET_ROWS:
            raise typer.BadParameter(f"结果超过 {MAX_SHEET_ROWS:,} 行，工作簿放不下；请改用 csv 或 parquet")
    last = connection.execute("SELECT max(scanned_at) FROM raw.scans").fetchone()
    assert last, "an aggregate has one row"
    write_xlsx([Sheet("查询结果", pa.Table.from_batches(held, schema))], to, last[0])
    return rows


def _take_head(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> tuple[pa.Table, int]:
    """The rows that are shown, and how many there are in all; the others are counted and let go."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        if rows < SHOWN_ROWS:
            held.append(batch.slice(0, SHOWN_ROWS - rows))
        rows += batch.num_rows
    return pa.Table.from_batches(held, schema), rows


def print_result(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    """The first rows as a table as wide as it needs; Chinese characters keep their columns straight."""
    shown = Table(header_style="bold")
    head, rows = _take_head(schema, batches)
    for name, column in zip(head.column_names, head.columns, strict=True):
        is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        shown.add_column(
            name, justify="right" if is_number or pa.types.is_decimal(column.type) else "left", no_wrap=True
        )
    for row in zip(*take_columns(head), strict=True):
        cells = zip(head.column_names, row, strict=True)
        shown.add_row(*("NULL" if value is None else csv_cell(name, value) for name, value in cells))
    console = Console(markup=False, emoji=False, highlight=False)
    widest = console.measure(shown, options=console.options.update(max_width=100_000)).maximum
    Console(
        width=max(console.width, widest), soft_wrap=True, markup=False, emoji=False, highlight=False
    ).print(shown)
    rest = f"，只显示前 {SHOWN_ROWS} 行，全部请用 --to" if rows > SHOWN_ROWS else ""
    typer.echo(f"{rows:,} 行{rest}")


@app.command()
def export(
    notice_id: NoticeId,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹；同名文件会被替换")],
    as_of: AsOf = None,
    city: Annotated[
        str | None,
        typer.Option("--city", metavar="C", help="只要这一个市自己的各行（代码或名称），别的市的一行也不带"),
    ] = None,
) -> None:
    """把各张表截至某一时刻的内容带走：parquet、csv、一个工作簿，和写明来历的 manifest.json。"""
    notice = load_notice(notice_id)
    last = figures.last_scan(State.home.published, notice.id)
    moment = parse_moment(notice, as_of) if as_of else last
    manifest = export_marts(State.home.published, notice, moment, to, _city_code(notice.id, city))
    typer.echo(f"{to}：截至 {manifest['as_of']}，{len(manifest['files'])} 个文件，来历和校验值见 {MANIFEST}")
    for sentence in manifest["freshness"]["sentences"]:
        typer.echo(f"注意：{sentence}。", err=True)
    if manifest["left_out"]:
        typer.echo(
            f"没有带上 {'、'.join(manifest['left_out'])}：它们只有最新的内容，与所问的时刻不符（最新：{last}）"
        )


def _city_code(notice_id: str, city: str | None) -> str | None:
    """Of a city given by its code or its name."""
    if city is None:
        return None
    try:
        return tracing.find_city(State.home.published, notice_id, city)[0]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
