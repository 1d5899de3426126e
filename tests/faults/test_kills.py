"""Killed at any system call of any stage, however often, and let down by the disk: what is left is put right by the next
run. Figures equal those of a home that nothing happened to, nothing is lost, no return and no mail is given twice.
"""

import errno
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.objects import verify_object
from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.returns.write import list_returns
from pipelines.send.outbox import Outbox
from tests.acceptance.conftest import dump
from tests.conftest import NOTICE_ID
from tests.faults.driver import NOW, the_notice
from tests.faults.injection import AFTER, BEFORE, FAIL, TORN, Driver, build_shim, driver
from tests.read.habits.case import material, materials
from tests.read.habits.write import text, xlsx
from tests.send.post_office import PostOffice

STAGES = ("run", "rebuild", "returns", "publish", "remind", "send")
MODES = (BEFORE, TORN, AFTER)
EACH = 10
"""Kills of one home, before it is looked at."""
SOAK = int(os.environ.get("NOTICES_SOAK") or 200)
MOST_TRIES = 8
"""A stage that has little left to do may be over before the chosen call: then another one is chosen."""


FILES = {
    "教育厅收件/济南市教育局/日报.xlsx": xlsx(materials()),
    "教育厅收件/济南市教育局/更正.csv": text(materials(material(title="另一条"))),
    "教育厅收件/青岛市教育局/日报.csv": text(materials(material(title="乙"), material(type="新闻"))),
    "教育厅收件/青岛市教育局/坏.xlsx": b"PK broken",
}
"""Made once: a workbook holds the moment at which it was made."""


@dataclass
class Scene:
    """A home with its inbox and the server that its mail goes to."""

    driver: Driver
    home: Home
    inbox: Path
    office: PostOffice

    def do(self, stage: str, **how: int) -> Any:
        return self.driver.do(stage, self.home, self.inbox, self.office.port, **how)

    def forget_returns(self) -> None:
        """As before the first of them was written."""
        shutil.rmtree(self.home.returns(NOTICE_ID), ignore_errors=True)
        for folder in self.inbox.rglob("退回"):
            shutil.rmtree(folder)

    def finish(self) -> None:
        """A run that nobody disturbs, and its mail."""
        for stage in ("run", "remind", "send", "run"):
            end = self.do(stage)
            assert (end.signal, end.code) == (0, 0), f"{stage}: {end.said}"


@dataclass(frozen=True)
class Truth:
    """What an undisturbed home comes to, and how many calls each stage makes there."""

    rows: dict[str, list[tuple[Any, ...]]]
    receipts: list[str]
    returns: list[str]
    placed: list[str]
    mails: set[tuple[str, str]]
    calls: dict[str, int]


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with driver(build_shim(tmp_path_factory.mktemp("shim"))) as found:
        yield found


def stage_scene(working: Driver, notice: Notice, folder: Path, office: PostOffice) -> Scene:
    """Four units: one sends all it owes, one partly, one what nobody can read; the fourth is silent."""
    inbox = folder / "inbox"
    for source in notice.sources:
        (inbox / str(source.path)).mkdir(parents=True)
    moment = NOW.replace(hour=9, tzinfo=notice.zone).timestamp()
    for name, content in FILES.items():
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_bytes(content)
        os.utime(inbox / name, (moment, moment))
    return Scene(working, Home(folder / "home"), inbox, office)


@pytest.fixture(scope="module")
def truth(working: Driver, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    with PostOffice() as office:
        scene = stage_scene(working, the_notice(), tmp_path_factory.mktemp("truth"), office)
        calls = {}
        for stage in ("run", "rebuild", "returns", "publish", "remind", "send"):
            if stage == "returns":
                scene.forget_returns()
            end = scene.do(stage)
            assert (end.signal, end.code) == (0, 0), f"{stage}: {end.said}"
            calls[stage] = end.calls
        scene.finish()
        assert min(calls.values()) > 10, calls
        found = look(scene, calls)
        assert len(found.returns) == 2
        assert len(found.mails) >= 4
        assert len(office.accepted) == len(found.mails)
    return found


def look(scene: Scene, calls: dict[str, int]) -> Truth:
    notice, home = the_notice(), scene.home
    archive = Archive(home.archive)
    receipts = archive.journal(NOTICE_ID).receipts
    for one in receipts:
        verify_object(archive.object_path(one.sha256))
    rows = dump(home.published)
    del rows["marts.mails"]
    with Outbox(home.mail) as outbox:
        # One that was taken back before it left, as what it said was in doubt meanwhile, was written again and counts once.
        mails = {(row.recipient, row.subject) for row in outbox.rows() if row.state != "cancelled"}
    return Truth(
        rows,
        sorted(one.id for one in receipts),
        sorted(one.file for one in list_returns(home, notice)),
        sorted(str(path.relative_to(scene.inbox)) for path in scene.inbox.rglob("退回/*")),
        mails,
        calls,
    )


def assert_whole(scene: Scene, truth: Truth) -> None:
    """After an undisturbed end, the home is what it would have been without all that."""
    scene.finish()
    found = look(scene, truth.calls)
    for relation, rows in truth.rows.items():
        assert found.rows[relation] == rows, relation
    assert found == truth
    home = scene.home
    returned = [home.returns(NOTICE_ID) / file for file in truth.returns]
    assert all(path.stat().st_size > 0 for path in returned)
    taken = Counter(message_from_bytes(content)["Message-ID"] for _, content in scene.office.accepted)
    assert max(taken.values()) == 1, "no mail twice"
    with Outbox(home.mail) as outbox:
        for row in outbox.rows():
            # Whoever died in the middle of handing over cannot know: that waits for a person.
            assert row.state in ("sent", "unsure", "cancelled"), row
            assert row.state == "unsure" or taken[row.message_id] == (row.state == "sent")
        heard = Counter(row.recipient for row in outbox.rows() if row.state != "cancelled")
        assert max(heard.values()) == 1, "one mail a unit and day"
    left = [
        *home.archive.glob("objects/incoming-*"),
        *home.published.parent.glob(".*"),
        *home.path.glob("runs/*/*"),
    ]
    left += [*home.warehouse.parent.glob("*.wal"), *home.path.glob("warehouse/rebuilding")]
    left += list(scene.inbox.rglob(".notices-*"))
    assert left == []


def disturb(scene: Scene, truth: Truth, rng: random.Random, stages: tuple[str, ...]) -> Counter[str]:
    """Kills one stage after the other, each as often as it is named; says how often each was really hit."""
    hits: Counter[str] = Counter()
    for stage in stages:
        if stage not in ("run", "remind") and not scene.home.published.exists():
            scene.do("run")
        if stage == "send":
            scene.do("remind")
        if stage == "returns":
            scene.forget_returns()
        for _ in range(MOST_TRIES):
            end = scene.do(stage, at=rng.randint(1, truth.calls[stage]), mode=rng.choice(MODES))
            if end.signal == signal.SIGKILL:
                hits[stage] += 1
                break
            assert end.signal == 0
            assert end.code == 0 or "NoticesError" in end.said or "没有" in end.said, end.said
    return hits


def play(working: Driver, truth: Truth, tmp_path: Path, seed: int, stages: tuple[str, ...]) -> Counter[str]:
    with PostOffice() as office:
        scene = stage_scene(working, the_notice(), tmp_path, office)
        hits = disturb(scene, truth, random.Random(seed), stages)
        assert_whole(scene, truth)
    return hits


@pytest.mark.slow
def test_killed_at_system_calls(working: Driver, truth: Truth, tmp_path: Path) -> None:
    hits = play(working, truth, tmp_path, 1, ("run", "run", "run", "rebuild", "remind", "send"))
    assert hits.total() >= 5, hits


@pytest.mark.slow
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["disk-full", "input-output-error"])
def test_let_down_by_the_disk(number: int, working: Driver, truth: Truth, tmp_path: Path) -> None:
    fail(working, truth, tmp_path, number, random.Random(number))


def fail(working: Driver, truth: Truth, tmp_path: Path, number: int, rng: random.Random) -> None:
    """From some call on nothing can be written: the stage says so; once it can, all is as it would have been."""
    with PostOffice() as office:
        scene = stage_scene(working, the_notice(), tmp_path, office)
        at = rng.randint(1, truth.calls["run"] * 9 // 10)
        end = scene.do("run", at=at, mode=FAIL, error=number)
        assert (end.signal, end.code) == (0, 1), f"call {at}: nobody said anything"
        assert end.said.split(":")[0] in KNOWN, end.said
        assert_whole(scene, truth)


KNOWN = (
    "OSError",
    "NoticesError",
    "KeptFault",
    "DerivedFault",
    "OperationalError",
    "IOException",
    "FatalException",
)
"""What a command puts into words (cli/trouble.py)."""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(-(-SOAK // EACH)))
def test_soak_kills(seed: int, working: Driver, truth: Truth, tmp_path: Path, record_property: Any) -> None:
    rng = random.Random(1000 + seed)
    stages = ("run", "run", "run", *rng.choices(STAGES, k=EACH - 3))
    hits = play(working, truth, tmp_path, 1000 + seed, stages)
    record_property("kills", hits.total())
    if log := os.environ.get("NOTICES_SOAK_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{seed} {dict(hits)}\n")
    assert hits.total() >= EACH // 2, hits


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(-(-SOAK // 10)))
def test_soak_failing_disk(seed: int, working: Driver, truth: Truth, tmp_path: Path) -> None:
    rng = random.Random(seed)
    fail(working, truth, tmp_path, rng.choice([errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT]), rng)
