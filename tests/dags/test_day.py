"""A working day in Airflow's own page, in a real browser: its login, its menu, its frames, its roles and its runs."""

import json
import os
from pathlib import Path

import pytest

from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.board.browser import CHROMIUM, Page, open_browser
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
from tests.dags.conftest import ROOT
from tests.dags.page import airflow_page, collect

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.soak,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.timeout(3600),  # against a day that hangs, never against a busy machine
]
TAB = "a:not([href='/plugin/board'])"
"""Not the menu's entry, which says 看板 too."""
USERS = "admin:admin,li:user,wang:viewer"


def log_in(page: Page, at: str, home: Home, name: str) -> None:
    """Through Airflow's form."""
    word = json.loads((home.path / "airflow" / "passwords.json").read_text())[name]
    page.visit(f"{at}/auth/login/")
    page.await_sight("input[name=password]")
    page.type("input[name=username]", name)
    page.type("input[name=password]", word)
    page.ask("document.querySelector('button[type=submit]').click()")
    page.await_sight("nav, aside, a[href='/dags']")


def open_from_menu(page: Page, at: str) -> None:
    """The board of the notice, in the frame that the menu's entry leads to."""
    page.visit(f"{at}/dags")
    page.await_sight("a[href='/plugin/board']", "报送看板")
    page.ask("document.querySelector(\"a[href='/plugin/board']\").click()")
    page.await_sight("iframe")
    page.go_inside()
    page.await_sight(f"a[href*={DAG}]")
    page.click(f"a[href*={DAG}]")


def test_a_working_day_in_airflows_page(notice: Notice, tmp_path: Path, port: int) -> None:
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    env = os.environ | {
        "NOTICES_HOME": str(home.path),
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": USERS,
    }
    (tmp_path / "扫描.jpg").write_bytes(SCAN)
    board = f"http://127.0.0.1:{port}/board/n/{DAG}/"
    with airflow_page(ROOT, env, port) as (at, token), open_browser(tmp_path / "profile") as page:
        log_in(page, at, home, "li")
        for number, files in enumerate(day(notice)):
            moment = START + number * HOUR
            put(notice, home, files, moment)
            put(notice, other, files, moment)
            collect(at, token, DAG, 1800, now=(moment + 10 * MINUTE).isoformat())
            page.go_inside(False)
            open_from_menu(page, at)
            assert f"{moment + 10 * MINUTE:%Y-%m-%d %H:%M}" in page.texts(".fresh")[0]
        page.visit(f"{board}desk")
        assert sum(path in " ".join(page.texts("td")) for path in NOBODY) == 3
        commands = play(page, board, tmp_path)
        assert {one.decided_by for one in read_decisions(home, notice.id).all} == {"li"}
        seen_tab(page, at)
        refuse_viewer(page, at, home, board, len(commands))

    compare(notice, home, other, commands)


def seen_tab(page: Page, at: str) -> None:
    """The same board is a tab of the notice's DAGs."""
    page.go_inside(False)
    for dag_id in (DAG, DAG.replace("collect", "bulletin")):
        page.visit(f"{at}/dags/{dag_id}")
        page.await_sight(TAB, "看板")
        page.ask(
            f"[...document.querySelectorAll({json.dumps(TAB)})].find((one) => one.textContent.includes('看板')).click()"
        )
        page.await_sight("iframe")
        page.go_inside()
        page.await_sight("#matrix", "济南市教育局")
        page.go_inside(False)


def refuse_viewer(page: Page, at: str, home: Home, board: str, decided: int) -> None:
    """Who may only look sees what was decided and can decide nothing."""
    page.call("Network.clearBrowserCookies")
    log_in(page, at, home, "wang")
    open_from_menu(page, at)
    page.visit(f"{board}decisions")
    assert len(page.texts("tbody tr")) == decided
    assert not page.texts("a[href^=decide]"), "a viewer is offered nothing"
    page.visit(f"{board}decide?kind_of_decision=waive")
    assert "没有查看或办理的权限" in page.texts("main")[0]
    page.go_inside(False)
