"""The little that Airflow's DAG files need of each notice, kept as JSON beside the home's data: parsing them reads no roster.

A card is made by reading the whole folder once, and again when a file of it, the shared words or this program changed. Nothing
heavier than this module is imported for a card that is kept already.
"""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines import notice as notices
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import ROOT, Home
from pipelines.ground.whole import replace_file

if TYPE_CHECKING:
    from pipelines.notice.model import Notice

FILES = ("notice.yaml", "recipients.csv", "regions.csv", "units_changes.csv", "notice.txt")
NOTICES = ROOT / "notices"
_PROGRAM = Path(__file__).parent


@dataclass(frozen=True)
class Card:
    """One notice, for those who only say when what runs. One whose folder is wrong has `problems` and nothing else."""

    id: str
    title: str = ""
    timezone: str = "UTC"
    opens: date = date.min
    closes: date = date.max
    mails: bool = False
    mails_bulletins: bool = False
    reads_bounces: bool = False
    pushes: bool = False
    """Whether it has feeds, or recommends."""
    give_up_after_hours: int = 0
    """How long after it closed a mail or a push of it may still wait."""
    reminds: bool = False
    visits_columns: bool = False
    moments: tuple[str, ...] = ()
    """When its bulletins are planned, in its zone."""
    approval_hours: int = 0
    """How long a person has to sign a bulletin; 0 where nobody is asked."""
    approval_otherwise: str = ""
    selects: bool = False
    selection_moments: tuple[str, ...] = ()
    """When its shortlists are made, in its zone."""
    selection_at: str = ""
    selection_line: str = ""
    selection_by_two: bool = False
    problems: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def is_open(self, now: datetime, after: timedelta = timedelta(0)) -> bool:
        """Whether a moment lies in the days that the notice is open, or `after` that."""
        begun, ended = now.astimezone(self.zone).date(), (now - after).astimezone(self.zone).date()
        return self.opens <= begun and ended <= self.closes


def list_notices(folder: Path = NOTICES) -> list[str]:
    """The ids of all notices there are, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/notice.yaml"))


def list_cards(home: Home, folder: Path = NOTICES, seconds: float = inf) -> list[Card]:
    """The cards of all notices there are, by id; those whose folder is wrong among them.

    After so many seconds the rest is as it was kept before, and what is new is left for the next time: Airflow gives up a DAG
    file after half a minute, with all its DAGs.
    """
    until, found = time.monotonic() + seconds, []
    for notice_id in notices.list_notices():
        place, made_of = _place(home, notice_id), _signature(folder / notice_id)
        if (card := _read_kept(place, made_of)) is None:
            is_late = time.monotonic() > until
            card = _read_kept(place, None) if is_late else _make(place, notice_id, made_of)
        if card is not None:
            found.append(card)
    return found


def read_card(home: Home, notice_id: str, folder: Path = NOTICES) -> Card:
    """The card of this notice, as its folder is now."""
    place, made_of = _place(home, notice_id), _signature(folder / notice_id)
    return _read_kept(place, made_of) or _make(place, notice_id, made_of)


def _place(home: Home, notice_id: str) -> Path:
    return home.path / "cache" / "cards" / f"{notice_id}.json"


def _read_kept(place: Path, made_of: list[list[Any]] | None) -> Card | None:
    """The card that was kept of this folder, or of any state of it; None where there is none."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(place.read_bytes())
        if made_of is None or kept["made_of"] == made_of:
            return _card_of(kept["card"])
    return None


def _make(place: Path, notice_id: str, made_of: list[list[Any]]) -> Card:
    card = make_card(notice_id)
    _keep(place, {"made_of": made_of, "card": asdict(card)})
    return card


def make_card(notice_id: str) -> Card:
    """The card, from the notice's whole folder."""
    try:
        return _describe(notices.load_notice(notice_id))
    except BadNoticeError as error:
        return Card(notice_id, problems=tuple(error.problems))


def _describe(notice: "Notice") -> Card:
    from pipelines.notice.bulletins import planned_moments
    from pipelines.notice.selection import selection_moments

    mail, remind, approval, said = notice.mail, notice.remind, notice.bulletins.approval, notice.selection
    return Card(
        id=notice.id,
        title=notice.title,
        timezone=notice.timezone,
        opens=notice.opens,
        closes=notice.closes,
        mails=mail is not None,
        mails_bulletins=bool(mail and mail.bulletins_to),
        reads_bounces=bool(mail and mail.bounces),
        pushes=bool(notice.feeds or notice.recommend),
        give_up_after_hours=max(
            (one.give_up_after_hours for one in (mail, notice.feeds, notice.recommend) if one), default=0
        ),
        reminds=remind is not None,
        visits_columns=bool(remind and remind.columns_every_hours),
        moments=tuple(moment.isoformat() for moment in planned_moments(notice)),
        approval_hours=approval.wait_hours if approval else 0,
        approval_otherwise=approval.otherwise if approval else "",
        selects=said is not None,
        selection_moments=tuple(moment.isoformat() for moment in selection_moments(notice)),
        selection_at=f"{said.at:%H:%M}" if said else "",
        selection_line=notice.lines[said.line] if said else "",
        selection_by_two=bool(said and said.second_opinion),
    )


def _card_of(kept: dict[str, Any]) -> Card:
    """Raises KeyError or TypeError where another program kept it."""
    if kept.keys() != {one.name for one in fields(Card)}:
        raise KeyError("columns")
    days = {name: date.fromisoformat(kept[name]) for name in ("opens", "closes")}
    lists = {name: tuple(kept[name]) for name in ("moments", "selection_moments", "problems")}
    return Card(**{**kept, **days, **lists})


def _signature(home: Path) -> list[list[Any]]:
    """Name, size, time and number of every file that a notice is made of, and of the program that reads it."""
    return [*_stat([home / name for name in FILES] + [home.parent / "words.yaml"]), *_program()]


@cache
def _program() -> list[list[Any]]:
    return _stat(sorted(_PROGRAM.glob("*.py")))


def _stat(paths: list[Path]) -> list[list[Any]]:
    found = []
    for path in paths:
        with suppress(FileNotFoundError):
            status = path.stat()
            found.append([path.name, status.st_size, status.st_mtime_ns, status.st_ino])
    return found


def _keep(path: Path, content: dict[str, Any]) -> None:
    """In one step: two processes may make the same card at once. Where it cannot be kept, it is made again next time."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, json.dumps(content, ensure_ascii=False, default=date.isoformat))
