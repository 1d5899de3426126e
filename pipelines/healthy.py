"""What the snapshot and the warehouse know, healed first where one of them cannot be opened: asked once by whoever scans or loads."""

from collections.abc import Collection

from pipelines.ground.home import Home
from pipelines.warehouse.files import is_damaged
from pipelines.warehouse.known import Known, read_files, read_known
from pipelines.warehouse.masks import Masks


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
