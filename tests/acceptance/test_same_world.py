"""One world told through six channels: whoever sends what by whichever of them, the figures are the same at every moment.

Answers are given on time and late, corrected, and taken back. What a channel cannot say itself (an export, a folder and a mail
know no deletion) a person decides, as docs/sources.md tells them to.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

import pytest
from imapclient import IMAPClient

from pipelines import cycle
from pipelines.ask import figures
from pipelines.decide import take
from pipelines.decide.given import Asked, Given
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.sources import (
    FolderSource,
    FormExportSource,
    JinshujuSource,
    KoboSource,
    MailboxSource,
    OdkSource,
)  # fmt: skip
from pipelines.read.values import as_text
from pipelines.sample.rows import Row, RowMaker
from tests.collect.form_servers import Service, jinshuju, kobo, odk, serve
from tests.collect.servers import LOGIN, PASSWORD, imap_server

DAYS = [date(2020, 11, 8) + timedelta(days) for days in range(6)]
MOMENTS = [datetime.combine(day + timedelta(days=1), time(8)) for day in DAYS]
COMMON: dict[str, Any] = {"connection": "it", "path": "收件", "line": "education"}


@dataclass
class Told:
    """One answer: its versions, each from a moment on, and when it was taken back."""

    number: int
    unit: str
    folder: str
    versions: list[tuple[datetime, Row]]
    deleted_at: datetime | None = None

    @property
    def sent_at(self) -> datetime:
        return self.versions[0][0]

    def at(self, moment: datetime) -> tuple[datetime, Row]:
        return [one for one in self.versions if one[0] <= moment][-1]


@dataclass
class Story:
    """What a world of units tells, in the order in which it is told."""

    columns: list[str]
    headers: dict[str, str]
    answers: list[Told]

    def sent(self, moment: datetime) -> list[Told]:
        return [one for one in self.answers if one.sent_at <= moment]

    def cells(self, told: Told, row: Row) -> dict[str, str]:
        return {"unit": told.unit} | {name: as_text(row.cells[name]) for name in self.columns}


def make_story(notice: Notice, units: int, seed: int) -> Story:
    """Each unit tells of some days; some late, some corrected or taken back after a scan saw them."""
    rng = Random(seed)
    owing = notice.deliverables["materials"].owed_by
    able = [one for one in notice.recipients if one.line == "education" and one.kind in owing]
    answers: list[Told] = []
    gone = 0
    for recipient in able[:units]:
        maker = RowMaker(notice, "materials", recipient, rng)
        for place, day in enumerate(DAYS):
            for _ in range(rng.randrange(3)):
                late = rng.random() < 0.2 and place + 1 < len(DAYS)
                sent = datetime.combine(
                    day + timedelta(days=late), time(9 + rng.randrange(12), rng.randrange(60))
                )
                row = maker.make_row(day, len(answers), typed=False)
                told = Told(len(answers) + 1, recipient.name, recipient.name, [(sent, row)])
                later = [one for one in MOMENTS if one > sent][1:]
                if later and rng.random() < 0.3:
                    told.versions.append((later[0] - timedelta(hours=3), maker.count_again(row, typed=False)))
                elif later and gone < max(2, units // 4) and rng.random() < 0.3:
                    told.deleted_at, gone = later[0] - timedelta(hours=2), gone + 1
                answers.append(told)
    columns = list(notice.deliverables["materials"].columns)
    headers = {name: notice.deliverables["materials"].columns[name].headers[0] for name in columns}
    return Story(columns, {"unit": "单位名称"} | headers, answers)


@dataclass
class Channel:
    """Brings a service, a folder or a mailbox to what it holds at a moment."""

    source: Any
    play: Callable[[Story, datetime, datetime], None]
    """Story, the moment before and this one."""
    connection: Connection | None = None
    knows_deletion: bool = False
    place_of: Callable[[Told], str] = field(default=lambda told: "")
    """A part of the path under which an answer is received, by which a person finds it."""


def utc(moment: datetime) -> str:
    return (moment - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def as_csv(story: Story, told: Told, row: Row) -> bytes:
    cells, text = story.cells(told, row), io.StringIO()
    csv.writer(text).writerows([[story.headers[name] for name in cells], list(cells.values())])
    return text.getvalue().encode()


def stamp(path: Path, moment: datetime) -> None:
    seconds = moment.replace(tzinfo=UTC).timestamp() - 8 * 3600
    os.utime(path, (seconds, seconds))


@contextmanager
def by_folder(inbox: Path) -> Iterator[Channel]:
    def play(story: Story, before: datetime, now: datetime) -> None:
        for told in story.sent(now):
            at, row = told.at(now)
            path = inbox / "收件" / told.folder / f"{told.number}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            if at > before:
                path.write_bytes(as_csv(story, told, row))
                stamp(path, at)

    source = FolderSource(id="it", kind="folder", path="收件", line="education", place_returns=False)
    yield Channel(source, play, place_of=lambda told: f"收件/{told.folder}/{told.number}.csv")


@contextmanager
def by_export(inbox: Path) -> Iterator[Channel]:
    first: dict[int, str] = {}

    def play(story: Story, before: datetime, now: datetime) -> None:
        path = inbox / "收件" / f"{now:%m%d}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = []
        for told in story.sent(now):
            first.setdefault(told.number, f"收件/{path.name}#{told.number}")
            cells = story.cells(told, told.at(now)[1])
            lines.append([str(told.number), f"{told.sent_at:%Y/%m/%d %H:%M:%S}", *cells.values()])
        titles = [f"{number}、{title}" for number, title in enumerate(story.headers.values(), 1)]
        text = io.StringIO()
        csv.writer(text).writerows([["序号", "提交答卷时间", *titles], *lines])
        path.write_bytes(text.getvalue().encode())
        stamp(path, now - timedelta(minutes=1))

    source = FormExportSource(
        id="it",
        kind="form_export",
        path="收件",
        line="education",
        answer_number="序号",
        submitted_at="提交答卷时间",
    )
    yield Channel(source, play, place_of=lambda told: first[told.number])


@contextmanager
def by_mail(inbox: Path) -> Iterator[Channel]:
    with imap_server() as connection:
        client = IMAPClient(connection.host, connection.port, ssl=False)
        client.login(LOGIN, PASSWORD)

        def play(story: Story, before: datetime, now: datetime) -> None:
            new = [
                (at, one, row) for one in story.sent(now) for at, row in one.versions if before < at <= now
            ]
            for at, told, row in sorted(new, key=lambda one: one[:1]):
                mail = EmailMessage()
                mail["From"], mail["Subject"] = "somebody@example.org", "材料"
                mail.add_attachment(
                    as_csv(story, told, row), maintype="text", subtype="csv", filename=f"{told.number}.csv"
                )
                client.append("INBOX", mail.as_bytes(), (), at.replace(tzinfo=UTC) - timedelta(hours=8))

        source = MailboxSource(id="it", kind="mailbox", **COMMON)
        yield Channel(source, play, connection, place_of=lambda told: f"!{told.number}.csv")
        client.logout()


def play_odk(service: Service, story: Story, before: datetime, now: datetime) -> None:
    rows = {row["__id"]: row for row in service.rows}
    for told in story.sent(now):
        name = f"uuid:{told.number:05}"
        system = {"updatedAt": None, "status": None, "reviewState": None, "attachmentsPresent": 0, "edits": 0}
        fresh = {
            "__id": name, "meta": {"instanceID": name}, "edited": None, "past": {},
            "group": story.cells(told, told.versions[0][1]),
            "__system": {**system, "submissionDate": utc(told.sent_at), "attachmentsExpected": 0},
        }  # fmt: skip
        row = rows.get(name) or fresh
        if name not in rows:
            service.rows.append(row)
        for at, version in told.versions[1:]:
            if before < at <= now:
                row["past"][row["meta"]["instanceID"]] = (utc(told.sent_at), row["group"])
                row["meta"], row["edited"] = {"instanceID": f"{name}-edited"}, utc(at)
                row["group"] = story.cells(told, version)
                row["__system"] |= {"updatedAt": utc(at), "edits": 1}
        if told.deleted_at and before < told.deleted_at <= now:
            row["__system"] |= {"deletedAt": utc(told.deleted_at), "updatedAt": utc(told.deleted_at)}


def play_kobo(service: Service, story: Story, before: datetime, now: datetime) -> None:
    service.rows = []
    for told in story.sent(now):
        if told.deleted_at and told.deleted_at <= now:
            continue
        at, row = told.at(now)
        name = f"uuid:{told.number:05}"
        edited = {"meta/deprecatedID": name} if at > told.sent_at else {}
        given = {f"group/{key}": value for key, value in story.cells(told, row).items()}
        service.rows.append({
            "_id": told.number, "meta/rootUuid": name, "meta/instanceID": f"{name}-edited" if edited else name, **edited,
            "_submission_time": utc(told.sent_at)[:19], "_validation_status": {}, "_attachments": [], **given,
        })  # fmt: skip


def play_jinshuju(service: Service, story: Story, before: datetime, now: datetime) -> None:
    names = {name: f"field_{number}" for number, name in enumerate(story.headers, 1)}
    service.files["labels"] = [{names[one]: {"label": story.headers[one]}} for one in names]  # type: ignore[assignment]
    service.rows = []
    for told in story.sent(now):
        if not (told.deleted_at and told.deleted_at <= now):
            at, row = told.at(now)
            given = {names[key]: value for key, value in story.cells(told, row).items()}
            times = {"created_at": utc(told.sent_at), "updated_at": utc(at)}
            service.rows.append({"serial_number": told.number, **given, **times})


def by_service(source: Any, respond: Any, play: Any) -> Callable[[Path], Any]:
    @contextmanager
    def channel(inbox: Path) -> Iterator[Channel]:
        service = Service(page=40)
        with serve(service, respond) as connection:
            yield Channel(
                source,
                lambda story, before, now: play(service, story, before, now),
                connection,
                knows_deletion=True,
            )

    return channel


CHANNELS: dict[str, Callable[[Path], Any]] = {
    "folder": by_folder,
    "export": by_export,
    "mail": by_mail,
    "odk": by_service(OdkSource(id="it", kind="odk_central", project=1, form="week", **COMMON), odk, play_odk),
    "kobo": by_service(KoboSource(id="it", kind="kobo", asset="aXY", **COMMON), kobo, play_kobo),
    "jinshuju": by_service(JinshujuSource(id="it", kind="jinshuju", form="Oet50U", **COMMON), jinshuju, play_jinshuju),
}  # fmt: skip


def tell(channel: Channel, story: Story, notice: Notice, folder: Path, *, is_each_run: bool) -> list[Any]:
    """The figures as of each moment, after six scans; a person took back what the channel cannot."""
    home, inbox = Home(folder / "home"), folder / "inbox"
    inbox.mkdir(exist_ok=True)
    own = notice.model_copy(update={"sources": (channel.source,)})

    def connect(name: str) -> Connection:
        assert channel.connection
        return channel.connection

    before = datetime.min
    for moment in MOMENTS:
        channel.play(story, before, moment)
        if is_each_run:
            cycle.run(home, own, inbox, moment, connect=connect)
        else:
            scanned = cycle.scan(home, own, "same", inbox, moment, connect)
            assert scanned["errors"] == []
        before = moment
    if not is_each_run:
        assert cycle.run_rest(home, own, "same", scanned, inbox, connect) == []
    if not channel.knows_deletion:
        take_back(home, own, channel, [one for one in story.answers if one.deleted_at])
    query = "SELECT city_code, figure, value FROM marts.figures_as_of($notice, TIMESTAMP '{}') ORDER BY ALL"
    return [figures.ask(home.published, query.format(one), own.id).rows for one in MOMENTS]


def take_back(home: Home, own: Notice, channel: Channel, gone: list[Told]) -> None:
    """A person decides what the channel cannot say. The decisions are brought into effect together, once."""
    at = datetime.min
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(take, "bring_into_effect", lambda *_: [])
        for told in gone:
            assert told.deleted_at
            at = max(at, told.deleted_at)
            place = channel.place_of(told)
            query = f"SELECT path FROM marts.files WHERE notice_id = $notice AND ends_with(path, '{place}')"
            ((path,),) = figures.ask(home.published, query, own.id).rows
            take.decide(home, own, Asked("withdraw", "单位撤回", "clerk", told.deleted_at), Given(path=path))
    take.bring_into_effect(home, own, at)


def compare(units: int, notice: Notice, tmp_path: Path, *, is_each_run: bool) -> None:
    story = make_story(notice, units, seed=units)
    assert sum(one.deleted_at is not None for one in story.answers) >= 2
    assert sum(len(one.versions) > 1 for one in story.answers) >= 2
    found: dict[str, list[Any]] = {}
    for name, opened in CHANNELS.items():
        (tmp_path / name).mkdir()
        with opened(tmp_path / name / "inbox") as channel:
            found[name] = tell(channel, story, notice, tmp_path / name, is_each_run=is_each_run)
    assert len({repr(one) for one in found["folder"]}) == len(MOMENTS), "every moment tells something else"
    for name, told in found.items():
        for moment, figures_then, wanted in zip(MOMENTS, told, found["folder"], strict=True):
            assert figures_then == wanted, f"{name} at {moment}"


@pytest.mark.slow
def test_eight_units_by_every_channel_come_to_the_same_figures(notice: Notice, tmp_path: Path) -> None:
    compare(8, notice, tmp_path, is_each_run=False)


@pytest.mark.soak
def test_sixty_units_by_every_channel_come_to_the_same_figures(notice: Notice, tmp_path: Path) -> None:
    compare(60, notice, tmp_path, is_each_run=True)
