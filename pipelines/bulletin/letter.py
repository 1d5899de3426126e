"""A published bulletin as mail: what it says in a few paragraphs, the pictures, and the documents attached."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from pipelines.bulletin.shelf import Record
from pipelines.notice import Notice
from pipelines.send.addresses import Addressee
from pipelines.send.compose import File, Mail
from pipelines.send.letter import Letter, Picture, Table

ATTACHED = (".docx", ".xlsx")
MOST_ROWS = 40
"""Of a correction's table in a mail; the rest is in the documents."""


def make_mails(
    notice: Notice,
    record: Record,
    folder: Path,
    addressees: list[Addressee],
    extract: Callable[[str], tuple[File | None, str]] = lambda code: (None, ""),
) -> list[Mail]:
    """One mail for each addressee, alike but for the greeting, a line of the reader's own, and the extract of its city, which
    `extract` gives by the unit's code with the sentence that says so. The stem says which it is."""
    files = _files(record, folder)
    subject = record.title + record.subtitle
    purpose = "correction" if record.kind == "correction" else "bulletin"
    found = []
    for one in addressees:
        own, said = extract(one.recipient)
        letter = _write(notice, record, one, said)
        found.append(
            Mail(
                purpose,
                one.recipient,
                record.stem,
                one.mailbox,
                subject,
                letter.text,
                letter.html,
                (*files, own) if own else files,
                one.member,
                thread="bulletins",
                is_circular=True,
            )
        )
    return found


def _files(record: Record, folder: Path) -> tuple[File, ...]:
    """Attached under the bulletin's title, which means more to a reader than the file's own name."""
    found = []
    for name in record.files:
        suffix = Path(name).suffix
        if suffix in ATTACHED:
            title = f"{record.title}{record.subtitle}{suffix}"
            found.append(File(title, (folder / name).read_bytes()))
        elif suffix == ".png":
            found.append(File(name, (folder / name).read_bytes(), "inline"))
    return tuple(found)


def _write(notice: Notice, record: Record, to: Addressee, said: str) -> Letter:
    own = record.units.get(to.recipient)
    blocks: list[str | Table | Picture] = [*([f"贵单位：{own}"] if own else []), *record.summary]
    if record.rows:
        blocks.append(Table(record.headers, record.rows[:MOST_ROWS]))
        if len(record.rows) > MOST_ROWS:
            blocks.append(f"共{len(record.rows)}处，其余见附件。")
    blocks += [Picture(name, _describe(name, notice)) for name in record.files if name.endswith(".png")]
    blocks.append("全文和各表见附件（docx 为公文稿，xlsx 为数据表）。" + said)
    greeting = to.mailbox.name or "各位同志"
    return Letter(record.title + record.subtitle, greeting, tuple(blocks), (record.publisher, record.signed))


def _describe(name: str, notice: Notice) -> str:
    """What a picture shows, for whoever cannot see it."""
    if name.endswith("-areas.png"):
        return f"各{notice.bulletins.area}已到期项的报送情况"
    return "各活动日材料数"


def describe_draft(record: Record, place: str) -> str:
    """A draft in Markdown for whoever decides about it: what it says, and where its documents are. `place` is their address."""
    links = "　".join(f"[{name}]({place}/{quote(name)})" for name in record.files)
    paragraphs = [_escape(paragraph) for paragraph in record.summary]
    rows = ["　".join(map(_escape, row)) for row in record.rows[:MOST_ROWS]]
    more = [f"共{len(record.rows)}处，其余见文件。"] if len(record.rows) > MOST_ROWS else []
    return "\n\n".join([*paragraphs, *rows, *more, f"文件：{links}"])


def _escape(text: str) -> str:
    """Units' names are text, never markup."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~-])", r"\\\1", text)
