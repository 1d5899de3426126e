"""One world through four channels at once: SFTP, WebDAV, a mailbox and a folder. The figures are those of its truth."""

import csv
import os
import shutil
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.sources import MailboxSource, RemoteFolderSource
from tests.acceptance.conftest import compare
from tests.collect.servers import LOGIN, PASSWORD, imap_server, sftp_server, webdav_server
from tests.conftest import NOTICE_ID, World

pytestmark = pytest.mark.slow
BY_MAIL = 12
"""Units that mail what they would have put into their folder."""


def folders_for_mail(world: World, path: str) -> list[str]:
    """Folders below `path` whose every file counts for one and the same unit wherever it lies."""
    owners: dict[str, set[str]] = defaultdict(set)
    with (world.truth / "files.csv").open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            parts = line["path"].split("/")
            if parts[0] == path and len(parts) > 2 and line["state"] != "ignored":
                owners[parts[1]].add("" if line["reason"] == "recipient_conflict" else line["recipient"])
    units: dict[str, list[str]] = defaultdict(list)
    for folder, found in owners.items():
        if len(found) == 1 and (unit := next(iter(found))):
            units[unit].append(folder)
    return sorted(names[0] for names in units.values() if len(names) == 1)[:BY_MAIL]


def mail_folder(client: IMAPClient, folder: Path, sender: str) -> int:
    """Each file a mail of its own that came in when the file did."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    for path in files:
        message = EmailMessage()
        message["From"], message["Subject"] = sender, "report"
        message.set_content("see attachment")
        message.add_attachment(
            path.read_bytes(), maintype="application", subtype="octet-stream", filename=path.name
        )
        client.append("INBOX", message.as_bytes(), (), datetime.fromtimestamp(path.stat().st_mtime, UTC))
    return len(files)


def test_a_world_through_four_channels_equals_its_truth(
    worlds: list[World], notice: Notice, tmp_path: Path, ask: Any, home: Home
) -> None:
    world = worlds[0]
    inbox = tmp_path / "inbox"
    shutil.copytree(world.inbox, inbox)
    education, hr, forms = notice.sources
    with ExitStack() as servers:
        connections = {
            "by_sftp": servers.enter_context(sftp_server(inbox)),
            "by_webdav": servers.enter_context(webdav_server(inbox)),
            "by_mail": servers.enter_context(imap_server()),
        }
        box = connections["by_mail"]
        client = IMAPClient(box.host, box.port, ssl=False)
        client.login(LOGIN, PASSWORD)
        senders, sent = {}, 0
        for number, name in enumerate(folders_for_mail(world, education.path)):
            folder = inbox / education.path / name
            unit = next(
                line["recipient"]
                for line in csv.DictReader((world.truth / "files.csv").open(encoding="utf-8-sig", newline=""))
                if line["path"].startswith(f"{education.path}/{name}/") and line["recipient"]
            )
            senders[unit] = f"unit{number}@example.org"
            sent += mail_folder(client, folder, senders[unit])
            shutil.rmtree(folder)
        client.logout()
        assert len(senders) == BY_MAIL
        assert sent > 50
        changed = notice.model_copy(
            update={
                "recipients": tuple(
                    one.model_copy(update={"email": senders.get(one.code)}) for one in notice.recipients
                ),
                "sources": (
                    RemoteFolderSource(
                        id="education", kind="remote_folder", connection="by_sftp", line="education",
                        remote_path=f"/{education.path}", path=education.path,
                    ),
                    RemoteFolderSource(
                        id="human_resources", kind="remote_folder", connection="by_webdav", line="human_resources",
                        remote_path=f"/{hr.path}", path=hr.path,
                    ),
                    MailboxSource(id="mail", kind="mailbox", connection="by_mail", path="邮箱", line="education"),
                    forms,
                ),
            }
        )  # fmt: skip
        now = datetime.fromisoformat(world.now)
        cycle.run(home, changed, inbox, now, connect=connections.__getitem__)
    cells = 0
    for moment in world.moments:
        at = moment.isoformat()
        said = ask("metrics", NOTICE_ID, "--as-of", at, "--format", "csv")
        cells += compare(world, "--metrics", at, "-", said=said)
    assert cells >= 2000
    assert os.listdir(inbox / education.path)
