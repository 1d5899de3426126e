"""Incidents without a readable table: broken files, archives, junk, pictures, foreign lists, and folders of nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.notice.obligations import Obligation
from pipelines.sample import broken
from pipelines.sample.documents import write_docx
from pipelines.sample.grids import Cell, Grid, write_table
from pipelines.sample.parcels import End, Parcel, digest
from pipelines.sample.photos import write_photo
from pipelines.sample.phrases import load_phrases
from pipelines.sample.units import Desk
from pipelines.sample.zips import pack_zip


def send_unreadable(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """An upload that broke off, bytes that mean nothing, and an empty file."""
    salt = f"{desk.code}/{desk.next_number()}"
    yield _refuse(desk, obligation, "unreadable", broken.write_cut_workbook(foreign_table(salt)), ".xlsx")
    yield _refuse(desk, obligation, "unreadable", broken.write_noise(salt), ".xls")
    yield _refuse(desk, obligation, "unreadable", b"", ".xlsx")


def send_encrypted(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A workbook with a password, and an archive with one."""
    salt = f"{desk.code}/{desk.next_number()}"
    yield _refuse(desk, obligation, "encrypted", broken.write_encrypted_office(salt), ".xlsx")
    yield _refuse(desk, obligation, "encrypted", broken.write_locked_zip([("1.txt", salt.encode())]), ".zip")


def send_too_large(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    bomb = broken.write_bomb_workbook(f"{desk.code}/{desk.next_number()}")
    yield _refuse(desk, obligation, "too_large", bomb, ".xlsx")


def send_unsafe_archives(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """An archive with a name that leaves the folder; and one three levels deep, whose third level is refused."""
    members = [("1.txt", f"{desk.code}/{desk.next_number()}".encode())]
    yield _refuse(desk, obligation, "unsafe_archive", broken.write_leaving_zip(members), ".zip")
    name = f"{desk.notice.deliverables[obligation.deliverable].file_words[0]}.zip"
    third = pack_zip([("2.txt", members[0][1])])
    whole = _refuse(desk, obligation, "unsafe_archive", pack_zip([(name, pack_zip([(name, third)]))]), ".zip")
    (end,) = whole.ends
    yield replace(whole, ends=(replace(end, path=f"{whole.path}!{name}!{name}", content=digest(third)),))


def send_foreign_tables(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A list of something else: of no deliverable, or by its name of one, and then without a valid row."""
    phrases = load_phrases()
    arrived_at = _some_moment(desk, obligation)
    path, content = (
        desk.place(phrases.foreign_name, ".xlsx"),
        foreign_table(f"{desk.code}/{desk.next_number()}"),
    )
    end = End(path, arrived_at, "rejected", desk.code, "", "unknown_deliverable", content=digest(content))
    yield Parcel(path, content, arrived_at, (end,))
    yield _refuse(
        desk, obligation, "no_valid_row", foreign_table(f"{desk.code}/{desk.next_number()}"), ".xlsx"
    )


def send_unread_format(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A report as rich text: by its name a table, in a format whose tables are not read."""
    content = f"{{\\rtf1\\ansi {desk.code}/{desk.next_number()}}}".encode()
    yield _refuse(desk, obligation, "unsupported_format", content, ".rtf")


def send_junk(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """What systems and office programs leave behind (contract section 4)."""
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "~$1.xlsx", "1.tmp", "__MACOSX/1.xlsx"):
        arrived_at = _some_moment(desk, obligation)
        path = desk.take(f"{desk.unit.folder}/{name}")
        yield Parcel(path, path.encode(), arrived_at, (End(path, arrived_at, "ignored"),))


def send_pictures(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A photograph, the same one again, and a document that is only prose."""
    phrases, arrived_at = load_phrases(), _some_moment(desk, obligation)
    photo = write_photo(f"{desk.code}/{desk.next_number()}")
    prose = write_docx([*phrases.prose, f"{desk.code}/{desk.next_number()}"])
    for stem, suffix, content in (
        (phrases.photo, ".jpg", photo),
        (phrases.photo, ".jpg", photo),
        (phrases.article, ".docx", prose),
    ):
        path = desk.place(stem, suffix)
        end = End(path, arrived_at, "attachment", desk.code, content=digest(content))
        yield Parcel(path, content, arrived_at, (end,))
        arrived_at = desk.arrive(arrived_at + timedelta(minutes=7))


def send_to_returned(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """The system's own folder is never collected: no end at all."""
    path = desk.take(
        f"{desk.unit.folder}/{desk.notice.words.returned_folder}/{load_phrases().foreign_name}.xlsx"
    )
    yield Parcel(path, foreign_table(desk.code), _some_moment(desk, obligation), ())


STRAYS = (
    send_unreadable, send_encrypted, send_too_large, send_unsafe_archives, send_foreign_tables, send_junk,
    send_pictures, send_to_returned,
)  # fmt: skip


def foreign_table(salt: str) -> bytes:
    """A workbook whose headers no deliverable knows."""
    phrases = load_phrases()
    foreign: list[list[Cell]] = [[*row] for row in phrases.foreign_rows]
    rows: list[list[Cell]] = [list(phrases.foreign_headers), *foreign, [phrases.note, salt]]
    return write_table([Grid("Sheet1", rows)], "xlsx")


def _refuse(desk: Desk, obligation: Obligation, reason: str, content: bytes, suffix: str) -> Parcel:
    """A file that is refused whole; what it was meant to be is told by its name."""
    arrived_at = _some_moment(desk, obligation)
    path = desk.place(desk.name_file(obligation.deliverable, arrived_at), suffix, arrived_at)
    end = End(
        path, arrived_at, "rejected", desk.code, obligation.deliverable, reason, content=digest(content)
    )
    return Parcel(path, content, arrived_at, (end,))


def _some_moment(desk: Desk, obligation: Obligation) -> datetime:
    return desk.arrive(obligation.due_at - timedelta(seconds=desk.rng.randrange(6 * 3600)))
