"""All rows of a run -> their verdicts, in the run's folder: the check stage without its page."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from pipelines.notice.model import Notice
from pipelines.read.frames import SHEETS, read_frames, rows_schema, table_deliverables, write_frame


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

    verdicts, results = validate_rows(notice, rows, read_frames(folder, "sheets", SHEETS))
    write_frame(verdicts, folder, "verdicts")
    (folder / "results.json").write_text(
        json.dumps([vars(one) for one in results], ensure_ascii=False), "utf-8"
    )
    reasons = Counter(verdicts.column("reason").to_pylist())
    return {"rows": total, "faults": verdicts.num_rows, "reasons": dict(reasons.most_common())}
