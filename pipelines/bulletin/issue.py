"""Issue: a draft becomes public or is withheld; what is public stands in the index and goes into the outbox, once."""

import logging
from datetime import datetime
from typing import Any, Literal

from pipelines.bulletin.extract import Extracts
from pipelines.bulletin.index import write_index
from pipelines.bulletin.letter import make_mails
from pipelines.bulletin.shelf import Shelf
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.notice import Notice
from pipelines.send.addresses import addressees, unit_mailboxes
from pipelines.send.compose import Mail
from pipelines.send.outbox import Outbox, Queued

log = logging.getLogger(__name__)
Choice = Literal["release", "withhold"]


@one_writer
def issue(
    home: Home,
    notice: Notice,
    stem: str,
    now: datetime,
    choice: Choice = "release",
    decision: dict[str, Any] | None = None,
    mails: bool = True,
) -> dict[str, Any]:
    """Publishes or withholds what this stem names; told again, it changes nothing and mails nobody twice.

    `decision` is kept beside it: who chose, when, in which words. Mail goes as queued at `now`; with `mails` false none is
    queued, and `held_back` says how many it would have been.
    """
    shelf = Shelf(home, notice.id)
    place = shelf.find(stem)
    if place == "withheld" or (place == "draft" and choice == "withhold"):
        shelf.withhold(stem, decision or {})
        log.info("issue: %s 不发%s", stem, _in_words(decision))
        return {"stem": stem, "is_published": False, "new": 0, "known": 0}
    folder = shelf.publish(stem, decision or {})
    index = write_index(shelf, notice)
    found = _write(home, notice, shelf, stem, mails)
    if not mails:
        log.info("issue: %s 已发布在 %s；没有要求发信，%d 封邮件没有放入发件箱", stem, folder, len(found))
        return {"stem": stem, "is_published": True, "new": 0, "known": 0, "held_back": len(found)}
    queued = Queued(0, 0)
    if found:
        with Outbox(home.mail) as outbox:
            queued = outbox.queue(notice, found, now)
    log.info(
        "issue: %s %s在 %s，目录 %s；邮件新入发件箱 %d 封，已有 %d 封",
        stem,
        "早已发布" if place == "published" else "发布",
        folder,
        index,
        queued.new,
        queued.known,
    )
    return {"stem": stem, "is_published": True, "new": queued.new, "known": queued.known}


def _write(home: Home, notice: Notice, shelf: Shelf, stem: str, is_sent: bool) -> list[Mail]:
    """One mail for each address of the notice's lists. A notice without mail has bulletins all the same.

    Extracts of cities are only made for what is sent, and go with bulletins, not with corrections.
    """
    if notice.mail is None or not notice.mail.bulletins_to:
        return []
    record = shelf.read(stem)
    units = unit_mailboxes(home, notice, record.as_of)
    to, folder = addressees(notice, notice.mail.bulletins_to, units), shelf.folder(stem)
    if not is_sent or record.kind == "correction":
        return make_mails(notice, record, folder, to)
    return make_mails(notice, record, folder, to, Extracts(home, notice, record.as_of).for_unit)


def _in_words(decision: dict[str, Any] | None) -> str:
    return f"（{decision['by'] or '到时没有答复'}：{decision['words'] or '没有说明'}）" if decision else ""
