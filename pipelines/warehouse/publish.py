"""Publish: the warehouse becomes the analysts' snapshot, replaced whole in one step.

Readers that hold the old snapshot keep it; whoever opens next gets the new one. The warehouse holds no personal data, so
its bytes can be copied as they are. What it costs grows with what changed (spare.py).
"""

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa

from pipelines.ground.home import Home
from pipelines.warehouse.feed import Unit, changed_units, extend_feed, widen_unfed
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.promises import require_promises
from pipelines.warehouse.replace import replace_snapshot

_AT_COMMIT = "SET checkpoint_threshold = '1KB'"
"""What is committed goes into the file, not into a log beside it first: the file is copied next. Of whoever has it open as well."""


class Published(NamedTuple):
    """Bytes of the new snapshot, how many of them had to be written, and whose rows may differ from the one before."""

    size: int
    written: int
    units: tuple[Unit, ...]


def publish_snapshot(home: Home, copies: Mapping[str, pa.Table]) -> Published:
    """Replaces the snapshot. `copies` holds by relation what other journals say now.

    Raises PromiseError, and leaves the old snapshot, where the new one would not be what the catalogue says of it.
    """
    warehouse, masks = home.warehouse, Masks(home.masks)
    masker = masks.masker()
    with open_file(warehouse) as connection:
        connection.execute(_AT_COMMIT)
        connection.begin()
        for relation, rows in copies.items():
            connection.register("incoming", masker.mask_table(rows))
            connection.execute(f"DELETE FROM {relation}")
            connection.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM incoming")
        widen_unfed(connection)
        require_promises(connection)
        units = changed_units(connection)
        extend_feed(connection, home.feed, masker)
        masks.keep(masker)
        connection.commit()
        return Published(*replace_snapshot(connection, home), units)
