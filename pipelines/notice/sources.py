"""What a notice says of its sources: where submissions come from, and which line each belongs to."""

from typing import Annotated, Literal

from pydantic import Field

from pipelines.notice.fields import Code, Frozen, Word

BY_HAND = "by_hand"
"""The source of what a person registered: no notice lists it."""
BY_HAND_FOLDER = "代登记"
"""What its receipts' paths begin with."""


class FolderSource(Frozen):
    """A shared folder, one sub-folder a unit."""

    id: Code
    kind: Literal["folder"]
    path: Word
    line: Code
    place_returns: bool = Field(
        default=True, description="退回件放进单位文件夹下的“退回”文件夹；共享只读时不必改"
    )


class FormExportSource(Frozen):
    """A folder of a questionnaire service's exports; each repeats all earlier answers."""

    id: Code
    kind: Literal["form_export"]
    path: Word
    line: Code
    answer_number: Word
    submitted_at: Word
    metadata: tuple[Word, ...] = ()
    options: dict[Word, Word] = Field(
        default_factory=dict,
        description="改了名的选项：导出里现在的叫法 -> 原来的叫法；改名不算各单位修改了答卷",
    )


class RemoteFolderSource(Frozen):
    """A folder on a server (SFTP, SMB, WebDAV, S3), one sub-folder a unit."""

    id: Code
    kind: Literal["remote_folder"]
    connection: Code
    """The Airflow connection that says where the server is and how to log in."""
    remote_path: Word
    """The folder on the server: below the share, the bucket or the base address of the connection."""
    path: Word
    """What its files' paths start with in every list, as those of a shared folder do."""
    line: Code


class AnswerSource(Frozen):
    """What all sources of single answers have in common."""

    id: Code
    path: Word
    line: Code
    fields: dict[Word, Word] = Field(default_factory=dict)
    """A field of the form -> the header it is read as. Fields named like a column's code, and questions worded like a
    header, need none."""
    rows_at: Word | None = None
    """A group that was repeated: each time is a row."""


class FormService(AnswerSource):
    """A service that is asked for its answers."""

    connection: Code
    withdraw: bool = True
    """Whether an answer that was deleted on the service, or rejected there by a person, no longer counts from then on."""
    wait_hours: float = Field(default=24, ge=0)
    """How long an answer waits for files that were announced and have not come, before it is judged without them."""


class OdkSource(FormService):
    kind: Literal["odk_central"]
    project: int
    form: Word
    write_back: bool = False
    """Whether review states and comments are written to the service, so that the submitter sees them there."""


class KoboSource(FormService):
    kind: Literal["kobo"]
    asset: Word
    write_back: bool = False


class JinshujuSource(FormService):
    kind: Literal["jinshuju"]
    form: Word


class JinshujuFilesSource(AnswerSource):
    """A folder of what Jinshuju's webhook sent, one JSON file an answer; it holds no questions, so `fields` must."""

    kind: Literal["jinshuju_files"]
    files_from: tuple[Word, ...] = Field(
        default=(),
        description="推送里只有文件的链接：从哪些主机取（如 files.example.org，含其下级域名）；不写就不取",
    )


class JsonRecordsSource(FormService):
    """Any other service that gives records as JSON."""

    kind: Literal["json_records"]
    url: Word
    """Below the connection's address, or whole."""
    records_at: str = ""
    id_at: Word
    submitted_at: Word | None = None
    updated_at: Word | None = None
    next_at: Word | None = None
    page_parameter: Word | None = None
    auth: Literal["none", "basic", "bearer", "token"] = "bearer"


class MailboxSource(Frozen):
    """A mailbox that units send to. Each mail is taken in whole; its attachments are what was submitted."""

    id: Code
    kind: Literal["mailbox"]
    connection: Code
    path: Word
    line: Code
    folder: Word = "INBOX"
    """The mailbox's own folder, as people see its name."""
    processed: Word | None = None
    """Where mails are moved once they were taken in; without it they stay."""
    mark_seen: bool = False
    authenticated_by: Word | None = None
    """The name that the receiving server gives itself in Authentication-Results. Where it is written, a sender's address
    says whose a mail is only if that server proved it (DMARC, or DKIM or SPF of the address's domain)."""


Source = Annotated[
    FolderSource
    | FormExportSource
    | RemoteFolderSource
    | OdkSource
    | KoboSource
    | JinshujuSource
    | JinshujuFilesSource
    | JsonRecordsSource
    | MailboxSource,
    Field(discriminator="kind"),
]
