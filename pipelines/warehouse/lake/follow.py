"""The lake follows each publish and never stands in its way: what fails is said, noted for the alarms, and caught up later."""

import json
import logging
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import do_waiting, hold, when_let_go
from pipelines.ground.settings import Settings
from pipelines.ground.whole import replace_file
from pipelines.warehouse.lake.followed import (
    QUIET,
    Followed,
    State,
    file_of,
    note_followed,
    note_owed,
    read_followed,
)

if TYPE_CHECKING:
    from pipelines.warehouse.lake.published import Published

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


def follow_soon(home: Home, before: State | None = None, only: Collection[str] = ()) -> None:
    """As follow_publish, once this process lets go of the writer's lock; where nothing but scans moved, only now and then."""
    if not _is_set():
        return
    do_waiting(home)
    held = note_owed(home, before, only)
    if not (held.is_quiet and _is_fresh(held)) and (work := _prepare(home, held)):
        when_let_go(home, work)


def follow_publish(home: Home, before: State | None = None, only: Collection[str] = ()) -> bool:
    """Brings the lake up to the snapshot that has just been published. False where there is no lake, or it could not.

    `only` names the relations in which it differs from the file that `before` stood in its place; none: any may.
    """
    if not _is_set():
        return False
    held = read_followed(home)
    if held.owed is None and held.file is not None and held.file == file_of(home.published):
        return True
    work = _prepare(home, note_owed(home, before, only))
    return work is not None and work()


def follow_left(home: Home) -> None:
    """What this home published and the lake does not hold: its publisher was killed, or could not, or nothing but scans moved."""
    if not _is_set():
        return
    held = read_followed(home)
    if held.owed is None or (held.is_quiet and _is_fresh(held)) or held.owed != file_of(home.published):
        return
    with _noting(home), hold(home):
        if held.owed == file_of(home.published):
            follow_soon(home, held.owed if held.is_quiet else None, [QUIET] if held.is_quiet else [])


def _is_set() -> bool:
    return bool(os.environ.get(SETTING, "").strip())


def _is_fresh(held: Followed) -> bool:
    """A clock that was set back makes nothing fresh for long."""
    return 0 <= time.time() - held.at < Settings.load().lake_quiet_minutes * 60


def _prepare(home: Home, held: Followed) -> Callable[[], bool] | None:
    """What follows: it is this process's turn now, and the snapshot is open. None where it is not, which is noted."""
    from pipelines.warehouse.lake.published import open_published
    from pipelines.warehouse.lake.turn import take_turn

    with ExitStack() as stack, _noting(home):
        require_turn = stack.enter_context(take_turn(home))
        published = stack.enter_context(open_published(home.published))
        return partial(_follow, home, held, published, require_turn, stack.pop_all())
    return None


def _follow(
    home: Home, held: Followed, published: "Published", require_turn: Callable[[], None], turn: ExitStack
) -> bool:
    from pipelines.warehouse.lake.commit import commit_changes
    from pipelines.warehouse.lake.place import find_place

    with turn, _noting(home):
        place = find_place(home)
        assert place, "it is set"
        known = (held.version, [QUIET]) if held.is_quiet else (None, [])
        moved, newest = commit_changes(place, published, *known, require_turn)
        note_followed(home, held.owed, newest)
        failure_file(home).unlink(missing_ok=True)
        log.info("lake: %s", f"已跟上这次发布，变了 {moved} 处" if moved else "与这次发布相同，没有新版本")
        return True
    return False


@contextmanager
def _noting(home: Home) -> Iterator[None]:
    """What goes wrong inside is noted, and goes no further."""
    import duckdb

    try:
        yield
    except (NoticesError, duckdb.Error, OSError) as error:
        _note(home, error)


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
