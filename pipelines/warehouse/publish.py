"""Publish: the warehouse becomes the analysts' snapshot, replaced whole in one step.

Readers that hold the old snapshot keep it; whoever opens next gets the new one. The warehouse holds no personal data, so
its bytes can be copied as they are.
"""

import os
import shutil
from collections.abc import Mapping

import pyarrow as pa

from pipelines.ground.durable import sync_folder
from pipelines.ground.home import Home
from pipelines.ground.private import share_published
from pipelines.warehouse.feed import extend_feed, widen_unfed
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.promises import require_promises


def publish_snapshot(home: Home, copies: Mapping[str, pa.Table]) -> int:
    """Replaces the snapshot; returns its size in bytes. `copies` holds by relation what other journals say now.

    Raises PromiseError, and leaves the old snapshot, where the new one would not be what the catalogue says of it.
    """
    warehouse, published, masks = home.warehouse, home.published, Masks(home.masks)
    masker = masks.masker()
    published.parent.mkdir(parents=True, exist_ok=True)
    for left in published.parent.glob(f".{published.name}.*"):
        left.unlink()  # by a run that was killed; this one is alone
    with open_file(warehouse) as connection:
        connection.begin()
        for relation, rows in copies.items():
            connection.register("incoming", masker.mask_table(rows))
            connection.execute(f"DELETE FROM {relation}")
            connection.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM incoming")
        widen_unfed(connection)
        require_promises(connection)
        extend_feed(connection, home.feed, masker)
        masks.keep(masker)
        connection.commit()
        connection.execute("CHECKPOINT")
        # Copied while this connection keeps every other writer out.
        beside = published.with_name(f".{published.name}.{os.getpid()}")
        try:
            shutil.copyfile(warehouse, beside)
            share_published(beside)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(published)
        finally:
            beside.unlink(missing_ok=True)
    sync_folder(published.parent)
    return published.stat().st_size
