"""The empty warehouse, made once for each state of sql/ and DuckDB and kept packed in the user's cache: making it takes 2,000 statements.

What is wrong with the cache costs time and nothing else: then the relations are made one by one, in the file itself.
"""

import gzip
import hashlib
import logging
import os
import zlib
from pathlib import Path

import duckdb

from pipelines.ground.scratch import scratch
from pipelines.ground.whole import replace_file
from pipelines.warehouse.relations import SQL, create_relations

CACHE = "NOTICES_CACHE"
KEPT = 4
"""States of sql/ and DuckDB that are kept: of the program, the one before, and a second installation."""
_MAKERS = ("contract.py", "guards.py", "relations.py")
"""What of this folder turns sql/ into statements."""
log = logging.getLogger(__name__)


def lay_blank(warehouse: Path) -> None:
    """Puts an empty warehouse with all relations where there is no file yet. The caller is alone in the home."""
    if warehouse.exists():
        return
    try:
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        # Else what a file that is gone had left would be taken for this one's.
        warehouse.with_name(f"{warehouse.name}.wal").unlink(missing_ok=True)
        for left in warehouse.parent.glob(f".{warehouse.name}.*"):
            left.unlink()  # by a run that was killed
        replace_file(warehouse, _blank())
    except OSError as error:
        log.info("load: 没有用上缓存的空数据仓库，逐条建表（%s）", error)


def _blank() -> bytes:
    """The bytes of an empty warehouse. Raises OSError where the cache cannot be used."""
    packed = _folder() / f"blank-{_state()}.duckdb.gz"
    try:
        return _unpack(packed)
    except (FileNotFoundError, gzip.BadGzipFile, EOFError, zlib.error):
        return _keep(packed)  # not there yet, or torn when the machine stopped


def _folder() -> Path:
    chosen = os.environ.get(CACHE)
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "notices"


def _state() -> str:
    """sha256 over all that an empty warehouse is made of: telling its statements apart would take ten times as long."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for path in [*sorted(SQL.glob("*/*.sql")), *map(Path(__file__).with_name, _MAKERS)]:
        content = path.read_bytes()
        digest.update(f"\n{path.parent.name}/{path.name}:{len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


def _unpack(packed: Path) -> bytes:
    """Raises what gzip raises where it is not whole, PermissionError where another user may have written it."""
    with packed.open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            raise PermissionError(f"{packed} 不是本账号的，或别人也能写")
        content = gzip.decompress(file.read())
    if not content:
        raise EOFError(f"{packed} 是空的")
    return content


def _keep(packed: Path) -> bytes:
    packed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch("blank") as folder:
        made = folder / "blank.duckdb"
        with duckdb.connect(made) as connection:
            connection.begin()
            create_relations(connection)
            connection.commit()
        content = made.read_bytes()
    replace_file(packed, gzip.compress(content, 1, mtime=0))
    packed.chmod(0o600)
    kept = sorted(packed.parent.glob("blank-*.duckdb.gz"), key=lambda one: one.stat().st_mtime)
    for old in kept[:-KEPT]:
        old.unlink(missing_ok=True)
    return content
