"""A working day in a real browser: files arrive in parts, three of them of nobody; every kind of decision is taken on the page,
refused for a viewer, undone, found again; the figures are those of the command line, of all at once, and of a rebuild.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from pipelines import cycle
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.board.browser import CHROMIUM, open_browser
from tests.board.conftest import make_outer
from tests.board.working_day import (
    DAG,
    HOUR,
    MINUTE,
    NOBODY,
    SCAN,
    START,
    compare,
    day,
    play,
    put,
)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.timeout(3600),  # against a day that hangs, never against a busy machine
]


class Clock:
    now = START


@contextmanager
def served(home: Home, clock: Clock) -> Iterator[str]:
    """The board's address while it is served on this machine."""
    outer = make_outer(home, lambda: clock.now)
    server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/board/n/{DAG}/"
    finally:
        server.should_exit = True
        thread.join()


def test_a_working_day_on_the_page(notice: Notice, tmp_path: Path) -> None:
    home, other, clock = Home(tmp_path / "home"), Home(tmp_path / "other"), Clock()
    parts = day(notice)
    (tmp_path / "扫描.jpg").write_bytes(SCAN)
    with served(home, clock) as board, open_browser(tmp_path / "profile") as page:
        page.come_as("operator")
        for number, files in enumerate(parts):
            at = START + number * HOUR
            put(notice, home, files, at)
            put(notice, other, files, at)
            clock.now = at + 10 * MINUTE
            cycle.run(home, notice, now=clock.now)
            page.visit(board)
            assert f"{clock.now:%Y-%m-%d %H:%M}" in page.texts(".fresh")[0], (
                "the board shows them within a cycle"
            )
        page.visit(f"{board}desk")
        assert sum(path in " ".join(page.texts("td")) for path in NOBODY) == 3

        def tick(number: int) -> None:
            clock.now = START + (5 + number) * HOUR

        commands = play(page, board, tmp_path, tick)
        page.come_as("viewer")
        page.visit(f"{board}decide?kind_of_decision=waive")
        assert "没有查看或办理的权限" in page.texts("main")[0]
        page.visit(f"{board}decisions")
        assert len(page.texts("tbody tr")) == len(commands) == len(read_decisions(home, notice.id).all)
        assert not page.texts("a[href^=decide]"), "a viewer is offered nothing"

    compare(notice, home, other, commands)
