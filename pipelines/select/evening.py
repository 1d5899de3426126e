"""A shortlist is made once for each evening and kept as it was: archive/shortlists/<notice>.jsonl, appended, synced and chained."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.durable import JsonLines
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.selection import latest_selection, selection_moments
from pipelines.select.looks import Looks, find_twins
from pipelines.select.originals import read_belongings
from pipelines.select.shortlist import Candidate, Placed, shorten
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import open_snapshot

TOLD = (
    *(
        "item_id",
        "recipient_code",
        "recipient",
        "city",
        "activity_date",
        "title",
        "material_type",
        "category",
    ),
    *("pictures", "videos", "documents", "score_complete", "score_media", "score_link", "score_new_category"),
    *("score_new_county", "score_reach", "score", "recommended_by", "path", "sheet", "row_number"),
)
"""What is kept of each candidate beside its place and why."""
_CANDIDATES = "SELECT * FROM marts.candidates_as_of($notice, $t)"


@dataclass(frozen=True)
class Evening:
    """A shortlist as it was made: as of which moment, and all candidates in their order, the list first."""

    as_of: datetime
    made_at: datetime
    rows: tuple[dict[str, Any], ...]

    @property
    def listed(self) -> list[dict[str, Any]]:
        return [one for one in self.rows if one["place"]]


def read_evenings(home: Home, notice_id: str) -> dict[datetime, Evening]:
    """Those that were made, by their moment."""
    return _known(JsonLines(_path(home, notice_id), ensure_ascii=False))


def moment_of_day(notice: Notice, day: date) -> datetime:
    """When a day's shortlist is made. Raises NoticesError where there is none on that day."""
    moments = selection_moments(notice)
    found = next((one for one in moments if one.date() == day), None)
    if found is None:
        when = f"{moments[0].date()} 至 {moments[-1].date()} 每天一份" if moments else "本通知不遴选"
        raise NoticesError(f"{day} 没有初选名单：{when}")
    return found


def make_evening(home: Home, notice: Notice, as_of: datetime, now: datetime) -> Evening:
    """The shortlist of a planned moment: made now, or as it was made before. Raises NoticesError where nothing is known of it yet."""
    if latest_selection(notice, as_of) != as_of:
        moment_of_day(notice, as_of.date())
        raise NoticesError(f"{as_of} 不出初选名单；这一天的在 {moment_of_day(notice, as_of.date())}")
    with _writing(home, notice.id) as lines:
        if known := _known(lines).get(as_of):
            return known
        if now < as_of:
            raise NoticesError(f"{as_of} 的初选名单还没有到时候（现在 {now}）")
        rows = [tell(one) for one in find_shortlist(home, notice, as_of)]
        record = {"as_of": as_of.isoformat(), "made_at": now.isoformat(), "rows": rows}
        lines.append([record])
        return _evening(record)


def find_shortlist(home: Home, notice: Notice, as_of: datetime) -> list[Placed]:
    """The shortlist as it would be made of what is published now; pictures that nobody looked at yet are looked at."""
    selection = notice.selection
    if selection is None:
        raise NoticesError(f"通知 {notice.id} 不遴选：notice.yaml 里没有 selection 一节")
    before = max((moment for moment in selection_moments(notice) if moment < as_of), default=None)
    with open_snapshot(home.published) as snapshot:
        candidates = [one for one in read_candidates(snapshot, notice, as_of) if _is_due(one, before)]
        pictured = [one["item_id"] for one in candidates if one["pictures"]]
        reveal = Masks.newest(home).revealer().reveal
        belongings = read_belongings(snapshot, notice.id, as_of, pictured, reveal)
    looks = Looks(home).look(notice, [file for files in belongings.values() for file in files])
    twins = find_twins(
        {item: [looks[file.sha256] for file in belongings[item] if file.sha256 in looks] for item in pictured}
    )
    return shorten(candidates, selection, twins)


def read_candidates(snapshot: duckdb.DuckDBPyConnection, notice: Notice, as_of: datetime) -> list[Candidate]:
    """All current materials with their scores, the highest first."""
    found = snapshot.execute(_CANDIDATES, {"notice": notice.id, "t": as_of})
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _is_due(one: Candidate, before: datetime | None) -> bool:
    """New since the shortlist before (None: there was none), or put before the people again."""
    is_new = before is None or one["first_known_at"] > before
    return is_new or bool(one["recommended_by"] or one["was_selected"])


def tell(placed: Placed) -> dict[str, Any]:
    """A candidate as it is kept and printed."""
    told = {name: placed.candidate[name] for name in TOLD}
    day = told["activity_date"]
    return {"place": placed.place, "why": placed.why, **told, "activity_date": day and day.isoformat()}


def _known(lines: JsonLines) -> dict[datetime, Evening]:
    return {one.as_of: one for one in (_evening(record) for record in lines.read())}


def _evening(record: dict[str, Any]) -> Evening:
    return Evening(
        datetime.fromisoformat(record["as_of"]),
        datetime.fromisoformat(record["made_at"]),
        tuple(record["rows"]),
    )


def _path(home: Home, notice_id: str) -> Path:
    return home.archive / "shortlists" / f"{notice_id}.jsonl"


@contextmanager
def _writing(home: Home, notice_id: str) -> Iterator[JsonLines]:
    """The journal, for one writer at a time."""
    path = _path(home, notice_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield JsonLines(path, ensure_ascii=False)
