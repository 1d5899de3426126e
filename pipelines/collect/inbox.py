"""What a scan needs beside its sources: the folders where files go, and whose a mail address is."""

from datetime import datetime

from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.sources import FolderSource, FormExportSource, JinshujuFilesSource


def make_inbox(home: Home, notice: Notice) -> None:
    """The folders of a notice's own inbox: whoever opens a new notice finds where files go."""
    for source in notice.sources:
        if isinstance(source, FolderSource | FormExportSource | JinshujuFilesSource):
            (home.inbox(notice.id) / source.path).mkdir(parents=True, exist_ok=True)


def known_senders(home: Home, notice: Notice, moment: datetime) -> dict[str, str]:
    """Mail address -> the one unit that uses it, as known now: what is found out later changes no receipt."""
    if not any(source.kind == "mailbox" for source in notice.sources):
        return {}
    from pipelines.send.addresses import unit_mailboxes

    found: dict[str, str] = {}
    for code, mailbox in unit_mailboxes(home, notice, moment).items():
        address = mailbox.address.lower()
        found[address] = "" if address in found else code
    return {address: code for address, code in found.items() if code}
