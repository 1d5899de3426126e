"""The files that a selected item came in, and their bytes as they were received: also those of members of archives and mails."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb

from pipelines.archive.objects import read_object
from pipelines.archive.store import Archive
from pipelines.ground.errors import ArchiveFault
from pipelines.ground.settings import Settings
from pipelines.read.open import detect_format
from pipelines.read.pack import PACKED, unpack

Media = Literal["picture", "video", "document", "workbook"]
LONGEST = 120
"""Letters of a cleaned name, its suffix apart."""
# A form answer is a row of an export that holds everybody's answers: that file is not its own and goes nowhere.
_FILES = """
WITH
asked AS (
    SELECT item_id, current_item_id, submission_id FROM marts.selections_as_of($notice, $t)
    WHERE item_id IN (SELECT unnest($items::VARCHAR[]))
),
found AS (
    SELECT asked.item_id, 0 AS place, asked.submission_id, 'workbook' AS media
    FROM asked
    UNION ALL
    SELECT asked.item_id, 1, belongings.submission_id, belongings.media
    FROM asked
    INNER JOIN core.belongings_at($notice, $t) AS belongings ON asked.current_item_id = belongings.item_id
)
SELECT
    found.item_id, found.media, submissions.path, submissions.sha256, submissions.size,
    receipts.path AS receipt_path, receipts.sha256 AS object_sha256
FROM found
INNER JOIN core.submissions ON found.submission_id = submissions.submission_id
INNER JOIN raw.receipts
    ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
WHERE submissions.notice_id = $notice AND submissions.answer_key IS NULL
ORDER BY found.item_id, found.place, submissions.received_at, submissions.path
"""
_ATTACHED = """
SELECT
    belongings.item_id, belongings.media, submissions.path, submissions.sha256, submissions.size,
    receipts.path AS receipt_path, receipts.sha256 AS object_sha256
FROM core.belongings_at($notice, $t) AS belongings
INNER JOIN core.submissions ON belongings.submission_id = submissions.submission_id
INNER JOIN raw.receipts
    ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
WHERE submissions.notice_id = $notice AND belongings.item_id IN (SELECT unnest($items::VARCHAR[]))
ORDER BY belongings.item_id, submissions.received_at, submissions.path
"""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


@dataclass(frozen=True)
class Original:
    """A file as it was received. `path` as received; `object_sha256`, `receipt_path`: the receipt that it is, or lies in."""

    name: str
    path: str
    sha256: str
    media: Media
    size: int
    object_sha256: str
    receipt_path: str


def read_originals(
    snapshot: duckdb.DuckDBPyConnection,
    notice_id: str,
    as_of: datetime,
    items: Iterable[str],
    reveal: Callable[[Any], Any],
) -> dict[str, tuple[Original, ...]]:
    """By item that is selected: first the file that holds its row, then what belongs to it."""
    return _read(_FILES, snapshot, {"notice": notice_id, "t": as_of, "items": list(items)}, reveal)


def read_belongings(
    snapshot: duckdb.DuckDBPyConnection,
    notice_id: str,
    as_of: datetime,
    items: Iterable[str],
    reveal: Callable[[Any], Any],
) -> dict[str, tuple[Original, ...]]:
    """By material that is current: what belongs to it, selected or not."""
    return _read(_ATTACHED, snapshot, {"notice": notice_id, "t": as_of, "items": list(items)}, reveal)


def _read(
    query: str, snapshot: duckdb.DuckDBPyConnection, asked: dict[str, Any], reveal: Callable[[Any], Any]
) -> dict[str, tuple[Original, ...]]:
    found: dict[str, list[Original]] = defaultdict(list)
    for item, media, path, sha256, size, receipt_path, object_sha256 in snapshot.execute(
        query, asked
    ).fetchall():
        whole = reveal(path)
        found[item].append(
            Original(clean_name(whole), whole, sha256, media, size, object_sha256, reveal(receipt_path))
        )
    return defaultdict(tuple, {item: tuple(files) for item, files in found.items()})


def clean_name(path: str) -> str:
    """The file's own name, one that every system can write: without folders, archives around it, and forbidden letters."""
    last = re.split(r"[/\\]", path.rpartition("!")[2])[-1]
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", last)).strip(" .") or "未命名"
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:LONGEST]}{dot}{suffix}" if stem else name[:LONGEST]


def original_bytes(archive: Archive, original: Original) -> bytes:
    """What was received, checked against its sha256. Raises ArchiveFault where it is not there any more."""
    content = read_object(archive.object_path(original.object_sha256))
    if original.object_sha256 == original.sha256:
        return content
    kind = detect_format(content, original.receipt_path)
    members = unpack(content, Settings.load(), kind if kind in PACKED else "mail")
    for one in members:
        if hashlib.sha256(one.content).hexdigest() == original.sha256:
            return one.content
    raise ArchiveFault(
        f"{original.path} 在收件 {original.receipt_path}（{original.object_sha256}）里找不到了：档案里的内容与登记不符，"
        "请运行 notices fsck 核对档案"
    )
