"""What is wrong now, in the home and in each notice. Reads journals, the outbox, drafts and the disk; writes nothing.

Each look finds everything of its kinds that stands; one that could not look says why, and its kinds stay as they were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb

from pipelines.alarms.look_home import find_disk, find_lake, find_unreached_robots
from pipelines.alarms.look_pushes import find_pushes
from pipelines.alarms.record import ALL_OF_THE_HOME, KINDS, Alarm, Condition
from pipelines.archive.store import Archive, Journal
from pipelines.bulletin.shelf import DRAFTS, RECORD, Shelf
from pipelines.decide.journal import read_decisions
from pipelines.decide.record import Decisions
from pipelines.ground.durable import has_base
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.ground.handed import is_published
from pipelines.ground.home import Home
from pipelines.ground.lock import show_newest
from pipelines.ground.settings import Settings
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.sources import BY_HAND
from pipelines.send.outbox import Outbox
from pipelines.send.records import State
from pipelines.warehouse.known import read_known
from pipelines.warehouse.snapshot import kept_open, open_snapshot

DAY = timedelta(days=1)
_CHANGES = """
SELECT source, min(path), changed_at, list(sentence ORDER BY kind, before, after)
FROM marts.source_changes WHERE notice_id = $notice
GROUP BY source, changed_at ORDER BY changed_at, source
"""
MOST_CHANGES = 5
"""So many changes of one form are named; the board shows all."""
DAYS_OF_A_RHYTHM = 3
"""A source has one once something came on so many days."""
TIMES_THE_LONGEST = 2
"""It is broken by a silence of more than so many times the longest there was."""


@dataclass
class Seen:
    """What one look over a home found."""

    conditions: list[Condition] = field(default_factory=list)
    looked: set[tuple[str, str]] = field(default_factory=set)
    """(notice, kind) that were looked at to the end."""
    notices: list[Notice] = field(default_factory=list)
    """Those whose folder is right, open ones first."""
    known: set[str] = field(default_factory=set)
    """Ids of all notices that have a folder."""
    decisions: dict[str, Decisions] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    """Why something could not be looked at."""

    def has_looked(self, alarm: Alarm) -> bool:
        """Whether this look would have found it; a notice whose folder was taken away has no alarms any more."""
        is_left = bool(alarm.notice_id) and alarm.notice_id not in self.known
        return is_left or (alarm.notice_id, alarm.kind) in self.looked

    def settled_by(self, alarm: Alarm) -> str | None:
        """Who took it in hand, and why, by a decision that holds; an alarm of the home on any notice's desk."""
        for notice_id in [alarm.notice_id] if alarm.notice_id else list(self.decisions):
            decisions = self.decisions.get(notice_id, Decisions())
            if one := decisions.settled(datetime.max).get(alarm.entry_id):
                return f"{one.decided_by}：{one.reason}"
        return None


Find = Callable[[], Iterator[Condition]]


def look(home: Home, now: datetime, began: datetime, settings: Settings, folder: Path = NOTICES) -> Seen:
    """Everything that is wrong at `now` in a home that is looked after since `began`, both with their zone."""
    seen = Seen()
    for notice_id in list_notices(folder):
        seen.known.add(notice_id)
        try:
            seen.notices.append(load_notice(notice_id, folder))
        except BadNoticeError as error:
            more = f"（共 {len(error.problems)} 处）" if len(error.problems) > 1 else ""
            sentence = f"通知 {notice_id}：{error.problems[0]}{more}"
            seen.conditions.append(Condition("notice_folder", notice_id, "", sentence))
        seen.looked.add((notice_id, "notice_folder"))
    seen.notices.sort(key=lambda notice: not is_open(notice, notice.local(now)))
    _try(seen, ALL_OF_THE_HOME, {"disk"}, lambda: find_disk(home, settings))
    _try(seen, ALL_OF_THE_HOME, {"robots"}, lambda: find_unreached_robots(home))
    _try(seen, ALL_OF_THE_HOME, {"lake"}, lambda: find_lake(home, now))
    with kept_open(home.published):
        for notice in seen.notices:
            _look_at(seen, home, notice, notice.local(now), notice.local(began), settings)
    return seen


def _look_at(
    seen: Seen, home: Home, notice: Notice, now: datetime, began: datetime, settings: Settings
) -> None:
    """All of one notice; moments are naive, in its zone."""

    def find_sources() -> Iterator[Condition]:
        if not is_open(notice, now):
            return  # nothing is expected, and its journal is long
        journal = Archive(home.archive).journal(notice.id)
        yield from find_silence(notice, journal, now, began, patience)
        yield from find_quiet(notice, journal, now)
        yield from find_not_loaded(home, notice, journal, now, patience)

    patience = timedelta(minutes=settings.silent_minutes)

    def find_settled_mails() -> Iterator[Condition]:
        seen.decisions[notice.id] = read_decisions(home, notice.id)
        return find_mails(home, notice, seen.decisions[notice.id], now, settings)

    _try(seen, notice.id, {"no_collection", "source_silent", "source_quiet", "not_loaded"}, find_sources)

    def find_settled_pushes() -> Iterator[Condition]:
        return find_pushes(home, notice, read_decisions(home, notice.id), now, settings)

    _try(seen, notice.id, {"mails"}, find_settled_mails)
    _try(seen, notice.id, {"pushes"}, find_settled_pushes)
    _try(seen, notice.id, {"form_columns"}, lambda: find_form_changes(home, notice, now))
    _try(seen, notice.id, {"approval"}, lambda: find_approvals(home, notice, now, settings))


def _try(seen: Seen, notice_id: str, kinds: set[str], find: Find) -> None:
    assert kinds <= KINDS.keys()
    try:
        seen.conditions += find()
    except NoticesError as error:
        seen.errors.append(
            f"{notice_id or '全部'}：没能查 {'、'.join(KINDS[one].name for one in sorted(kinds))}：{error}"
        )
    else:
        seen.looked |= {(notice_id, kind) for kind in kinds if KINDS[kind].is_watched}


def is_open(notice: Notice, now: datetime) -> bool:
    return notice.opens <= now.date() <= notice.closes


def find_silence(
    notice: Notice, journal: Journal, now: datetime, began: datetime, patience: timedelta
) -> Iterator[Condition]:
    """An open notice that nobody collected, or else sources that could not be read whole, for longer than `patience`."""
    if not is_open(notice, now):
        return
    opened = max(datetime.combine(notice.opens, time.min), began)
    tried = [*journal.scanned.values(), *(moment for moment, _ in journal.failed.values())]
    last = max([*tried, opened])
    if now - last > patience:
        since = f"{last:%m-%d %H:%M} 以后" if tried else "开始以来"
        yield Condition("no_collection", notice.id, "", f"通知还开着，{since}没有收过件")
        return
    for source in notice.sources:
        failure = journal.failed.get(source.id)
        whole = journal.scanned.get(source.id)
        if not failure and not whole:
            continue  # a folder that nobody has made yet: nothing can have come there
        if now - max(whole or opened, opened) > patience:
            since = f"{whole:%m-%d %H:%M} 以后" if whole else "从来"
            why = f"：{failure[1].rstrip('。')}" if failure and (not whole or failure[0] >= whole) else ""
            yield Condition("source_silent", notice.id, source.id, f"来源 {source.path} {since}没有读全{why}")


def find_not_loaded(
    home: Home, notice: Notice, journal: Journal, now: datetime, patience: timedelta
) -> Iterator[Condition]:
    """What a scan took in more than `patience` ago and no cycle has published: the notice's own flow is paused, waits or hangs.

    Scans go on without it (sweep.py), so the silence of sources does not tell. A snapshot that cannot be opened tells nothing:
    the next sweep makes it anew.
    """
    late = [one for one in journal.receipts if one.source != BY_HAND and now - one.scanned_at > patience]
    known = read_known(home.published, [notice.id]) if late and is_open(notice, now) else None
    late = [one for one in late if one.id not in known.of(notice.id).receipts] if known else []
    if late:
        since = min(one.scanned_at for one in late)
        yield Condition(
            "not_loaded", notice.id, "", f"{since:%m-%d %H:%M} 以来收下的 {len(late)} 件还没有读表入库"
        )


def find_quiet(notice: Notice, journal: Journal, now: datetime) -> Iterator[Condition]:
    """Sources that are read and bring nothing, for more than twice the longest pause they ever made, while something is owed."""
    if not is_open(notice, now):
        return
    arrivals: dict[str, list[datetime]] = {}
    for receipt in journal.receipts:
        arrivals.setdefault(receipt.source, []).append(receipt.received_at)
    dues = [
        notice.local(one.due_at) for item in notice.deliverables.values() for one in item.periods.periods()
    ]
    for source in notice.sources:
        came = sorted(arrivals.get(source.id, []))
        if len({moment.date() for moment in came}) < DAYS_OF_A_RHYTHM or not any(
            due > came[-1] for due in dues
        ):
            continue
        longest = max(later - earlier for earlier, later in pairwise(came))
        if now - came[-1] > max(DAY, TIMES_THE_LONGEST * longest):
            sentence = f"来源 {source.path} 自 {came[-1]:%m-%d %H:%M} 起没有来件，此前最长只停过 {_in_words(longest)}"
            yield Condition("source_quiet", notice.id, source.id, sentence)


def find_mails(
    home: Home, notice: Notice, decisions: Decisions, now: datetime, settings: Settings
) -> Iterator[Condition]:
    """Mails that nobody can tell the end of, that failed, or that should have left long ago."""
    if notice.mail is None or not has_base(home.mail / "outbox.sqlite"):
        return
    settled = decisions.settled(datetime.max)
    with Outbox(home.mail) as outbox:
        counts = {
            word: sum(f"mail:{row.key}:{state}" not in settled for row in outbox.rows(state, notice.id))
            for word, state in (("没发成", State.failed), ("收下与否不明", State.unsure))
        }
        late = len(outbox.due(notice.id, now - timedelta(minutes=settings.silent_minutes)))
        is_held = (
            notice.mail.allowed_from(now) > now
            or outbox.handed_over(notice.mail.connection, now) >= notice.mail.per_day
        )
        counts[f"到时 {settings.silent_minutes} 分钟以上还没有发出"] = 0 if is_held else late
    if told := "、".join(f"{word} {count} 封" for word, count in counts.items() if count):
        yield Condition("mails", notice.id, "", f"邮件{told}")


def find_form_changes(home: Home, notice: Notice, now: datetime) -> Iterator[Condition]:
    """What somebody changed in a questionnaire or form while the notice is open: one a source and moment, with all its columns."""
    if not is_open(notice, now) or not is_published(home.published):
        return
    with open_snapshot(home.published) as snapshot:
        try:
            rows = snapshot.execute(_CHANGES, {"notice": notice.id}).fetchall()
        except duckdb.CatalogException:
            return  # published by a program that did not compare forms; the next cycle does
    for source, path, changed_at, sentences in rows:
        more = f"（共 {len(sentences)} 处）" if len(sentences) > MOST_CHANGES else ""
        said = "；".join(one.rstrip("。") for one in sentences[:MOST_CHANGES])
        sentence = f"来源 {path} {changed_at:%m-%d %H:%M} 看到：{said}{more}"
        yield Condition("form_columns", notice.id, f"{source} {changed_at.isoformat()}", sentence)


def find_approvals(home: Home, notice: Notice, now: datetime, settings: Settings) -> Iterator[Condition]:
    """Drafts that wait for a signature."""
    approval = notice.bulletins.approval
    if approval is None:
        return
    patience = min(timedelta(minutes=settings.approval_minutes), timedelta(hours=approval.wait_hours) / 2)
    show_newest(home)
    shelf = Shelf(home, notice.id)
    for path in sorted((shelf.root / DRAFTS).glob(f"*/{RECORD}")):
        record = shelf.read(path.parent.name)
        since = notice.local(datetime.fromtimestamp(path.stat().st_mtime, notice.zone))
        if record.kind in approval.asked and shelf.find(record.stem) == "draft" and now - since > patience:
            until = since + timedelta(hours=approval.wait_hours)
            what = {"release": "发出", "withhold": "不发"}[approval.otherwise]
            sentence = (
                f"{record.label}从 {since:%m-%d %H:%M} 起等人审签，{until:%m-%d %H:%M} 没有答复则{what}"
            )
            yield Condition("approval", notice.id, record.stem, sentence)


def _in_words(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} 天 {hours % 24} 小时" if hours >= 24 else f"{max(hours, 1)} 小时"
