"""The lake follows each publish and never stands in its way: what fails is said, noted for the alarms, and caught up later."""

import json
import logging
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.ground.home import Home
from pipelines.ground.whole import replace_file

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
    try:
        told = json.loads(path.read_text("utf-8"))
        return Failure(datetime.fromisoformat(told["since"]), str(told["said"]))
    except FileNotFoundError:
        return None  # it follows since a moment ago
    except (ValueError, KeyError, TypeError):
        log.warning("lake: %s 读不懂，只知道湖仓没有跟上", path)
        return Failure(datetime.fromtimestamp(path.stat().st_mtime, UTC), "记下的原因读不懂")


def follow_publish(
    home: Home, before: tuple[int, int, int] | None = None, only: Collection[str] = ()
) -> bool:
    """Brings the lake up to the snapshot that has just been published. False where there is no lake, or it could not.

    `only` names the relations in which it differs from the file that `before` stood in its place; none: any may.
    """
    if not os.environ.get(SETTING, "").strip():
        return False
    import duckdb

    from pipelines.ground.errors import NoticesError
    from pipelines.warehouse.lake.commit import commit_changes
    from pipelines.warehouse.lake.followed import note_followed, read_followed
    from pipelines.warehouse.lake.place import find_place

    try:
        place = find_place(home)
        assert place, "it is set"
        held = read_followed(home)
        version = held.version if held and held.file == before else None
        moved, newest = commit_changes(place, home.published, version, only)
        note_followed(home, newest)
    except (NoticesError, duckdb.Error, OSError) as error:
        _note(home, error)
        return False
    failure_file(home).unlink(missing_ok=True)
    log.info("lake: %s", f"已跟上这次发布，变了 {moved} 处" if moved else "与这次发布相同，没有新版本")
    return True


def _note(home: Home, error: Exception) -> None:
    from pipelines.warehouse.lake.place import in_words

    path, before = failure_file(home), read_failure(home)
    since = (before.since if before else datetime.now(UTC)).isoformat(timespec="seconds")
    said = in_words(error)
    replace_file(path, json.dumps({"since": since, "said": said}, ensure_ascii=False), is_synced=True)
    log.error(
        "lake: 湖仓没有跟上这次发布（%s 起）：%s。快照文件已照常发布；湖仓恢复后，下一次发布一并补上",
        since,
        said,
    )
