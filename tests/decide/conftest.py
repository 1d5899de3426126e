"""A small home whose figures decisions move, made once and copied for each test that decides."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask.figures import ask_metrics
from pipelines.decide import take as take_module
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import Taken, decide
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.conftest import MakeOnce
from tests.decide.inbox import NOW, fill

Decide = Callable[..., Taken]
Metrics = Callable[..., dict[str, dict[str, object]]]


@pytest.fixture(scope="session")
def collected(notice: Notice, make_once: MakeOnce) -> Path:
    """A home after one cycle; nobody writes to it."""

    def run(folder: Path) -> None:
        home = Home(folder / "home")
        fill(notice, home.inbox(notice.id))
        cycle.run(home, notice, now=NOW)

    return make_once("undecided", run) / "home"


@pytest.fixture
def home(collected: Path, tmp_path: Path) -> Home:
    shutil.copytree(collected, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def take(home: Home, notice: Notice) -> Decide:
    """Takes a decision as `wang` at a moment, NOW unless told."""

    def run(
        kind: str, at: datetime = NOW, *, reason: str = "说明", token: str = "", **given: object
    ) -> Taken:
        return decide(home, notice, Asked(kind, reason, "wang", at, token), Given(**given))  # type: ignore[arg-type]

    return run


@contextmanager
def all_at_once(home: Home, notice: Notice) -> Iterator[None]:
    """What is decided inside is kept as always, and brought into effect where it ends, all of it together."""
    effect, moments = take_module.bring_into_effect, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(take_module, "bring_into_effect", lambda *given: moments.append(given[-1]) or [])
        yield
    if moments:
        effect(home, notice, moments[-1])


@pytest.fixture
def at_once(home: Home, notice: Notice) -> Callable[[], AbstractContextManager[None]]:
    """Such a block on this test's home."""
    return lambda: all_at_once(home, notice)


@pytest.fixture
def metrics(home: Home, notice: Notice) -> Metrics:
    """The figures of every city by name, as of a moment."""

    def ask(at: datetime) -> dict[str, dict[str, object]]:
        found = ask_metrics(home.published, notice.id, at)
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        return {str(row["city"]): row for row in rows}

    return ask
