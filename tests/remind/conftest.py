"""Four units of a notice, an inbox, and a mail server that is really there: days are played, and what arrives is looked at."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.remind import Done, refresh, remind
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row
from pipelines.send.sender import send_due
from tests.conftest import NOTICE_ID, MakeOnce
from tests.send.post_office import PostOffice

BUREAU, COLLEGE, ALONE, AWAY = "EDU-3701", "HVC-003", "HVC-004", "EDU-3702"
"""A city's education bureau, two colleges of that city (the second has no address), another city's bureau."""
EARLY, LATE = "2020-10-30T00:00:00", "2020-12-01T00:00:00"
Slot = tuple[str, str, str]
"""Purpose, recipient and day."""
Begin = Callable[[Path, str], Path]


def make_folders(notice: Notice, inbox: Path) -> None:
    for source in notice.sources:
        (inbox / str(source.path)).mkdir(parents=True)


class Story:
    """What happens to one home; moments are naive, in the notice's zone. One scan long after everything is enough: what
    was known at a moment is what had arrived by then."""

    def __init__(
        self, notice: Notice, home: Home, inbox: Path, office: PostOffice, begin: Begin | None
    ) -> None:
        """`begin` gives what the first scan of an inbox leaves, made once for all stories that begin alike."""
        self.notice, self.home, self.inbox, self.office = notice, home, inbox, office
        make_folders(notice, inbox)
        self.done = Done()
        self._begin, self._is_collected = begin, False

    def put(self, unit: str, name: str, content: bytes, at: str) -> None:
        """A unit's file that arrives at a moment; put before anything is collected, it is unknown until then."""
        recipient = next(one for one in self.notice.recipients if one.code == unit)
        source = next(one for one in self.notice.sources if one.line == recipient.line)
        path = self.inbox / str(source.path) / recipient.name / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        modified = datetime.fromisoformat(at).replace(tzinfo=self.notice.zone).timestamp()
        os.utime(path, (modified, modified))

    def collect(self, at: str = LATE) -> None:
        if self._begin and not self._is_collected:
            left = self._begin(self.inbox, at)
            shutil.copytree(left / "home", self.home.path)
            shutil.copytree(left / "inbox", self.inbox, dirs_exist_ok=True)  # with what went back
        else:
            cycle.run(self.home, self.notice, self.inbox, datetime.fromisoformat(at))
        self._is_collected = True

    def remind(self, at: str) -> set[Slot]:
        """What is new in the outbox, with what was known at this moment."""
        if not self._is_collected:
            self.collect()
        self.done = remind(self.home, self.notice, datetime.fromisoformat(at))
        return {(one.purpose, one.recipient, one.what.partition(" ")[0]) for one in self.done.queued}

    def send(self, at: str) -> list[str]:
        """Subjects of what the server accepted now; what waits is looked at once more first, as all senders do."""
        refresh(self.home, self.notice, datetime.fromisoformat(at))
        before, extra = len(self.office.accepted), {"disable_ssl": True, "disable_tls": True}
        connection = Connection("smtp_default", host="127.0.0.1", port=self.office.port, extra=extra)
        with Outbox(self.home.mail) as outbox:
            send_due(outbox, self.notice, lambda: datetime.fromisoformat(at), connection, self.home.eml)
        return [message["Subject"] for message in self.office.messages[before:]]

    def rows(self) -> list[Row]:
        with Outbox(self.home.mail) as outbox:
            return outbox.rows()

    def text(self, index: int = -1) -> str:
        """The plain body of a message that arrived."""
        body = self.office.messages[index].get_body(("plain",))
        assert body
        return str(body.get_content())


MakeStory = Callable[..., Story]


def make_notice(remind: dict[str, Any], mail: dict[str, Any] | None = None, **more: Any) -> Notice:
    """The notice for four units, with these parts instead."""
    bare = load_notice(NOTICE_ID)
    units = tuple(
        one.model_copy(update={"email": None if one.code == ALONE else f"{one.code.lower()}@example.org"})
        for one in bare.recipients
        if one.code in (BUREAU, COLLEGE, ALONE, AWAY)
    )
    dumped = bare.model_dump(by_alias=True)
    dumped["mail"] |= {"per_minute": 1_000_000} | (mail or {})
    dumped |= {"recipients": units, "remind": {"returns": False} | remind} | more
    return Notice.model_validate(dumped)


@pytest.fixture(scope="session")
def silent(make_once: MakeOnce) -> Path:
    """A home that was scanned before the notice's first day, when nothing had arrived; nobody writes to it."""

    def run(folder: Path) -> None:
        make_folders(make_notice({}), folder / "inbox")
        cycle.run(Home(folder / "home"), make_notice({}), folder / "inbox", datetime.fromisoformat(EARLY))

    return make_once("silent", run) / "home"


@pytest.fixture(scope="session")
def begin(silent: Path, make_once: MakeOnce) -> Begin:
    """The home and the inbox after a first scan: what it finds hangs on the files, its moment and the settings, not on when
    the notice reminds. Nobody writes to them."""

    def begin(inbox: Path, at: str) -> Path:
        told = [at, *sorted(f"{name}={said}" for name, said in os.environ.items() if "NOTICES_" in name)]
        for path in sorted(one for one in inbox.rglob("*") if one.is_file()):
            content = sha256(path.read_bytes()).hexdigest()
            told.append(f"{path.relative_to(inbox)} {path.stat().st_mtime_ns} {content}")

        def run(folder: Path) -> None:
            shutil.copytree(silent, folder / "home")
            shutil.copytree(inbox, folder / "inbox")
            cycle.run(Home(folder / "home"), make_notice({}), folder / "inbox", datetime.fromisoformat(at))

        return make_once(f"begun-{sha256(repr(told).encode()).hexdigest()[:16]}", run)

    return begin


@pytest.fixture
def make_story(tmp_path: Path, begin: Begin) -> Iterator[MakeStory]:
    """A story with these parts of the notice instead."""
    with PostOffice() as office:

        def make(remind: dict[str, Any], mail: dict[str, Any] | None = None, **more: Any) -> Story:
            notice = make_notice(remind, mail, **more)
            home, inbox = Home(tmp_path / "home"), tmp_path / "inbox"
            return Story(notice, home, inbox, office, None if more else begin)

        yield make
