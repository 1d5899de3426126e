"""One inbox through four channels at once: SFTP, WebDAV, a mailbox and a folder. The figures are those of one folder, or of the truth."""

import csv
import os
import shutil
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.sources import MailboxSource, RemoteFolderSource
from tests.acceptance.conftest import Finished, Inbox, compare
from tests.collect.servers import LOGIN, PASSWORD, imap_server, sftp_server, webdav_server
from tests.conftest import NOTICE_ID, World

BY_MAIL = 12
"""Units that mail what they would have put into their folder, at most."""


def folders_for_mail(files: Path, path: str) -> dict[str, str]:
    """Folders below `path` whose every file counts for one and the same unit wherever it lies, by that unit. `files` tells what
    becomes of each file."""
    owners: dict[str, set[str]] = defaultdict(set)
    with files.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            parts = line["path"].split("/")
            if parts[0] == path and len(parts) > 2 and line["state"] != "ignored":
                owners[parts[1]].add("" if line["reason"] == "recipient_conflict" else line["recipient"])
    units: dict[str, list[str]] = defaultdict(list)
    for folder, found in owners.items():
        if len(found) == 1 and (unit := next(iter(found))):
            units[unit].append(folder)
    return {unit: names[0] for unit, names in units.items() if len(names) == 1}


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


def collect_by_channels(
    home: Home, notice: Notice, inbox: Path, files: Path, now: datetime
) -> tuple[int, int]:
    """How many units mailed how many files; what lies in the inbox is taken apart."""
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
        for number, (unit, name) in enumerate(
            sorted(folders_for_mail(files, education.path).items())[:BY_MAIL]
        ):
            folder = inbox / education.path / name
            senders[unit] = f"unit{number}@example.org"
            sent += mail_folder(client, folder, senders[unit])
            shutil.rmtree(folder)
        client.logout()
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
        cycle.run(home, changed, inbox, now, connect=connections.__getitem__)
    assert os.listdir(inbox / education.path)
    return len(senders), sent


@pytest.mark.slow
def test_four_channels_come_to_the_figures_of_one_folder(
    small: Inbox, undisturbed: Finished, notice: Notice, tmp_path: Path, ask: Any, home: Home
) -> None:
    inbox, now = tmp_path / "inbox", datetime.fromisoformat(small.now)
    shutil.copytree(small.path, inbox)
    units, sent = collect_by_channels(home, notice, inbox, small.path.with_name("expected-files.csv"), now)
    assert units > 0
    assert sent > 5
    told = set()
    for days in (0, 14, 18, 22):
        words = ("metrics", NOTICE_ID, "--as-of", (now - timedelta(days)).isoformat(), "--format", "csv")
        assert ask(*words) == ask(*words, at=undisturbed.home), words
        told.add(ask(*words))
    assert len(told) == 4, "every moment tells something else"


@pytest.mark.soak  # half a minute; test_worlds.py collects this world from one folder, and above channels come to the same
def test_a_world_through_four_channels_equals_its_truth(
    worlds: list[World], notice: Notice, tmp_path: Path, ask: Any, home: Home
) -> None:
    world = worlds[0]
    inbox = tmp_path / "inbox"
    shutil.copytree(world.inbox, inbox)
    now = datetime.fromisoformat(world.now)
    units, sent = collect_by_channels(home, notice, inbox, world.truth / "files.csv", now)
    assert units == BY_MAIL
    assert sent > 50
    cells = 0
    for moment in world.moments:
        at = moment.isoformat()
        said = ask("metrics", NOTICE_ID, "--as-of", at, "--format", "csv")
        cells += compare(world, "--metrics", at, "-", said=said)
    assert cells >= 2000
