"""What was changed in questionnaires and forms while they ran, into the warehouse. Part of the load stage."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.archive.shapes import Shape
from pipelines.collect.shapes import find_changes
from pipelines.collect.sources import what_is_read
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormService
from pipelines.read.changes import CHANGES
from pipelines.read.frames import read_frames
from pipelines.warehouse.definition import insert_table
from pipelines.warehouse.masker import Masker


def load_changes(
    connection: duckdb.DuckDBPyConnection,
    notice: Notice,
    folder: Path,
    shapes: Mapping[str, Sequence[Shape]],
    masker: Masker,
) -> None:
    """Each once: what the exports of this run show, and what all shapes of forms show."""
    changes = read_frames(folder, "changes", CHANGES)
    receipts = [name for name in set(changes.column("receipt_id").to_pylist()) if name]
    connection.execute(
        "DELETE FROM raw.source_changes"
        " WHERE notice_id = $1 AND (receipt_id IS NULL OR receipt_id IN (SELECT unnest($2::VARCHAR[])))",
        [notice.id, receipts],
    )
    of_forms = pa.Table.from_pylist(list(_of_forms(notice, shapes)), schema=CHANGES)
    insert_table(connection, "raw.source_changes", notice, pa.concat_tables([changes, of_forms]), masker)


def _of_forms(notice: Notice, shapes: Mapping[str, Sequence[Shape]]) -> Iterator[dict[str, Any]]:
    known = what_is_read(notice)
    for source in notice.sources:
        if not isinstance(source, FormService):
            continue
        for one in find_changes(shapes.get(source.id, []), known, source.fields):
            yield {
                "receipt_id": None,
                "source": source.id,
                "path": source.path,
                "changed_at": one.shape.seen_at,
                "kind": one.kind,
                "field": one.column or None,
                "before": one.before,
                "after": one.after,
                "answers": 0,
                "sentence": one.sentence,
            }
