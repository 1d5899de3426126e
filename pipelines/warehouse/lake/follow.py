"""The lake follows each publish and never stands in its way: what fails is said, noted for the alarms, and caught up later."""

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.home import Home
from pipelines.ground.whole import replace_file

if TYPE_CHECKING:
    import duckdb

SETTING = "NOTICES_LAKE"
log = logging.getLogger(__name__)


def failure_file(home: Home) -> Path:
    """Since when the lake does not follow, and why; it is not there while it does."""
    return home.warehouse.with_name("lake-failure.json")


@dataclass(frozen=True)
class Failure:
    """That the lake does not follow: since when (with its zone), and what was said last."""

    since: datetime
    said: str


def read_failure(home: Home) -> Failure | None:
    """None where the lake follows, or none is set any more."""
    path = failure_file(home)
    if not path.exists() or not os.environ.get(SETTING, "").strip():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Failure(datetime.fromisoformat(told["since"]), told["said"])


def follow_publish(home: Home) -> bool:
    """Brings the lake up to the snapshot that has just been published. False where there is no lake, or it could not."""
    if not os.environ.get(SETTING, "").strip():
        return False
    import duckdb

    from pipelines.ground.errors import NoticesError
    from pipelines.warehouse.lake.commit import commit_snapshot
    from pipelines.warehouse.lake.place import find_place

    try:
        place = find_place(home)
        assert place, "it is set"
        moved = commit_snapshot(place, home.published)
    except (NoticesError, duckdb.Error, OSError) as error:
        _note(home, error)
        return False
    failure_file(home).unlink(missing_ok=True)
    log.info("lake: %s", f"已跟上这次发布，变了 {moved} 处" if moved else "与这次发布相同，没有新版本")
    return True


def _note(home: Home, error: "Exception | duckdb.Error") -> None:
    path, before = failure_file(home), read_failure(home)
    since = (before.since if before else datetime.now(UTC)).isoformat(timespec="seconds")
    said = str(error).strip().splitlines()[0]
    replace_file(path, json.dumps({"since": since, "said": said}, ensure_ascii=False))
    log.error(
        "lake: 湖仓没有跟上这次发布（%s 起）：%s。快照文件已照常发布；湖仓恢复后，下一次发布一并补上",
        since,
        said,
    )
