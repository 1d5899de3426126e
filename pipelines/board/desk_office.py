"""Queues of the desk about our own side: notices, sources, bulletins to be signed, mails."""

from collections.abc import Iterator
from datetime import timedelta

from pipelines.board.entries import Desk, Entry, settle
from pipelines.bulletin.shelf import Shelf
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.lock import show_newest
from pipelines.notice import list_notices, load_notice

SILENT = timedelta(hours=1)
"""A source is silent that was not read for so long while others were."""
_SOURCES = """
SELECT source, scanned_at, failed_at, failure, is_healthy, max(scanned_at) OVER () AS newest
FROM marts.source_health WHERE notice_id = $notice AND is_healthy IS NOT NULL
ORDER BY source
"""
_HELD = "SELECT source, path, sentence, held_at FROM marts.held_entries WHERE notice_id = $notice AND held_at <= $t"
_MAILS = """
SELECT mails.mail_key, mails.recipient_code, mails.purpose, mails.state, mails.error, mails.changed_at, recipients.recipient
FROM marts.mails AS mails
LEFT JOIN marts.recipients AS recipients
    ON mails.notice_id = recipients.notice_id AND mails.recipient_code = recipients.recipient_code
WHERE mails.notice_id = $notice AND mails.state IN ('failed', 'unsure', 'bounced')
ORDER BY mails.changed_at DESC
"""


_PUSHES = """
SELECT push_key, destination, purpose, name, state, error, changed_at FROM marts.feeds
WHERE notice_id = $notice AND state IN ('failed', 'unsure')
ORDER BY changed_at DESC, push_key
"""


def find_broken(desk: Desk) -> Iterator[Entry]:
    """Notices whose folder is wrong: nothing is collected for them until it is put right."""
    for notice_id in list_notices():
        if notice_id == desk.notice.id:
            continue
        try:
            load_notice(notice_id)
        except BadNoticeError as error:
            yield Entry(f"notice:{notice_id}", notice_id, str(error), None)


def find_sources(desk: Desk) -> Iterator[Entry]:
    """Sources of which the last scan failed, or that were passed over while others were read."""
    paths = {one.id: one.path for one in desk.notice.sources}
    for row in desk.snapshot.ask(_SOURCES):
        what = str(paths.get(row["source"], row["source"]))
        if not row["is_healthy"]:
            yield Entry(
                f"source:{row['source']}:{row['failed_at']}", what, row["failure"] or "", row["failed_at"]
            )
        elif row["newest"] - row["scanned_at"] >= SILENT:
            said = f"别的来源读到 {row['newest']}，它最近一次读全是 {row['scanned_at']}"
            yield Entry(f"silent:{row['source']}:{row['scanned_at']}", what, said, row["scanned_at"])


def find_bulletins(desk: Desk) -> Iterator[Entry]:
    """Drafts that wait for a signature: it is given in Airflow's page, where the task that asks for it waits."""
    approval = desk.notice.bulletins.approval
    if approval is None:
        return
    show_newest(desk.home)
    shelf = Shelf(desk.home, desk.notice.id)
    for one in shelf.drafts():
        # Another machine may have decided about one that this machine still has.
        if one.kind in approval.asked and shelf.find(one.stem) == "draft":
            yield Entry(
                f"bulletin:{one.stem}",
                f"{one.title}{one.subtitle}",
                "稿子已成，等着审签：在“需要操作”页答复，点左边看稿",
                one.as_of,
                link=f"/bulletins/bulletin__{desk.notice.id}/drafts/{one.stem}",
            )


def find_held(desk: Desk) -> Iterator[Entry]:
    """Entries that were seen and could not be taken in."""
    for row in desk.snapshot.ask(_HELD, t=desk.at):
        entry_id = f"held:{row['source']}:{row['path']}:{row['held_at']}"
        yield Entry(entry_id, row["path"], row["sentence"], row["held_at"], offers=(settle(entry_id),))


def find_mails(desk: Desk) -> Iterator[Entry]:
    """Mails that did not leave, may not have arrived, or came back."""
    words = {"failed": "没发成", "unsure": "收下与否不明", "bounced": "被退信"}
    for row in desk.snapshot.ask(_MAILS):
        entry_id = f"mail:{row['mail_key']}:{row['state']}"
        yield Entry(
            entry_id,
            words[row["state"]],
            row["error"] or "",
            row["changed_at"],
            row["recipient"] or row["recipient_code"],
            row["recipient_code"] if row["recipient"] else "",
            offers=(settle(entry_id),),
        )


def find_pushes(desk: Desk) -> Iterator[Entry]:
    """Pushes that did not leave, or of which nobody here can tell whether they arrived."""
    words = {"failed": "没推成", "unsure": "收下与否不明"}
    for row in desk.snapshot.ask(_PUSHES):
        entry_id = f"push:{row['push_key']}:{row['state']}"
        what = f"{words[row['state']]}：{row['name']} 推到 {row['destination']}"
        yield Entry(entry_id, what, row["error"] or "", row["changed_at"], offers=(settle(entry_id),))
