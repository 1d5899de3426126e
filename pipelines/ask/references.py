"""A table from outside, made known to a question by a name: read here, for the connection itself cannot open files."""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

SEPARATORS = ",\t;|"
_CODES = "^(0[0-9]+|[0-9]{16,})$"
"""Digits that are no number: one would lose the zero at their front, or their last digits."""
_TYPES = (pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"))
_GROWS = 3
"""A csv takes about so many times its bytes while it is read."""
_BLOCK = 8 << 20


def read_references(connection: duckdb.DuckDBPyConnection, given: list[str], room: int) -> None:
    """Each `NAME=FILE.csv` or `.parquet` under its name. Raises ValueError with a sentence.

    `room` is the bytes that a table may take: what the connection may use does not limit what is read beside it.
    """
    names: set[str] = set()
    for one in given:
        name, mark, place = one.partition("=")
        path = Path(place)
        if not mark or not name.isidentifier() or path.suffix.lower() not in (".csv", ".parquet"):
            raise ValueError(
                f"“{one}”应写成 名字=文件.csv 或 名字=文件.parquet，名字用字母、汉字、数字和下划线"
            )
        if name.lower() in names:
            raise ValueError(f"“{name}”给了两张表，请用不同的名字")
        names.add(name.lower())
        connection.register(name, _read(path, room))


def _read(path: Path, room: int) -> pa.Table:
    is_parquet = path.suffix.lower() == ".parquet"
    if not path.is_file():
        raise ValueError(f"没有 {path} 这个文件")
    try:
        table = _read_parquet(path, room) if is_parquet else _read_csv(path, room)
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{path} 读不出，它可能坏了，或者不是 {path.suffix} 文件：{error}") from None
    _check_names(path, table.column_names)
    return table


def _check_names(path: Path, names: list[str]) -> None:
    if blank := [place for place, name in enumerate(names, 1) if not name]:
        raise ValueError(f"{path} 第 {blank[0]} 列没有列名")
    if repeated := [name for name, times in Counter(map(str.lower, names)).items() if times > 1]:
        raise ValueError(f"{path} 有重名的列（不分大小写）：{'、'.join(repeated)}；请改成不同的名字")


def _refuse_large(path: Path, size: int, room: int) -> None:
    if size > room:
        raise ValueError(
            f"{path} 读进来约需 {size / 1e6:,.0f} MB，超过内存上限 {room / 1e6:,.0f} MB；请用 --memory 放宽，或先取要用的列和行"
        )


def _read_parquet(path: Path, room: int) -> pa.Table:
    with pa.parquet.ParquetFile(path) as file:
        groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
        _refuse_large(path, sum(group.total_byte_size for group in groups), room)
        return file.read()


def _read_csv(path: Path, room: int) -> pa.Table:
    """With commas, tabs, semicolons or bars. Codes stay text: columns that end in _code, and digits that are no number."""
    _refuse_large(path, path.stat().st_size * _GROWS, room)
    text = _decode(path)
    separator, names = _read_header(path, text)
    _check_names(path, names)
    odd: list[pa.csv.InvalidRow] = []

    def refuse(row: pa.csv.InvalidRow) -> str:
        odd.append(row)
        return "error"

    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text.encode()),
            pa.csv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names, skip_rows_after_names=1
            ),
            pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=refuse),
            pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True),
        )
    except pa.ArrowInvalid:
        if not odd:
            raise
        raise ValueError(
            f"{path} 有一行是 {odd[0].actual_columns} 格，表头是 {len(names)} 格：{odd[0].text[:60]}"
        ) from None
    return pa.Table.from_arrays([_typed(name, table.column(name)) for name in names], names)


def _decode(path: Path) -> str:
    """UTF-8 with or without BOM, UTF-16 with one (Excel's Unicode text), or GB18030."""
    content = path.read_bytes()
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueError(f"{path} 不是文字：编码不是 UTF-8、UTF-16 或 GB18030；请另存为“CSV UTF-8”")


def _read_header(path: Path, text: str) -> tuple[str, list[str]]:
    """What separates the cells, and the columns' names."""
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    separator = max(SEPARATORS, key=first.count)
    header = next(
        (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row), None
    )
    if header is None:
        raise ValueError(f"{path} 是空的")
    return separator, [name.strip() for name in header]


def _typed(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """As numbers, days or moments where every cell is one."""
    is_code = name.endswith("_code") or pc.any(pc.match_substring_regex(column, _CODES)).as_py()
    if is_code or column.null_count == len(column):
        return column
    for kind in _TYPES:
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    return column
