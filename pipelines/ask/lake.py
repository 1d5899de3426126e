"""Publishing as Parquet: each mart as of a moment at any place that fsspec reaches; what was published earlier stays.

<mart>/notice_id=<notice>/as_of=2020-11-14T200000/data.parquet     one file a partition, so that it is there whole or not at all
_manifests/notice_id=<notice>/as_of=2020-11-14T200000.json         written last: what it names is there, and belongs together

Only marts that can be told for any moment are published: asked again for that moment they answer the same, whatever came since.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ask.export import describe_snapshot, git_version
from pipelines.ask.freshness import find_freshness
from pipelines.ask.marts import Mart, list_marts
from pipelines.ask.place import PublishedPlace
from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.warehouse.snapshot import open_snapshot

MOMENT = "%Y-%m-%dT%H%M%S"
"""A moment in a folder's name: sorted as moments are, and without a colon, which not every place takes."""


@dataclass(frozen=True)
class _File:
    """A mart's file: its bytes, and whether rows that are no longer so, or nothing, stand in its place."""

    mart: str
    path: str
    rows: int
    data: bytes
    state: Literal["same", "other", "absent"]

    def entry(self) -> dict[str, Any]:
        """For the manifest."""
        digest = hashlib.sha256(self.data).hexdigest()
        return {
            "mart": self.mart,
            "path": self.path,
            "rows": self.rows,
            "bytes": len(self.data),
            "sha256": digest,
        }


def publish_parquet(
    published: Path, notice: Notice, as_of: datetime, place: PublishedPlace, *, may_replace: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """Returns the manifest and the marts that were written: those that were not there yet. The same again changes no byte.

    Raises NoticesError where rows of that very moment were published and are others now (definitions were changed, or the moment
    lay after the newest scan), unless they may be replaced; the manifest then says what stood there before.
    """
    partition = f"notice_id={notice.id}/as_of={as_of.strftime(MOMENT)}"
    told = f"_manifests/{partition}.json"
    with open_snapshot(published) as connection:
        about = _describe(connection, notice, as_of)
        tables = [(mart.name, mart.read(connection, notice.id, as_of)) for mart in list_history(connection)]
    files = [_compare(place, mart, f"{mart}/{partition}/data.parquet", table) for mart, table in tables]
    new = [file for file in files if file.state != "same"]
    text = place.read(told)
    if text is None:
        kept = []
    else:
        standing = json.loads(text)
        kept = [one for one in standing["files"] if one["mart"] not in dict(tables)]
        if not new and standing["files"] == _in_order(kept, files):
            return standing, []
        changed = [file.mart for file in new if file.state == "other"]
        if changed and not may_replace:
            raise NoticesError(
                f"{place.url} 里已有截至 {as_of} 的数，而 {'、'.join(changed)} 与那时发布的不同"
                "（定义改过，或那时还没有收齐）。要换成现在的，请加 --replace"
            )
        about["replaced"] = standing["replaced"]
        if changed:
            about["replaced"] = [*standing["replaced"], {"snapshot": standing["snapshot"], "marts": changed}]
            place.remove(told)
    for file in new:
        place.write(file.path, file.data)
    manifest = {**about, "files": _in_order(kept, files)}
    place.write(told, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    return manifest, [file.mart for file in new]


def list_history(connection: duckdb.DuckDBPyConnection) -> list[Mart]:
    """The marts that are told for any moment, the past as well as the latest."""
    return [mart for mart in list_marts(connection, is_latest=False)[0] if "($notice, $as_of)" in mart.query]


def _describe(connection: duckdb.DuckDBPyConnection, notice: Notice, as_of: datetime) -> dict[str, Any]:
    known = describe_snapshot(connection, notice.id)
    return {
        "notice_id": notice.id,
        "title": notice.title,
        "as_of": as_of.strftime(MOMENT),
        "moment": as_of.isoformat(),
        "timezone": str(notice.zone),
        "freshness": find_freshness(connection, notice.id, as_of).record(),
        "snapshot": {**known, "last_scan": known["last_scan"].isoformat()},
        "git": git_version(),
        "replaced": [],
    }


def _compare(place: PublishedPlace, mart: str, path: str, table: pa.Table) -> _File:
    """What is to stand at `path`: what stands there already, where its rows are the same (an older pyarrow wrote other bytes)."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    there = place.read(path)
    if there is None:
        return _File(mart, path, table.num_rows, buffer.getvalue(), "absent")
    if there == buffer.getvalue() or _holds(there, table):
        return _File(mart, path, table.num_rows, there, "same")
    return _File(mart, path, table.num_rows, buffer.getvalue(), "other")


def _holds(data: bytes, table: pa.Table) -> bool:
    try:
        return bool(pq.read_table(io.BytesIO(data)).equals(table))
    except pa.ArrowInvalid:
        return False


def _in_order(kept: list[dict[str, Any]], files: list[_File]) -> list[dict[str, Any]]:
    return sorted([*kept, *(file.entry() for file in files)], key=lambda entry: str(entry["mart"]))
