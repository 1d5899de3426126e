"""Commands for analysts: sql (ask the snapshot anything), export (take the marts away)."""

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from pipelines.ask import figures
from pipelines.ask.cells import csv_cell
from pipelines.ask.export import MANIFEST, export_marts
from pipelines.ask.writers import MAX_SHEET_ROWS, Sheet, csv_text, write_csv, write_parquet, write_xlsx
from pipelines.cli.app import AsOf, NoticeId, State, app, parse_moment
from pipelines.notice import load_notice
from pipelines.warehouse.snapshot import open_snapshot

SHOWN_ROWS = 200
"""A terminal shows so many; a file or csv holds all."""
NO_UI = (
    "DuckDB 自带的界面要从 ui.duckdb.org 取网页，离线打不开，所以没有接上。"
    "请用 notices sql '查询语句'，或 marimo edit notebooks/analysis.py"
)


_REFUSED = re.compile(r"Invalid Input Error: (.*[\u4e00-\u9fff].*)")
"""What sql/ itself refuses, in a Chinese sentence."""


class SqlFormat(StrEnum):
    table = "table"
    csv = "csv"
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
        typer.Option("--format", metavar="FORMAT", help="table、csv、parquet 或 xlsx；省略时看 --to 的后缀"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="写到哪个文件；parquet 和 xlsx 必须写")
    ] = None,
    ui: Annotated[bool, typer.Option("--ui", help="打开图形界面（离线不可用，会说明替代办法）")] = False,
) -> None:
    """查询数据快照：只读，不妨碍入库；看到的是打开那一刻的完整状态。"""
    if ui:
        typer.echo(NO_UI, err=True)
        raise typer.Exit(2)
    chosen = _choose_format(output, to)
    text = _read_query(query, file)
    try:
        with open_snapshot(State.home.published) as connection:
            found = connection.execute(text)
            table = found.to_arrow_table() if found.description else pa.table({})
    except duckdb.Error as error:
        typer.echo(explain(error), err=True)
        raise typer.Exit(2) from None
    _write_result(table, chosen, to)


def _choose_format(output: SqlFormat | None, to: Path | None) -> SqlFormat:
    suffix = to.suffix.removeprefix(".").lower() if to else ""
    chosen = output or (SqlFormat(suffix) if suffix in list(SqlFormat) else SqlFormat.table)
    if to is None and chosen in (SqlFormat.parquet, SqlFormat.xlsx):
        raise typer.BadParameter(f"{chosen} 不能打印在屏幕上，请用 --to 写明文件")
    if to is not None and chosen is SqlFormat.table:
        raise typer.BadParameter(f"不知道 {to} 是什么格式，请用 --format 写明 csv、parquet 或 xlsx")
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
        told = "结果太大，内存不够；请先汇总或加 LIMIT"
    else:
        told = "查询没有成功"
    return f"{told}。\n{said}"


def _write_result(table: pa.Table, chosen: SqlFormat, to: Path | None) -> None:
    if to is None:
        if chosen is SqlFormat.csv:
            sys.stdout.write(csv_text(table))
        else:
            print_result(table)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    if chosen is SqlFormat.csv:
        write_csv(table, to)
    elif chosen is SqlFormat.parquet:
        write_parquet(table, to)
    elif table.num_rows > MAX_SHEET_ROWS:
        raise typer.BadParameter(f"结果有 {table.num_rows:,} 行，工作簿放不下；请改用 csv 或 parquet")
    else:
        with open_snapshot(State.home.published) as connection:
            last = connection.execute("SELECT max(scanned_at) FROM raw.scans").fetchone()
        assert last, "an aggregate has one row"
        write_xlsx([Sheet("查询结果", table)], to, last[0])
    typer.echo(f"{to}：{table.num_rows:,} 行 × {table.num_columns} 列")


def print_result(table: pa.Table) -> None:
    """The first rows as a table as wide as it needs; Chinese characters keep their columns straight."""
    shown = Table(header_style="bold")
    head = table.slice(0, SHOWN_ROWS)
    for name, column in zip(head.column_names, head.columns, strict=True):
        is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        shown.add_column(
            name, justify="right" if is_number or pa.types.is_decimal(column.type) else "left", no_wrap=True
        )
    for row in zip(*(column.to_pylist() for column in head.columns), strict=True):
        cells = zip(head.column_names, row, strict=True)
        shown.add_row(*("NULL" if value is None else csv_cell(name, value) for name, value in cells))
    console = Console(markup=False, emoji=False, highlight=False)
    widest = console.measure(shown, options=console.options.update(max_width=100_000)).maximum
    Console(
        width=max(console.width, widest), soft_wrap=True, markup=False, emoji=False, highlight=False
    ).print(shown)
    rest = f"，只显示前 {SHOWN_ROWS} 行，全部请用 --to" if table.num_rows > SHOWN_ROWS else ""
    typer.echo(f"{table.num_rows:,} 行{rest}")


@app.command()
def export(
    notice_id: NoticeId,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹；同名文件会被替换")],
    as_of: AsOf = None,
) -> None:
    """把各张表截至某一时刻的内容带走：parquet、csv、一个工作簿，和写明来历的 manifest.json。"""
    notice = load_notice(notice_id)
    last = figures.last_scan(State.home.published, notice.id)
    manifest = export_marts(State.home.published, notice, parse_moment(notice, as_of) if as_of else last, to)
    typer.echo(f"{to}：截至 {manifest['as_of']}，{len(manifest['files'])} 个文件，来历和校验值见 {MANIFEST}")
    for sentence in manifest["freshness"]["sentences"]:
        typer.echo(f"注意：{sentence}。", err=True)
    if manifest["left_out"]:
        typer.echo(
            f"没有带上 {'、'.join(manifest['left_out'])}：它们只有最新的内容，与所问的时刻不符（最新：{last}）"
        )
