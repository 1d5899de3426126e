"""What an export promises to machines: datapackage.json (Frictionless Data Package), and the check that its tables keep it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ask.marts import Mart
from pipelines.notice.model import Notice
from pipelines.warehouse.contract import is_promised

DATAPACKAGE = "datapackage.json"
_SHOWN = 5


def is_required(mart: Mart, column: str) -> bool:
    """Whether a column is never NULL, as its comment says; a column without a comment may be."""
    comment = mart.columns.get(column, "")
    return comment != column and is_promised(comment)


def find_breaches(mart: Mart, table: pa.Table) -> list[str]:
    """One sentence for each promise that the rows do not keep (Chinese); none where all are kept."""
    found = []
    key = [name for name in mart.contract.key if name in table.column_names]
    if key and table.num_rows > table.select(key).group_by(key).aggregate([]).num_rows:
        found.append(f"{mart.name} 的键 {'、'.join(key)} 有重复的行")
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and is_required(mart, name):
            found.append(f"{mart.name} 的 {name} 不应为空，有 {column.null_count} 行是空的")
    for name, words in mart.contract.values.items():
        if name in table.column_names:
            column = table.column(name).combine_chunks()
            other = column.filter(pc.invert(pc.is_in(column, pa.array([*words, None], column.type))))
            if len(other):
                shown = "、".join(map(str, other.unique().to_pylist()[:_SHOWN]))
                found.append(f"{mart.name} 的 {name} 有说明以外的值：{shown}")
    return found


def write_datapackage(
    to: Path,
    notice: Notice,
    as_of: datetime,
    tables: list[tuple[Mart, pa.Table]],
    files: list[dict[str, Any]],
) -> None:
    """Beside the files that the manifest's entries name."""
    entries = {one["name"]: one for one in files}
    resources = [
        _resource(mart, table, entries[f"{mart.name}.{suffix}"], suffix)
        for mart, table in tables
        for suffix in ("csv", "parquet")
    ]
    package = {
        "profile": "data-package",
        "name": notice.id,
        "title": notice.title,
        "created": as_of.replace(tzinfo=notice.zone).isoformat(),
        "description": "时刻是通知所在时区的时间。csv 里以 = + - @ 开头的文字前加了撇号，免得当公式执行；原文在 parquet 里。",
        "resources": resources,
    }
    (to / DATAPACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _resource(mart: Mart, table: pa.Table, entry: dict[str, Any], suffix: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": f"{mart.name}-{suffix}".replace("_", "-"),
        "path": entry["name"],
        "title": mart.comment,
        "format": suffix,
        "mediatype": "text/csv" if suffix == "csv" else "application/vnd.apache.parquet",
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
        "sources": [{"title": one} for one in mart.contract.sources],
        "schema": _schema(mart, table),
    }
    return found | {"encoding": "utf-8"} if suffix == "csv" else found


def _schema(mart: Mart, table: pa.Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(mart, column) for column in table.schema],
        "missingValues": [""],
    }
    key = [name for name in mart.contract.key if name in table.column_names]
    if key and all(is_required(mart, name) for name in key):
        schema["primaryKey"] = key
    return schema


def _field(mart: Mart, column: pa.Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if is_required(mart, column.name) else {}
    if words := mart.contract.values.get(column.name):
        constraints["enum"] = list(words)
    found: dict[str, Any] = {"name": column.name, **_type(column.type)}
    if comment := mart.columns.get(column.name):
        found["description"] = comment
    return found | ({"constraints": constraints} if constraints else {})


def _type(kind: pa.DataType) -> dict[str, str]:
    if pa.types.is_timestamp(kind):
        return {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S"}
    if pa.types.is_date(kind):
        return {"type": "date"}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_integer(kind):
        return {"type": "integer"}
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return {"type": "number"}
    if pa.types.is_list(kind):
        return {"type": "array"}
    return {"type": "object" if pa.types.is_struct(kind) or pa.types.is_map(kind) else "string"}
