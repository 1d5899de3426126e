"""Until when figures are complete, and which source is silent: sentences that stand beside every figure (marts.freshness)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.warehouse.snapshot import open_snapshot

_SOURCES = """
SELECT source, source_path, line, line_name, complete_until, is_silent, failure, newest_scan
FROM marts.freshness($notice) WHERE is_silent IS NOT NULL
"""
_HELD = "SELECT path FROM marts.held_entries WHERE notice_id = $notice AND held_at <= $as_of"
MOST_SHOWN = 3


def say_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Source:
    """One source that somebody has made, and how far it is known."""

    source: str
    source_path: str
    line: str
    line_name: str | None
    complete_until: datetime | None
    is_silent: bool
    failure: str | None
    newest_scan: datetime | None


@dataclass(frozen=True)
class Freshness:
    """What is known of a notice's sources. Moments are naive, in the notice's zone."""

    sources: tuple[Source, ...]
    held: tuple[str, ...]
    """Paths that were seen by `as_of` and could not be taken in."""
    as_of: datetime

    @property
    def complete_until(self) -> datetime | None:
        """The province's: the earliest of all sources; None where one was never read whole."""
        moments = [one.complete_until for one in self.sources]
        known = [moment for moment in moments if moment]
        return min(known) if known and len(known) == len(moments) else None

    @property
    def newest_scan(self) -> datetime | None:
        return max((one.complete_until for one in self.sources if one.complete_until), default=None)

    def sentences(
        self, say: Callable[[datetime], str] = say_moment, *, is_public: bool = False
    ) -> tuple[str, ...]:
        """What a reader of figures as of `as_of` must be told (Chinese, without a full stop); nothing where they are
        complete. What is circulated (`is_public`) names neither files nor the failures of machines."""
        newest = self.newest_scan
        said = []
        if newest is None:
            said.append("还没有一个来源读全过")
        elif newest < self.as_of:
            said.append(f"所问的时刻 {say(self.as_of)} 晚于最近一次收件 {say(newest)}，其后收到的都不在内")
        for one in self.sources:
            if self._is_behind(one):
                why = (
                    f"（{one.failure.rstrip('。')}）"
                    if one.failure and one.is_silent and not is_public
                    else ""
                )
                said.append(_behind(one, say) + why)
        if self.held:
            shown = "、".join(self.held[:MOST_SHOWN]) + (" 等" if len(self.held) > MOST_SHOWN else "")
            said.append(
                f"有 {len(self.held)} 个条目看到了而没能收下，不在内" + ("" if is_public else f"：{shown}")
            )
        return tuple(said)

    def _is_behind(self, one: Source) -> bool:
        """Whether it is behind the moment that was asked for and behind another source; that all are is said once."""
        bound = min(self.as_of, self.newest_scan or self.as_of)
        return one.complete_until is None or one.complete_until < bound

    def record(self) -> dict[str, Any]:
        """For a manifest: moments as ISO text."""
        return {
            "complete_until": _iso(self.complete_until),
            "newest_scan": _iso(self.newest_scan),
            "sources": [
                {
                    "source": one.source,
                    "path": one.source_path,
                    "line": one.line,
                    "complete_until": _iso(one.complete_until),
                    "is_silent": one.is_silent,
                }
                for one in self.sources
            ],
            "held_entries": len(self.held),
            "sentences": list(self.sentences()),
        }


def find_freshness(connection: duckdb.DuckDBPyConnection, notice_id: str, as_of: datetime) -> Freshness:
    """How fresh figures as of a moment are."""
    rows = connection.execute(_SOURCES, {"notice": notice_id}).fetchall()
    held = connection.execute(_HELD, {"notice": notice_id, "as_of": as_of}).fetchall()
    return Freshness(tuple(Source(*row) for row in rows), tuple(path for (path,) in held), as_of)


def ask_freshness(path: Path, notice_id: str, as_of: datetime) -> Freshness:
    """The same, of the published snapshot."""
    with open_snapshot(path) as connection:
        return find_freshness(connection, notice_id, as_of)


def _behind(one: Source, say: Callable[[datetime], str]) -> str:
    line = one.line_name or one.line
    if one.complete_until is None:
        return f"“{line}”的数不全：来源 {one.source_path} 从未读全"
    return f"“{line}”的数只到 {say(one.complete_until)} 为全：来源 {one.source_path} 其后没有读到"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
