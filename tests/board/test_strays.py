"""What a mailbox holds that is nobody's waits on the desk, whatever it is; nothing of it is a void."""

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import duckdb
import pytest

from pipelines.board.asking import Snapshot
from pipelines.board.desk import SORTS
from pipelines.board.entries import Desk
from pipelines.decide.record import Decisions
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice import Notice, load_notice
from pipelines.notice.sources import MailboxSource
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission
from tests.read.open.files import zipped

AT = datetime(2020, 11, 9)
HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


@pytest.fixture(scope="module")
def notice() -> Notice:
    source = MailboxSource(id="mail", kind="mailbox", connection="c", path="邮箱", line="education")
    return load_notice("sd-vocational-week-2020").model_copy(update={"sources": (source,)})


def letter(
    name: str = "", content: bytes = b"", kind: str = "application/octet-stream", page: str = ""
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "stranger@example.org", "材料"
    mail.set_content("您好")
    if page:
        mail.add_alternative(page, subtype="html")
        mail.get_payload()[1].add_related(b"\xff\xd8\xff", "image", "jpeg", cid="<a>")  # type: ignore[union-attr, index]
    if name:
        mail.add_attachment(content, *kind.split("/"), filename=name)
    return mail.as_bytes()


def of_kind(kind: str) -> bytes:
    return HEAD + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n".encode()


def locked_zip() -> bytes:
    content = bytearray(zipped({"a.xlsx": "x" * 50}))
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


NOBODYS: dict[str, tuple[bytes, str | None]] = {
    "a letter": (letter(), None),
    "pictures in the letter": (letter(page="<img src='cid:a'>"), None),
    "a picture": (letter("a.jpg", b"\xff\xd8\xff1", "image/jpeg"), None),
    "an invitation": (letter("invite.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR", "text/calendar"), None),
    "an invitation in the letter": (of_kind("text/calendar"), None),
    "no mail at all": (bytes(range(256)) * 9, "unreadable"),
    "nothing": (b"", "unreadable"),
    "signed so that all is wrapped up": (of_kind("application/pkcs7-mime; smime-type=signed-data"), "unreadable"),
    "encrypted": (of_kind("application/pkcs7-mime; smime-type=enveloped-data"), "encrypted"),
    "encrypted with PGP": (HEAD + b"Content-Type: multipart/encrypted; boundary=B\r\n\r\n--B--\r\n", "encrypted"),
    "Outlook's wrapping, broken": (letter("winmail.dat", b"\x78\x9f\x3e\x22broken", "application/ms-tnef"), "unreadable"),
    "a locked archive": (letter("a.zip", locked_zip()), "encrypted"),
    "another archive": (letter("a.rar", b"Rar!\x1a\x07\x01\x00" + b"x" * 50), "unreadable"),
    "one more": (letter("a.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 50), "unreadable"),
    "a table of a stranger": (letter("a.csv", "活动日期,材料类型,标题,活动类别\n11月9日,稿件,甲,宣传活动".encode()), "unknown_recipient"),
    "what an office system sent": (b"Auto-Submitted: auto-generated\r\n" + letter("a.jpg", b"\xff\xd8\xff1", "image/jpeg"), None),
}  # fmt: skip


def read(notice: Notice, path: Path, content: bytes) -> list[Submission]:
    path.write_bytes(content)
    job = Job("r", "mail", "邮箱/1-1.eml", str(path), "0" * 64, len(content), AT)
    return Reader(notice, Settings()).read(job)


@pytest.mark.parametrize(("content", "reason"), NOBODYS.values(), ids=NOBODYS)
def test_a_strangers_mail_waits_on_the_desk(
    content: bytes, reason: str | None, notice: Notice, tmp_path: Path
) -> None:
    (found,) = read(notice, tmp_path / "mail", content)
    assert found.reason == reason
    with duckdb.connect() as connection:
        connection.execute(
            """
            CREATE SCHEMA marts;
            CREATE TABLE marts.files AS SELECT
                $1 AS notice_id, 's' AS submission_id, $2 AS path, NULL::VARCHAR AS recipient, $3::VARCHAR AS recipient_code,
                NULL::VARCHAR AS deliverable, $4 AS received_at, $5 AS state, $6::VARCHAR AS reason, '说明' AS sentence
            """,
            [notice.id, found.path, found.recipient_code, AT, found.outcome, found.reason],
        )
        desk = Desk(Snapshot(connection, notice.id, ""), notice, Decisions(), AT, Home(tmp_path))
        waiting = [entry for name in ("认不出单位的文件", "没有读成的文件") for entry in SORTS[name](desk)]
    assert [
        (one.what, {offer.kind for offer in one.offers} >= {"assign", "set_aside"}) for one in waiting
    ] == [(found.path, True)]


def test_a_signature_beside_a_report_is_no_report(notice: Notice, tmp_path: Path) -> None:
    parts = b"\r\n".join(
        b"--B\r\n" + part
        for part in (
            b"Content-Type: text/plain\r\n\r\nhello",
            b'Content-Type: image/jpeg; name="a.jpg"\r\nContent-Disposition: attachment\r\n\r\n\xff\xd8\xff1',
            b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIIB",
        )
    )
    mail = HEAD + b"Content-Type: multipart/signed; boundary=B\r\n\r\n" + parts + b"\r\n--B--\r\n"
    assert [one.path for one in read(notice, tmp_path / "mail", mail)] == ["邮箱/1-1.eml!a.jpg"]
