"""The lake for those who ask: a state of it to put questions to, and which states there are."""

from contextlib import closing
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.warehouse.lake.place import NAME, SETTING, LakePlace, connect_lake, find_place

_VERSIONS = f"""
SELECT
    snapshot_id AS version,
    (commit_extra_info ->> 'published_at')::TIMESTAMPTZ AT TIME ZONE 'UTC' AS published_at,
    snapshot_time AT TIME ZONE 'UTC' AS committed_at,
    (commit_extra_info ->> 'known_at')::TIMESTAMP AS known_at
FROM ducklake_snapshots('{NAME}')
WHERE commit_extra_info IS NOT NULL
ORDER BY version DESC
"""


def require_place(home: Home) -> LakePlace:
    """Where the lake is. Raises NoticesError where none is set."""
    place = find_place(home)
    if place is None:
        raise NoticesError(f"没有设置湖仓（环境变量 {SETTING}），见 docs/lake.md；查快照文件请去掉 --lake")
    return place


def open_lake(home: Home, version: int | None = None, **settings: Any) -> duckdb.DuckDBPyConnection:
    """`connect_lake` of the lake that is set, to be closed by the caller."""
    return connect_lake(require_place(home), version, **settings)


def list_versions(home: Home) -> pa.Table:
    """The publishes that can still be asked, newest first: when each was published and committed (UTC), and the newest scan
    of any notice that it knows."""
    with closing(open_lake(home)) as connection:
        return connection.execute(_VERSIONS).to_arrow_table()
