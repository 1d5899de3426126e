"""A working day in a real browser: files arrive in parts, three of them of nobody; every kind of decision is taken on the page,
refused for a viewer, undone, found again; the figures are those of the command line, of all at once, and of a rebuild.
"""

import os
import shlex
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from pipelines import cycle
from pipelines.ask.figures import ask_metrics, ask_status
from pipelines.cli import app as command_line
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from tests.board.browser import CHROMIUM, Page, open_browser
from tests.board.conftest import HEADERS, make_outer

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")]
START = datetime(2020, 11, 13, 8)
DAG = "collect__sd-vocational-week-2020"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOBODY = [f"教育厅收件/济职院/{name}.csv" for name in ("甲", "乙", "丙")]
SCAN = b"\xff\xd8\xff" + b"scan" * 10


def day(notice: Notice) -> list[list[tuple[str, str]]]:
    """Forty files in four parts: path and rows."""
    units = [one for one in notice.recipients if one.kind == "city_education_bureau"]
    units += [one for one in notice.recipients if one.kind == "higher_vocational_college"]
    files = []
    for number, one in enumerate(units[:37]):
        rows = f"11月{9 + number % 4}日,稿件,开幕式{number},宣传活动,{100 + number},\n"
        if number % 6 == 0:
            rows += "11月10日,海报,展板,宣传活动,20,\n"
        files.append((f"教育厅收件/{one.name}/日报.csv", rows))
    files[5:5] = [(path, f"11月11日,视频,短片{at},宣传活动,{at + 40},\n") for at, path in enumerate(NOBODY)]
    assert len(files) == 40
    return [files[at : at + 10] for at in range(0, 40, 10)]


def put(notice: Notice, home: Home, files: list[tuple[str, str]], at: datetime) -> None:
    for name, rows in files:
        path = home.inbox(notice.id) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADERS + rows, "utf-8")
        stamp = at.replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (stamp, stamp))


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


def told(notice: Notice, home: Home) -> list[object]:
    """All city figures and every obligation, as of moments through the day."""
    return [
        (ask_metrics(home.published, notice.id, at).rows, ask_status(home.published, notice.id, at).rows)
        for at in (START + half * HOUR / 2 for half in range(36))
    ]


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
        commands = play(page, board, clock, tmp_path)
        page.come_as("viewer")
        page.visit(f"{board}decide?kind_of_decision=waive")
        assert "没有查看或办理的权限" in page.texts("main")[0]
        page.visit(f"{board}decisions")
        assert len(page.texts("tbody tr")) == len(commands) == len(read_decisions(home, notice.id).all)
        assert not page.texts("a[href^=decide]"), "a viewer is offered nothing"

    cycle.run(other, notice, now=START + 3 * HOUR + 10 * MINUTE)
    for command in commands:
        done = CliRunner().invoke(command_line, ["--home", str(other.path), *command])
        assert done.exit_code == 0, done.output
    assert len({str(one) for one in told(notice, home)}) > len(commands), "the decisions moved something"
    assert told(notice, home) == told(notice, other), "the page and the command line give the same"
    before = told(notice, home)
    rebuild(home)
    assert told(notice, home) == before


def play(page: Page, board: str, clock: Clock, folder: Path) -> list[list[str]]:
    """Takes every kind of decision on the page; returns the commands that say the same."""
    notice_id, commands = DAG.partition("__")[2], []
    first = "教育厅收件/济南市教育局/日报.csv"
    second = "教育厅收件/青岛市教育局/日报.csv"
    third = "教育厅收件/淄博市教育局/日报.csv"
    period = {"deliverable": "materials", "periods": "2020-11-12"}
    arrived = {"arrived": "2020-11-12T09:00:00", "how": "电话"}
    values = "material_type=稿件\ntitle=电话报来\ncategory=宣传活动\nparticipants=33"
    sets = "--set material_type=稿件 --set title=电话报来 --set category=宣传活动 --set participants=33"
    one_period = "--deliverable materials --period 2020-11-12"
    by_phone = "--arrived 2020-11-12T09:00:00 --how 电话"
    decisions: list[tuple[str, dict[str, str], str]] = [
        ("assign", {"path": NOBODY[0], "recipients": "EDU-3702"}, f"--path {NOBODY[0]} --recipient EDU-3702"),
        ("assign", {"path": NOBODY[1], "recipients": "EDU-3702"}, f"--path {NOBODY[1]} --recipient EDU-3702"),
        ("know_as", {"alias": "济职院", "recipients": "EDU-3702"}, "--alias 济职院 --recipient EDU-3702"),
        ("set_aside", {"path": second}, f"--path {second}"),
        ("accept", {"path": first, "row": "3", "values": "material_type=照片"}, f"--path {first} --row 3 --set material_type=照片"),
        ("withdraw", {"path": third}, f"--path {third}"),
        ("waive", {"cities": "370400", "deliverable": "plan"}, "--city 370400 --deliverable plan"),
        ("extend", {"everybody": "yes", **period, "due": "2020-11-20T12:00:00"}, f"--all {one_period} --due 2020-11-20T12:00:00"),
        ("register", {"recipients": "EDU-3705", **period, **arrived, "values": values}, f"--recipient EDU-3705 {one_period} {by_phone} {sets} --file {folder / '扫描.jpg'}"),
        ("confirm_zero", {"recipients": "EDU-3706", **period, **arrived}, f"--recipient EDU-3706 {one_period} {by_phone}"),
        ("settle", {"subject": "source:x"}, "--subject source:x"),
    ]  # fmt: skip
    for number, (kind, fields, options) in enumerate(decisions):
        clock.now = START + (5 + number) * HOUR
        take(page, board, kind, fields, folder)
        commands.append(["decide", notice_id, kind, *shlex.split(options), *_who(clock.now)])
        if number == 1:
            page.visit(f"{board}desk")
            assert "认领过两次、可以记住的名称 1" in page.texts("h2")
            assert NOBODY[2] in page.texts("details li"), "which other file the name would settle"
    clock.now = START + (5 + len(decisions)) * HOUR
    take(page, board, "undo", {"subject": "D0004"}, folder)
    commands.append(["undo", notice_id, "D0004", *_who(clock.now)])
    assert "已被 D0012 取消" in " ".join(page.texts("tr#D0004 td"))
    return commands


def take(page: Page, board: str, kind: str, fields: dict[str, str], folder: Path) -> None:
    """Fills the form, looks at what would move, and keeps the decision."""
    page.visit(f"{board}decide?kind_of_decision={kind}")
    page.fill(**fields, reason="电话核实")
    if kind == "register":
        page.attach("input[type=file]", folder / "扫描.jpg")
    page.click("button[value=look]")
    assert not page.texts("main .warning"), page.texts("main")
    assert page.texts("section.moved"), "what would move is shown beforehand"
    page.click("button[value=keep]")
    assert page.ask("location.pathname").endswith("/decisions"), page.texts("main")


def _who(now: datetime) -> list[str]:
    return ["--reason", "电话核实", "--by", "li", "--now", now.isoformat()]
