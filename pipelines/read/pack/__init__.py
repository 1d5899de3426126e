"""Archives and mails -> the files in them, each with the names that lead to it. An archive or mail inside is opened too."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.ground.junk import is_junk
from pipelines.ground.settings import Settings
from pipelines.read.findings import FileRejected, unsafe_archive
from pipelines.read.open.formats import Format, detect_format
from pipelines.read.opening import opening
from pipelines.read.pack import letters
from pipelines.read.pack.archives import extract
from pipelines.read.pack.automatic import is_automatic
from pipelines.read.pack.headers import sender, subject
from pipelines.read.pack.member import Member, Room, unused

__all__ = ["PACKED", "Mail", "Member", "read_mail", "unpack"]

PACKED: frozenset[Format] = frozenset({"zip", "mail"})
"""Formats that are opened here."""


@dataclass(frozen=True)
class Mail:
    """What a mail holds. `is_automatic`: a machine's answer or a delivery failure, which submits nothing."""

    subject: str
    is_automatic: bool
    members: list[Member]
    sender: str = ""


def unpack(content: bytes, settings: Settings, file_format: Format = "zip") -> Iterator[Member]:
    """All files in an archive or a mail, in path order; what breaks a limit, or is damaged, comes as itself, with the reason.

    Never raises for what they hold."""
    opener = _Opener(Room(settings))
    return (
        opener.open_mail(content, (), 0, ())
        if file_format == "mail"
        else opener.open_archive(content, (), 1, ())
    )


def read_mail(content: bytes, settings: Settings) -> Mail:
    """A mail that came by itself. Never raises: a part that makes no sense is left as it is."""
    try:
        with opening():
            message = letters.parse(content)
            title, own, is_machines = subject(message), sender(message), is_automatic(message)
    except FileRejected as rejection:
        return Mail("", False, [Member((), content, rejection)])
    if is_machines:
        return Mail(title, True, [], own)
    found = _Opener(Room(settings)).open_mail(content, (), 0, ())
    members = [one for one in found if one.names or one.is_body or one.rejection]
    return Mail(title, False, members, own)


@dataclass(frozen=True)
class _Opener:
    room: Room

    def open_archive(
        self, content: bytes, names: tuple[str, ...], depth: int, senders: tuple[str, ...]
    ) -> Iterator[Member]:
        try:
            if depth > self.room.settings.max_archive_depth:
                raise unsafe_archive("压缩包里套了三层。请解开后把文件直接放进一个压缩包报送")
            members = extract(content, self.room, depth)
        except FileRejected as rejection:
            yield Member(names, content, rejection, senders)
            return
        while members:
            name = next(iter(members))
            yield from self._open(members.pop(name), (*names, name), depth, senders)

    def _open(
        self, content: bytes, names: tuple[str, ...], depth: int, senders: tuple[str, ...]
    ) -> Iterator[Member]:
        """A member, or what is in it. `depth` is that of the archive it lies in."""
        kind = detect_format(content, names[-1]) if content and not is_junk(names[-1]) else "unknown"
        if kind == "zip":
            yield from self.open_archive(content, names, depth + 1, senders)
        elif kind == "mail":
            yield from self.open_mail(content, names, depth, senders)
        else:
            yield Member(names, content, senders=senders)

    def open_mail(
        self, content: bytes, names: tuple[str, ...], depth: int, outer: tuple[str, ...]
    ) -> Iterator[Member]:
        """What a mail brought; the mail itself where that is nothing."""
        try:
            with opening():
                message = letters.parse(content)
                is_machines, own = is_automatic(message), sender(message)
                found = [] if is_machines else list(letters.parts(message))
            self.room.check_count(len(found))
        except FileRejected as rejection:
            yield Member(names, content, rejection, outer)
            return
        taken: set[str] = set()
        for part in found:
            senders = (*part.senders, *outer)
            if part.is_page:
                place = names if part.name is None else (*names, unused(part.name, taken))
                yield Member(place, part.content, senders=senders, is_body=True)
                continue
            place = (*names, unused(part.name or "附件", taken))
            if part.rejection:
                yield Member(place, part.content, part.rejection, senders)
            else:
                yield from self._open(part.content, place, depth, senders)
        if not found:
            yield Member(names, content, senders=(own, *outer), is_automatic=is_machines)
