"""Publish: the warehouse becomes the analysts' snapshot, replaced whole in one step.

Readers that hold the old snapshot keep it; whoever opens next gets the new one. The warehouse holds no personal data, so
its bytes can be copied as they are. What it costs grows with what changed (spare.py).
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import duckdb
import pyarrow as pa

from pipelines.ground.home import Home
from pipelines.warehouse.feed import Unit, changed_units, extend_feed, widen_unfed
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.promises import require_promises
from pipelines.warehouse.replace import replace_snapshot

_AT_COMMIT = "SET checkpoint_threshold = '1KB'"
"""What is committed goes into the file, not into a log beside it first: the file is copied next."""


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
        connection.begin()
        for relation, rows in copies.items():
            connection.register("incoming", masker.mask_table(rows))
            connection.execute(f"DELETE FROM {relation}")
            connection.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM incoming")
        widen_unfed(connection)
        masks.keep(masker)
        connection.commit()  # else a second connection would not see it
        with _testing_promises(connection) as wait_for_promises:
            connection.execute(_AT_COMMIT)
            connection.begin()
            units = changed_units(connection)
            extend_feed(connection, home.feed, masker, wait_for_promises)
        masks.keep(masker)
        connection.commit()
        return Published(*replace_snapshot(connection, home), units)


@contextmanager
def _testing_promises(connection: duckdb.DuckDBPyConnection) -> Iterator[Callable[[], object]]:
    """Inside, the promises are tested of what is committed, beside whatever else is done; the function returns once they are
    kept, or raises PromiseError, as the end does."""
    with connection.cursor() as second, ThreadPoolExecutor(1, "promises") as beside:
        tested = beside.submit(require_promises, second)
        yield tested.result
        tested.result()
