"""What the snapshot and the warehouse know, healed first where one of them cannot be opened: asked once by whoever scans or loads."""

from collections.abc import Collection
from pathlib import Path

from pipelines.ground.home import Home
from pipelines.warehouse.files import is_damaged
from pipelines.warehouse.known import Known, read_known
from pipelines.warehouse.masks import Masks

_HEADERS = 3 * 4096
"""Of a DuckDB file: every change of it changes one of these three."""


def read_healthy(home: Home, notice_ids: Collection[str]) -> tuple[Known, Known]:
    """(snapshot, warehouse), of these notices. The caller is alone in the home."""
    published, warehouse = read_files(home, notice_ids)
    is_lost = home.warehouse.exists() and not home.published.exists()
    is_private_damaged = is_damaged(home.private, read_only=True) or Masks(home.masks).is_damaged()
    if published and warehouse and not is_lost and not is_private_damaged:
        return published, warehouse
    from pipelines.rebuild import heal

    heal(home)
    published, warehouse = (read_known(path, notice_ids) for path in (home.published, home.warehouse))
    return published or Known(), warehouse or Known()


def read_files(home: Home, notice_ids: Collection[str]) -> tuple[Known | None, Known | None]:
    """As `read_healthy`, healing nothing: None for a file that cannot be opened."""
    published = read_known(home.published, notice_ids)
    return published, published if _is_copy(home) else read_known(home.warehouse, notice_ids)


def _is_copy(home: Home) -> bool:
    """Whether the snapshot is the warehouse, byte for byte: what is known of one is known of both."""
    if not (home.warehouse.exists() and home.published.exists()):
        return False
    log_file = home.warehouse.with_name(f"{home.warehouse.name}.wal")
    sizes = {path.stat().st_size for path in (home.warehouse, home.published)}
    return len(sizes) == 1 and not log_file.exists() and _head(home.warehouse) == _head(home.published)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADERS)
