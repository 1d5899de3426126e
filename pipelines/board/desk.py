"""待办: all that waits for a person, most urgent first, each with the decisions that fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from pipelines.board.asking import Row, Snapshot
from pipelines.decide.record import Decisions
from pipelines.notice.model import Notice
from pipelines.notice.sources import MailboxSource

_FILES = """
SELECT submission_id, path, recipient, recipient_code, deliverable, received_at, reason, sentence
FROM marts.files
WHERE notice_id = $notice AND received_at <= $t AND state = 'rejected' AND list_contains($reasons, reason)
ORDER BY received_at DESC, path
"""
_STRAYS = """
SELECT submission_id, path, recipient, recipient_code, deliverable, received_at, reason, sentence
FROM marts.files
WHERE notice_id = $notice AND received_at <= $t AND state = 'attachment' AND recipient_code IS NULL
    AND len(list_filter($places, lambda place: starts_with(path, place))) > 0
ORDER BY received_at DESC, path
"""
_STRAY = (
    "邮箱里的这一件认不出是哪个单位的，里面没有要读的表。是哪个单位报来的请认领，与报送无关的请标“不作报送”"
)
_NOTES = """
SELECT
    submission_id, path, recipient, recipient_code, code, any_value(sentence) AS sentence, count(*) AS times,
    any_value(received_at) AS received_at
FROM marts.notes
WHERE notice_id = $notice AND list_contains($codes, code) AND received_at <= $t
GROUP BY ALL ORDER BY received_at DESC, path, code
"""
_CHECKS = """
SELECT recipient, recipient_code, deliverable, period, compares_with, sentence
FROM marts.statistics_checks_as_of($notice, $t) WHERE is_warning
"""
_SOURCES = (
    "SELECT source, failed_at, failure FROM marts.source_health WHERE notice_id = $notice AND NOT is_healthy"
)
_HELD = """
SELECT source, path, sentence, held_at FROM marts.held_entries
WHERE notice_id = $notice AND held_at <= $t ORDER BY held_at, path
"""
_MAILS = """
SELECT mails.mail_key, mails.recipient_code, mails.purpose, mails.state, mails.error, mails.changed_at, recipients.recipient
FROM marts.mails AS mails
LEFT JOIN marts.recipients AS recipients
    ON mails.notice_id = recipients.notice_id AND mails.recipient_code = recipients.recipient_code
WHERE mails.notice_id = $notice AND mails.state IN ('failed', 'unsure', 'bounced')
ORDER BY mails.changed_at DESC
"""
_COLUMNS = """
SELECT recipient_code, recipient, url, checked_at, failure FROM marts.column_checks
WHERE notice_id = $notice AND is_latest AND NOT is_ok
ORDER BY checked_at DESC
"""
_NOBODY = ("unknown_recipient",)
_CONFLICT = ("recipient_conflict",)
_UNREAD = (
    "unsupported_format",
    "encrypted",
    "unreadable",
    "too_large",
    "unsafe_archive",
    "unknown_deliverable",
)
_UNREAD_NOTES = ("unread_sheet", "unread_table", "unread_column", "unread_row", "unread_document")


@dataclass(frozen=True)
class Offer:
    """A decision that fits: its kind and what its form is filled with beforehand."""

    kind: str
    given: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """One thing that waits. `id` is what a person settles it by."""

    id: str
    what: str
    sentence: str
    at: datetime | None
    unit: str = ""
    unit_code: str = ""
    file: str = ""
    """The submission, where it is about one."""
    offers: tuple[Offer, ...] = ()


@dataclass
class Queue:
    """All entries of one sort."""

    title: str
    entries: list[Entry] = field(default_factory=list)


Find = Callable[[Snapshot, Notice, datetime], Iterator[Entry]]


def find_queues(snapshot: Snapshot, notice: Notice, decisions: Decisions, at: datetime) -> list[Queue]:
    """What waits as of a moment, most urgent sort first; what a person settled is not among it. Sorts without any are left out."""
    settled = {str(one.subject.get("id")) for one in decisions.kind("settle") if decisions.holds(one, at)}
    found = []
    for title, find in SORTS.items():
        entries = [one for one in find(snapshot, notice, at) if one.id not in settled]
        if entries:
            found.append(Queue(title, entries))
    return found


def _settle(entry_id: str) -> Offer:
    return Offer("settle", {"subject": entry_id})


def _sources(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    paths = {one.id: one.path for one in notice.sources}
    for row in snapshot.ask(_SOURCES):
        entry_id = f"source:{row['source']}:{row['failed_at']}"
        yield Entry(
            entry_id, str(paths.get(row["source"], row["source"])), row["failure"] or "", row["failed_at"]
        )


def _files(reasons: tuple[str, ...]) -> Find:
    def find(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
        for row in snapshot.ask(_FILES, t=at, reasons=list(reasons)):
            entry_id = f"file:{row['submission_id']}"
            yield Entry(
                entry_id,
                row["path"],
                row["sentence"] or "",
                row["received_at"],
                row["recipient"] or "",
                row["recipient_code"] or "",
                row["submission_id"],
                (*_claims(row), Offer("set_aside", {"path": row["path"]}), _settle(entry_id)),
            )

    return find


def _held(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    """What was seen and could not be taken in: it goes away by itself once it can be."""
    for row in snapshot.ask(_HELD, t=at):
        entry_id = f"held:{row['source']}:{row['path']}:{row['held_at']}"
        yield Entry(entry_id, row["path"], row["sentence"], row["held_at"], offers=(_settle(entry_id),))


def _strays(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    """What mailboxes hold that is nobody's and no table: letters without a file, pictures, invitations."""
    places = [f"{one.path}/" for one in notice.sources if isinstance(one, MailboxSource)]
    for row in snapshot.ask(_STRAYS, t=at, places=places) if places else ():
        entry_id = f"file:{row['submission_id']}"
        offers = (Offer("assign", {"path": row["path"]}), Offer("set_aside", {"path": row["path"]}))
        yield Entry(
            entry_id,
            row["path"],
            _STRAY,
            row["received_at"],
            file=row["submission_id"],
            offers=(*offers, _settle(entry_id)),
        )


def _claims(row: Row) -> Iterator[Offer]:
    yield Offer("assign", {"path": row["path"]})
    # 教育厅收件/某某学院/日报.xlsx: the folder's name is what the unit calls itself.
    folders = PurePosixPath(row["path"].split("!")[0]).parts
    if row["reason"] == "unknown_recipient" and len(folders) > 2:
        yield Offer("know_as", {"alias": folders[1]})


def _notes(codes: tuple[str, ...]) -> Find:
    def find(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
        for row in snapshot.ask(_NOTES, t=at, codes=list(codes)):
            entry_id = f"note:{row['submission_id']}:{row['code']}"
            more = f"（等 {row['times']} 处）" if row["times"] > 1 else ""
            yield Entry(
                entry_id,
                row["path"],
                f"{row['sentence']}{more}",
                row["received_at"],
                row["recipient"] or "",
                row["recipient_code"] or "",
                row["submission_id"],
                (_settle(entry_id),),
            )

    return find


def _checks(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    for row in snapshot.ask(_CHECKS, t=at):
        place = (row["recipient_code"], row["deliverable"], row["period"], row["compares_with"])
        entry_id = f"check:{':'.join(place)}:{row['sentence']}"
        yield Entry(
            entry_id,
            notice.deliverables[row["deliverable"]].name,
            row["sentence"],
            None,
            row["recipient"],
            row["recipient_code"],
            offers=(_settle(entry_id),),
        )


def _mails(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    words = {"failed": "没发成", "unsure": "收下与否不明", "bounced": "被退信"}
    for row in snapshot.ask(_MAILS):
        entry_id = f"mail:{row['mail_key']}:{row['state']}"
        yield Entry(
            entry_id,
            words[row["state"]],
            row["error"] or "",
            row["changed_at"],
            row["recipient"] or row["recipient_code"],
            row["recipient_code"] if row["recipient"] else "",
            offers=(_settle(entry_id),),
        )


def _columns(snapshot: Snapshot, notice: Notice, at: datetime) -> Iterator[Entry]:
    for row in snapshot.ask(_COLUMNS):
        entry_id = f"column:{row['recipient_code']}:{row['url']}"
        yield Entry(
            entry_id,
            row["url"],
            row["failure"] or "",
            row["checked_at"],
            row["recipient"],
            row["recipient_code"],
            offers=(_settle(entry_id),),
        )


SORTS: dict[str, Find] = {
    "没有读全的来源": _sources,
    "没能收下的文件、邮件和答卷": _held,
    "认不出单位的文件": _files(_NOBODY),
    "认不出是谁的邮件": _strays,
    "填报单位与文件夹不符的文件": _files(_CONFLICT),
    "没有读成的文件": _files(_UNREAD),
    "没发成或收下与否不明的信": _mails,
    "统计表与每日材料对不上": _checks,
    "合计与各行之和不符": _notes(("total_differs",)),
    "没有读的工作表、列和行": _notes(_UNREAD_NOTES),
    "打不开的专栏": _columns,
}
"""In the order of urgency: what keeps figures back first."""
