"""What differs between two snapshots of the same receipts: figures that moved, and files that ended otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ask.figures import Figures
from pipelines.ground.errors import NoticesError
from pipelines.warehouse.snapshot import open_snapshot

_FIGURES = "SELECT city_code, city, figure, value FROM marts.figures_as_of($notice, $as_of)"
_STATISTICS = """
SELECT city_code, city, concat_ws(' ', deliverable, period, indicator) AS figure, amount::DOUBLE
FROM marts.statistics_by_city_as_of($notice, $as_of)
"""
_FILES = """
WITH ended AS (
    SELECT path, received_at, concat_ws(' ', recipient_code, deliverable, state, reason, rejected_rows) AS ending
    FROM marts.files WHERE notice_id = $notice AND received_at <= $as_of
)
SELECT path, received_at, string_agg(ending, ' / ' ORDER BY ending) FROM ended GROUP BY path, received_at
"""
COLUMNS = ["kind", "city_code", "city", "what", "value_before", "value_after"]


@dataclass(frozen=True)
class Differences:
    """As of one moment. Rows are (kind, city_code, city, what, before, after); before or after is None where there was none."""

    as_of: datetime
    figures: tuple[tuple[Any, ...], ...]
    files: tuple[tuple[Any, ...], ...]

    @property
    def table(self) -> Figures:
        """Figures first, then files."""
        return Figures(COLUMNS, [*self.figures, *self.files])

    def in_words(self, shown: int = 5) -> str:
        """One sentence for a log."""
        if not self.figures and not self.files:
            return "没有一个数变，也没有一个文件的结论变"
        some = "；".join(
            f"{city} {what} {_say(before)}→{_say(after)}"
            for _, _, city, what, before, after in self.figures[:shown]
        )
        more = " 等" if len(self.figures) > shown else ""
        told = f"{len(self.figures)} 个数变了" + (f"（{some}{more}）" if some else "")
        return f"{told}，{len(self.files)} 个文件的结论变了"


def compare(before: Path, after: Path, notice_id: str, as_of: datetime) -> Differences:
    """What `after` says otherwise than `before` of a moment. Raises NoticesError where the older one cannot be asked."""
    asked = {"notice": notice_id, "as_of": as_of}
    try:
        old = _ask(before, asked)
    except duckdb.CatalogException as error:
        raise NoticesError(
            f"已发布的数据是旧版程序做的，无从逐个比较（{str(error).splitlines()[0]}）"
        ) from error
    new = _ask(after, asked)
    figures = [
        ("figure", code, city, figure, was, now)
        for (code, city, figure), was, now in _changed(old[0] | old[1], new[0] | new[1])
        if not _is_same(was, now)
    ]
    files = [("file", None, None, path, was, now) for (path, _), was, now in _changed(old[2], new[2])]
    return Differences(as_of, tuple(figures), tuple(files))


def _ask(path: Path, asked: dict[str, Any]) -> list[dict[tuple[Any, ...], Any]]:
    with open_snapshot(path) as connection:
        return [
            {row[:-1]: row[-1] for row in connection.execute(query, asked).fetchall()}
            for query in (_FIGURES, _STATISTICS, _FILES)
        ]


def _changed(
    old: Mapping[tuple[Any, ...], Any], new: Mapping[tuple[Any, ...], Any]
) -> Iterable[tuple[tuple[Any, ...], Any, Any]]:
    for key in sorted({*old, *new}, key=lambda key: tuple(map(str, key))):
        if old.get(key) != new.get(key) or (key in old) != (key in new):
            yield key, old.get(key), new.get(key)


def _is_same(was: Any, now: Any) -> bool:
    """Sums of the same numbers in another order."""
    return isinstance(was, float) and isinstance(now, float) and abs(was - now) <= 1e-9 * max(1, abs(was))


def _say(value: Any) -> str:
    return "—" if value is None else f"{value:g}"
