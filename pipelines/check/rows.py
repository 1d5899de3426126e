"""All rows of a run -> their verdicts, in the run's folder: the check stage without its page."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.notice.model import Notice
from pipelines.read.frames import (
    SHEETS,
    SUBMISSIONS,
    read_frames,
    rows_schema,
    table_deliverables,
    write_frame,
)


def check_rows(notice: Notice, folder: Path) -> dict[str, Any]:
    """Runs the suites once over the rows that `folder` holds; returns how many rows and faults, and the faults by reason."""
    rows = {
        name: read_frames(folder, f"rows_{name}", rows_schema(notice, name))
        for name in table_deliverables(notice)
    }
    total = sum(table.num_rows for table in rows.values())
    if total == 0:
        return {"rows": 0, "faults": 0, "reasons": {}}
    from pipelines.check.validate import validate_rows  # importing Great Expectations costs seconds

    sheets, answers = read_frames(folder, "sheets", SHEETS), _answers(folder, rows)
    verdicts, results = validate_rows(notice, rows, sheets, answers=answers)
    write_frame(verdicts, folder, "verdicts")
    (folder / "results.json").write_text(
        json.dumps([vars(one) for one in results], ensure_ascii=False), "utf-8"
    )
    reasons = Counter(verdicts.column("reason").to_pylist())
    return {"rows": total, "faults": verdicts.num_rows, "reasons": dict(reasons.most_common())}


def _answers(folder: Path, rows: Mapping[str, pa.Table]) -> dict[str, int]:
    """Answers to forms, and how many rows each has."""
    submissions = read_frames(folder, "submissions", SUBMISSIONS)
    is_answer = pc.equal(submissions.column("format"), "form_answer")
    found = dict.fromkeys(submissions.filter(is_answer).column("submission_id").to_pylist(), 0)
    if found:
        for table in rows.values():
            counts = table.column("submission_id").value_counts()
            own = counts.filter(pc.is_in(counts.field("values"), pa.array(found)))
            for one in own.to_pylist():
                found[one["values"]] += one["counts"]
    return found
