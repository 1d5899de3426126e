"""Two machines without a shared disk: the object store is cut for a minute in the middle, the first machine is lost, the second ends the work."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.cluster.object_store import ObjectStore, object_store
from tests.cluster.services import ROOT
from tests.conftest import NOTICE_ID

pytestmark = pytest.mark.soak


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ObjectStore]:
    with object_store(tmp_path) as made:
        yield made


def start(home: Path, *words: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipelines.cli", "--home", home, *words]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)


def notices(home: Path, *words: str | Path) -> str:
    process = start(home, *words)
    try:
        said, _ = process.communicate()
    finally:
        process.kill()  # where the test itself is stopped
    assert process.returncode == 0, said
    return said


def run(inbox: Path, now: datetime) -> tuple[str | Path, ...]:
    return ("run", NOTICE_ID, "--inbox", inbox, "--now", now.isoformat())


def remind(home: Path, now: datetime) -> list[str]:
    """The names of the mails that this home wrote, there being no mail server."""
    for word in ("remind", "send"):
        notices(home, word, NOTICE_ID, "--now", now.isoformat())
    return sorted(path.name for path in (home / "outbox").rglob("*.eml"))


def questions(moments: list[datetime]) -> list[tuple[str, ...]]:
    figures = [("metrics", NOTICE_ID, "--as-of", one.isoformat(), "--format", "csv") for one in moments]
    return [*figures, ("files", NOTICE_ID, "--format", "csv")]


def arrive(made: Path, inbox: Path, until: datetime) -> None:
    """What lay there at a moment."""
    for path in made.rglob("*"):
        to = inbox / path.relative_to(made)
        if path.is_file() and path.stat().st_mtime <= until.timestamp() and not to.exists():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, to)


def test_a_store_that_is_cut_and_a_machine_that_is_lost(server, tmp_path, monkeypatch):
    notices(tmp_path / "maker", "sample", NOTICE_ID, "--to", tmp_path / "sample", "--recipients", "40")
    made, inbox = tmp_path / "sample" / "inbox", tmp_path / "inbox"
    end = datetime.fromisoformat((tmp_path / "sample" / "now.txt").read_text().strip())
    moments = [datetime(2020, 11, 9), datetime(2020, 11, 12, 9, 30), end.replace(tzinfo=None)]
    inbox.mkdir()
    alone, first, second = (tmp_path / name for name in ("alone", "first", "second"))
    for moment in moments:
        arrive(made, inbox, moment)
        notices(alone, *run(inbox, moment))
        if moment == moments[1]:
            mails = remind(alone, moment)
    wanted = [notices(alone, *asked) for asked in questions(moments)]
    later = remind(alone, moments[2])
    assert mails, "something was to be sent"

    shutil.rmtree(inbox)
    inbox.mkdir()
    for name, value in server.settings.items():
        monkeypatch.setenv(name, value)
    notices(first, "fill-store")
    arrive(made, inbox, moments[0])
    notices(first, *run(inbox, moments[0]))
    arrive(made, inbox, moments[1])
    cut = start(first, *run(inbox, moments[1]))
    try:
        time.sleep(5)
        server.cut()
        cut.communicate()
    finally:
        cut.kill()
    if cut.returncode:
        notices(first, *run(inbox, moments[1]))
    assert remind(first, moments[1]) == mails
    shutil.rmtree(first)
    assert remind(second, moments[1]) == [], "all of them were sent"
    arrive(made, inbox, moments[2])
    notices(second, *run(inbox, moments[2]))
    assert [notices(second, *asked) for asked in questions(moments)] == wanted
    assert sorted([*mails, *remind(second, moments[2])]) == later
    assert "全部完好" in notices(second, "fsck")
