"""Queues of the desk about files: whose they are, what could not be read of them, and names that can be learnt."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from pipelines.board.asking import Row
from pipelines.board.entries import Desk, Entry, Find, Offer, settle
from pipelines.decide.learning import find_learnable

_FILES = """
SELECT submission_id, path, recipient, recipient_code, deliverable, received_at, reason, sentence
FROM marts.files
WHERE
    notice_id = $notice AND received_at <= $t AND (
        (state = 'rejected' AND list_contains($reasons, reason))
        OR (
            (state = 'attachment' OR (state = 'rejected' AND reason = 'no_valid_row'))
            AND recipient_code IS NULL AND list_contains($reasons, 'unknown_recipient')
        )
    )
ORDER BY received_at DESC, path
"""
_STRAY = "认不出是哪个单位的，里面没有要读的表。是哪个单位报来的请认领，与报送无关的请标“不作报送”"
_NOTES = """
SELECT
    submission_id, path, recipient, recipient_code, code, any_value(sentence) AS sentence, count(*) AS times,
    any_value(received_at) AS received_at
FROM marts.notes
WHERE notice_id = $notice AND list_contains($codes, code) AND received_at <= $t
GROUP BY ALL ORDER BY received_at DESC, path, code
"""


def find_files(*reasons: str) -> Find:
    """Files that ended for one of these reasons; of nobody also those that hold nothing to read."""

    def find(desk: Desk) -> Iterator[Entry]:
        for row in desk.snapshot.ask(_FILES, t=desk.at, reasons=list(reasons)):
            entry_id = f"file:{row['submission_id']}"
            yield Entry(
                entry_id,
                row["path"],
                row["sentence"] or _STRAY,
                row["received_at"],
                row["recipient"] or "",
                row["recipient_code"] or "",
                row["submission_id"],
                (*_claims(row), Offer("set_aside", {"path": row["path"]}), settle(entry_id)),
            )

    return find


def _claims(row: Row) -> Iterator[Offer]:
    yield Offer("assign", {"path": row["path"]})
    # 教育厅收件/某某学院/日报.xlsx: the folder's name is what the unit calls itself.
    folders = PurePosixPath(row["path"].split("!")[0]).parts
    if row["reason"] == "unknown_recipient" and len(folders) > 2:
        yield Offer("know_as", {"alias": folders[1]})


def find_notes(*codes: str) -> Find:
    """Files with notes of these codes, one entry a file and code."""

    def find(desk: Desk) -> Iterator[Entry]:
        for row in desk.snapshot.ask(_NOTES, t=desk.at, codes=list(codes)):
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
                (settle(entry_id),),
            )

    return find


def find_lessons(desk: Desk) -> Iterator[Entry]:
    """Names under which a person assigned two files to one unit, with the files that knowing the name would settle."""
    unknown = desk.snapshot.ask(_FILES, t=desk.at, reasons=["unknown_recipient"])
    names = {one.code: one.name for one in desk.notice.recipients}
    paths = [row["path"] for row in unknown]
    for one in find_learnable(desk.notice, desk.decisions, desk.at, paths):
        entry_id = f"name:{one.recipient}:{one.alias}:{len(one.decisions)}"
        yield Entry(
            entry_id,
            one.alias,
            one.sentence,
            one.decisions[-1].decided_at,
            names[one.recipient],
            one.recipient,
            offers=(Offer("know_as", {"alias": one.alias, "recipients": one.recipient}), settle(entry_id)),
            lines=one.others,
        )
