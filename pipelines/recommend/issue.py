"""Issue: a package is recorded, and sent once, by mail or through a connection. A second run says what the first one did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice.feeds import Recommend
from pipelines.notice.model import Notice
from pipelines.recommend.contents import Item
from pipelines.recommend.package import Package, recommend_settings, write_package
from pipelines.recommend.table import NAME
from pipelines.select.chosen import Chosen, read_chosen
from pipelines.send.addresses import addressees
from pipelines.send.compose import File, Mail
from pipelines.send.letter import Letter
from pipelines.send.outbox import Outbox, Queued
from pipelines.send.push_records import Push, Target
from pipelines.send.pushes import Noted, Pushes
from pipelines.send.records import to_text

PURPOSE: Final = "recommendation"
_MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".json": "application/json",
}
_RECORD = """
INSERT INTO recommendations (notice_id, recommendation_id, as_of, made_at, sha256) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (notice_id, recommendation_id) DO UPDATE SET sha256 = excluded.sha256, made_at = excluded.made_at
WHERE recommendations.sha256 <> excluded.sha256
"""
_FORGET = "DELETE FROM recommended WHERE notice_id = ? AND recommendation_id = ?"
_ITEM = "INSERT INTO recommended VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SENT = """
UPDATE recommendations SET sent_to = ?, sent_at = ? WHERE notice_id = ? AND recommendation_id = ? AND sent_at IS NULL
"""


@dataclass(frozen=True)
class Issued:
    """A package, and what was known of it before. `queued` is None where nothing was to be sent."""

    package: Package
    made_before: str | None
    sent_before: str | None
    queued: Queued | None
    is_made_otherwise: bool = False
    """Whether the same items left already, in other bytes: by a program that did not clean them, or by other libraries."""


def recommend(home: Home, notice: Notice, as_of: datetime, to: Path, now: datetime, is_sent: bool) -> Issued:
    """The package of what is selected as of a moment; with `is_sent`, queued where the notice says. Moments are naive.

    Raises NoticesError where one of the same moment left already with other items.
    """
    return issue(home, notice, read_chosen(home, notice, as_of), as_of, to, now, is_sent)


def issue(
    home: Home, notice: Notice, chosen: tuple[Chosen, ...], as_of: datetime, to: Path, now: datetime, is_sent: bool
) -> Issued:  # fmt: skip
    """As `recommend`, of what is given."""
    settings = recommend_settings(notice)
    if is_sent and not settings.mail_to and not settings.connection:
        raise NoticesError(
            f"通知 {notice.id} 的 recommend 里没有写 mail_to 或 connection，不知道送到哪里（见 docs/feeds.md）"
        )
    package = write_package(home, notice, chosen, as_of, to)
    with Pushes(home.pushes) as pushes, pushes.preparing():
        made, sent, sha256 = _known(pushes, notice, package)
        if sent and sha256 != package.sha256:
            if _left(pushes, notice, package) == [_trace(item) for item in package.items]:
                return Issued(package, made, sent, None, True)
            raise NoticesError(
                f"截至 {as_of} 的推荐包 {sent} 已经送出，现在的内容与那时不同（入选或材料后来有变动）。请换一个时刻另送"
            )
        record = list(_record(notice, package, as_of, now))
        pushes.queue(notice.id, [], now, timedelta(), record)
        queued = _send(home, notice, settings, package, pushes, now) if is_sent else None
    return Issued(package, made, sent, queued)


def _known(pushes: Pushes, notice: Notice, package: Package) -> tuple[str | None, str | None, str | None]:
    """When a package of this moment was made first and was queued, and its hash."""
    found = pushes.ask(
        "SELECT made_at, sent_at, sha256 FROM recommendations WHERE notice_id = ? AND recommendation_id = ?",
        notice.id,
        package.recommendation_id,
    )
    return found[0] if found else (None, None, None)


def _left(pushes: Pushes, notice: Notice, package: Package) -> list[tuple[object, ...]]:
    """The items of the package of this moment that left, in order."""
    return pushes.ask(
        "SELECT position, item_id, submission_id, path, sheet, row_number FROM recommended "
        "WHERE notice_id = ? AND recommendation_id = ? ORDER BY position",
        notice.id,
        package.recommendation_id,
    )


def _trace(item: Item) -> tuple[object, ...]:
    one = item.chosen
    return (item.number, one.item_id, one.submission_id, one.path, one.sheet, one.row_number)


def _record(notice: Notice, package: Package, as_of: datetime, now: datetime) -> Iterator[Noted]:
    key = (notice.id, package.recommendation_id)
    yield Noted(_RECORD, ((*key, to_text(as_of), to_text(now), package.sha256),))
    yield Noted(_FORGET, (key,))
    rows = []
    for item in package.items:
        number, item_id, *trace = _trace(item)
        rows.append((*key, number, item_id, item.folder, len(item.files), *trace))
    yield Noted(_ITEM, tuple(rows))


def _send(
    home: Home, notice: Notice, settings: Recommend, package: Package, pushes: Pushes, now: datetime
) -> Queued:
    names = "、".join(settings.mail_to) if settings.mail_to else settings.connection
    sent = Noted(_SENT, ((names, to_text(now), notice.id, package.recommendation_id),))
    if settings.mail_to:
        with Outbox(home.mail) as outbox:
            queued = outbox.queue(notice, _mails(notice, settings, package), now)
        pushes.queue(notice.id, [], now, timedelta(), [sent])
        return queued
    target = Target(PURPOSE, settings.connection or "", settings.path or "")
    give_up_after = timedelta(hours=settings.give_up_after_hours)
    made = [(target, one) for one in _pushes(package)]
    return pushes.queue(notice.id, made, now, give_up_after, [sent])


def _pushes(package: Package) -> Iterator[Push]:
    """A push a file, the sums of the parts last: where they lie, all lies."""
    *names, sums = package.names
    for name in (*names, *package.too_large, sums):
        media_type = _MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
        content = (package.folder / name).read_bytes()
        yield Push(
            PURPOSE,
            f"{package.recommendation_id}/{name}",
            f"{package.folder.name}/{name}",
            media_type,
            content,
        )


def _mails(notice: Notice, settings: Recommend, package: Package) -> Iterator[Mail]:
    """To each member of the lists one mail a part; the table goes with the first."""
    publisher = settings.publisher or notice.bulletins.publisher or notice.issuer
    tables = tuple(
        File(f"{NAME}{end}", (package.folder / f"{NAME}{end}").read_bytes()) for end in (".docx", ".xlsx")
    )
    count = len(package.parts)
    for to in addressees(notice, settings.mail_to, {}):
        for number, name in enumerate(package.parts, 1):
            which = f"（第 {number} 封，共 {count} 封）" if count > 1 else ""
            subject = f"{notice.bulletins.subject or notice.title}：推荐材料 {len(package.items)} 件{which}"
            said = [
                f"随信附上推荐材料的压缩包 {name}，解开后每件一个文件夹，目录和校验码见其中的 manifest.json、sha256sums.txt。",
                *(f"文件 {one} 太大，没有附上，请向我们索取。" for one in package.too_large if number == 1),
            ]
            letter = Letter(subject, to.mailbox.name or settings.to, tuple(said), (publisher,))
            files = (*(tables if number == 1 else ()), File(name, (package.folder / name).read_bytes()))
            what = f"{package.recommendation_id}-{number}of{count}"
            yield Mail(
                PURPOSE, to.recipient, what, to.mailbox, subject, letter.text, letter.html, files, to.member
            )
