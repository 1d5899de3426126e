"""Where the lake is, by one setting, NOTICES_LAKE; and a DuckDB session with the lake as its default database.

postgres:host=… dbname=… user=…   a catalogue in PostgreSQL; the password is in ~/.pgpass or PGPASSWORD
sqlite:/path/catalogue.sqlite     for one machine and for trying it
lake                              anything else names a connection: AIRFLOW_CONN_LAKE, its extra may say data_path
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.connections import Connection, from_environment
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.store import open_store
from pipelines.warehouse.snapshot import READ_ONLY

NAME = "notices"
"""Of the lake in every session: the default database, so that analysts' SQL is the same as on the snapshot."""
SETTING, DATA_SETTING = "NOTICES_LAKE", "NOTICES_LAKE_DATA"
_PATIENCE = (
    "connect_timeout=10 keepalives_idle=10 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=60000"
)
"""A catalogue that does not answer is an error within a minute, whatever the network does."""
_FIRST = {
    name: READ_ONLY[name]
    for name in READ_ONLY
    if name not in ("enable_external_access", "lock_configuration")
}
"""What of a reader's settings holds before the extensions are loaded, for the writer too."""
_SECRET = "catalogue"
_MEANT = {
    r"does not match|DATA_PATH parameter": "数据的地址与目录里记着的不同",
    r"password|authentication|permission denied|access denied|\b40[13]\b|forbidden": "账号或口令不对，或没有这个权限",
    r"HTTP|S3|NoSuchBucket": "存数据的地方连不上，或读写不成",
    r"connect|server closed|timeout|timed out|could not translate|terminat": "目录库连不上",
    r"conflict|locked|Failed to commit": "与另一个写入相撞",
    r"no space|disk full": "磁盘满了",
    r"does not exist|no such file|cannot open|unable to open": "目录库或数据文件不在",
}
"""What DuckDB's English says, by words of it; the first that fits."""


@dataclass(frozen=True)
class LakePlace:
    """A catalogue, and the folder or s3:// address below which the rows are. The password is part of no repr."""

    kind: str
    """postgres or sqlite."""
    address: str
    data: str
    is_data_given: bool
    connection: Connection | None = None

    @property
    def is_remote(self) -> bool:
        return "://" in self.data


def find_place(home: Home) -> LakePlace | None:
    """What the environment says; None where there is no lake. Raises NoticesError where it is no sense."""
    given = os.environ.get(SETTING, "").strip()
    if not given:
        return None
    kind, mark, address = given.partition(":")
    connection = None
    if not mark:
        connection = from_environment(given)
        kind, address = "postgres", ""
        if connection.scheme not in ("postgres", "postgresql"):
            raise NoticesError(
                f"连接 {given} 不是 PostgreSQL（类型写的是“{connection.scheme}”），湖仓的目录库只能是它"
            )
    if kind not in ("postgres", "sqlite"):
        raise NoticesError(
            f"环境变量 {SETTING} 应为 postgres:host=… dbname=… user=…、sqlite:文件，或一个连接的编号；DuckDB 文件不能当目录库，只有一个进程打得开"
        )
    if re.search(r"\bpassword\s*=|://", address) or (kind == "postgres" and "//" in address):
        raise NoticesError(f"环境变量 {SETTING} 里不要写口令和网址：口令放在连接、~/.pgpass 或 PGPASSWORD 里")
    told = os.environ.get(DATA_SETTING, "").strip() or str(
        (connection.extra if connection else {}).get("data_path", "")
    )
    data = told or str(home.published.parent / "lake")
    data = data if "://" in data else str(Path(data).absolute())
    return LakePlace(kind, address, data.rstrip("/") + "/", bool(told), connection)


def open_session() -> duckdb.DuckDBPyConnection:
    """One that can be made to write the lake. To be closed by the caller, who alone says what it does.

    It does not look after the signatures of extensions: half a CPU second of each start, over files that came with the program as
    DuckDB itself did. Sessions in which others ask look after them.
    """
    return duckdb.connect(config={**_FIRST, "allow_unsigned_extensions": True})


@contextmanager
def open_for_writing(
    place: LakePlace, session: duckdb.DuckDBPyConnection | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session that writes the lake, which is made where it is not there yet; `session` is one to be used, and closed here."""
    if not place.is_data_given and (store := open_store()):
        raise NoticesError(
            f"几台机器共用存储（{store.url}）时，{DATA_SETTING} 不能省略：省略的是本机的文件夹，别的机器读不到"
        )
    if not place.is_remote:
        Path(place.data).mkdir(parents=True, exist_ok=True)
    connection = session or open_session()
    try:
        _load(connection, place)
        _attach(connection, place, f"DATA_PATH {quoted(place.data)}")
        yield connection
    finally:
        connection.close()


def connect_lake(place: LakePlace, version: int | None = None, **settings: Any) -> duckdb.DuckDBPyConnection:
    """A session that reads one state of the lake, the newest or `version`, for as long as it is open; to be closed by the caller.

    `settings` are further settings of DuckDB. Like a snapshot's connection it writes nothing and loads nothing; files it reads
    are those below the lake's own address. Raises NoticesError where there is no lake, or no such version.
    """
    connection = duckdb.connect(config={**settings, **_FIRST})
    try:
        _load(connection, place)
        at = _find_version(connection, place, version)
        _attach(connection, place, f"READ_ONLY, SNAPSHOT_VERSION {int(at)}")
        connection.execute(f"SET allowed_directories = [{quoted(_data_of(connection))}]")
        for name in ("enable_external_access", "lock_configuration"):
            connection.execute(f"SET {name} = {READ_ONLY[name]}")
    except BaseException:
        connection.close()
        raise
    return connection


def quoted(text: str) -> str:
    """As SQL."""
    return "'" + text.replace("'", "''") + "'"


def _find_version(connection: duckdb.DuckDBPyConnection, place: LakePlace, version: int | None) -> int:
    """Pinned when the session opens: else two questions of one session could see two publishes. Raises NoticesError where what
    was asked for is no publish that is kept."""
    _attach(connection, place, "READ_ONLY", name="looking")
    newest, published = connection.execute(
        "SELECT max(snapshot_id), list(snapshot_id) FILTER (commit_extra_info IS NOT NULL) FROM ducklake_snapshots('looking')"
    ).fetchall()[0]
    connection.execute("DETACH looking")
    if version is not None and version not in (published or ()):
        raise NoticesError(
            f"湖仓没有版本 {version}（从未有过，或已过了保留的天数）；有哪些版本：notices versions"
        )
    return int(newest if version is None else version)


def in_words(error: Exception) -> str:
    """What an error of DuckDB means here, in one line; its own words stand behind, for whoever looks them up."""
    if isinstance(error, NoticesError):
        return str(error)
    own = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    for mark, meant in _MEANT.items():
        if re.search(mark, own, re.IGNORECASE):
            return f"{meant}（原文：{own}）"
    return f"DuckDB 报错（原文：{own}）"


def _data_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The address that the catalogue knows."""
    found = connection.execute(
        "SELECT value FROM ducklake_options($1) WHERE option_name = 'data_path' AND scope = 'GLOBAL'", [NAME]
    ).fetchone()
    assert found, "every lake has one"
    return str(found[0])


def _load(connection: duckdb.DuckDBPyConnection, place: LakePlace) -> None:
    for name in ("ducklake", f"{place.kind}_scanner", *(["httpfs"] if place.is_remote else [])):
        connection.execute(f"LOAD {quoted(str(_extension(name)))}")
    _log_in(connection, place)


def _extension(name: str) -> Path:
    """The extension's file in its wheel: nothing is fetched."""
    found = find_spec(f"duckdb_extension_{name}")
    folders = list(found.submodule_search_locations or []) if found else []
    files = [path for folder in folders for path in Path(folder).rglob("*.duckdb_extension")]
    if not files:
        raise NoticesError(
            f"设了 {SETTING}，但没有装 DuckDB 的 {name} 扩展：请 pip install 'notices[lake]'（见 docs/lake.md）"
        )
    return files[0]


def _log_in(connection: duckdb.DuckDBPyConnection, place: LakePlace) -> None:
    """What is secret is told to DuckDB as a secret: it is shown in no list of databases and in no error."""
    one = place.connection
    if one:
        port = one.port or 5432
        connection.execute(
            f"CREATE SECRET {_SECRET} (TYPE postgres, HOST {quoted(one.host)}, PORT {port}, DATABASE {quoted(one.schema)},"
            f" USER {quoted(one.login)}, PASSWORD {quoted(one.password)})"
        )
    if place.is_remote and (key := os.environ.get("AWS_ACCESS_KEY_ID")):
        words = {
            "KEY_ID": key,
            "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            "REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        }
        if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
            scheme, _, host = endpoint.rpartition("://")
            words |= {"ENDPOINT": host, "USE_SSL": str(scheme != "http").lower(), "URL_STYLE": "path"}
        told = ", ".join(f"{name} {quoted(value)}" for name, value in words.items())
        connection.execute(f"CREATE SECRET rows (TYPE s3, {told})")


def _attach(connection: duckdb.DuckDBPyConnection, place: LakePlace, options: str, name: str = NAME) -> None:
    address = f"{place.address} {_PATIENCE}".strip() if place.kind == "postgres" else place.address
    secret = f", META_SECRET '{_SECRET}'" if place.connection else ""
    try:
        connection.execute(
            f"ATTACH {quoted(f'ducklake:{place.kind}:{address}')} AS {name} ({options}{secret})"
        )
    except duckdb.Error as error:
        raise NoticesError(f"湖仓打不开：{in_words(error)}") from None
    if name == NAME:
        connection.execute(f"USE {name}")
