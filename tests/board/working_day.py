"""What happens on a working day: files that arrive in parts, and every kind of decision, taken on the page."""

import os
import shlex
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from pipelines import cycle
from pipelines.ask.figures import ask_metrics, ask_status
from pipelines.cli import app as command_line
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from tests.board.browser import Page
from tests.board.conftest import HEADERS

NOTICE = "sd-vocational-week-2020"
START = datetime(2020, 11, 13, 8)
DAG = f"collect__{NOTICE}"
REASON = "电话核实"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOBODY = [f"教育厅收件/济职院/{name}.csv" for name in ("甲", "乙", "丙")]
MOMENTS = [*(START + number * HOUR + 30 * MINUTE for number in range(-1, 4)), datetime(2100, 1, 1)]
"""Before the first part arrives, after each, and after all decisions."""
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


def told(notice: Notice, home: Home, moments: Iterable[datetime]) -> list[object]:
    """All city figures and every obligation, as of each of these moments."""
    return [
        (ask_metrics(home.published, notice.id, at).rows, ask_status(home.published, notice.id, at).rows)
        for at in moments
    ]


def play(
    page: Page, board: str, folder: Path, tick: Callable[[int], None] = lambda number: None
) -> list[list[str]]:
    """Takes every kind of decision on the page, each after `tick`; returns the commands that say the same, but for who said
    it and when."""
    commands = []
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
        tick(number)
        take(page, board, kind, fields, folder)
        commands.append(["decide", NOTICE, kind, *shlex.split(options)])
        if number == 1:
            page.visit(f"{board}desk")
            assert "认领过两次、可以记住的名称 1" in page.texts("h2")
            assert NOBODY[2] in page.texts("details li"), "which other file the name would settle"
    tick(len(decisions))
    take(page, board, "undo", {"subject": "D0004"}, folder)
    commands.append(["undo", NOTICE, "D0004"])
    assert "已被 D0012 取消" in " ".join(page.texts("tr#D0004 td"))
    return commands


def take(page: Page, board: str, kind: str, fields: dict[str, str], folder: Path) -> None:
    """Fills the form, looks at what would move, and keeps the decision."""
    page.visit(f"{board}decide?kind_of_decision={kind}")
    page.fill(**fields, reason=REASON)
    if kind == "register":
        page.attach("input[type=file]", folder / "扫描.jpg")
    page.click("button[value=look]")
    assert not page.texts("main .warning"), page.texts("main")
    assert page.texts("section.moved"), "what would move is shown beforehand"
    page.click("button[value=keep]")
    assert page.ask("location.pathname").endswith("/decisions"), page.texts("main")


def say_the_same(commands: list[list[str]], home: Home, other: Home) -> None:
    """What was decided on the pages of a home, by the command line of another one, as of the same moments."""
    decided = read_decisions(home, NOTICE).all
    for command, one in zip(commands, decided, strict=True):
        who = ["--reason", REASON, "--by", one.decided_by, "--now", one.decided_at.isoformat()]
        done = CliRunner().invoke(command_line, ["--home", str(other.path), *command, *who])
        assert done.exit_code == 0, done.output


def compare(notice: Notice, home: Home, other: Home, commands: list[list[str]]) -> None:
    """The other home receives all at once and is told the decisions by the command line: its figures as of every moment, of the
    decisions too, are those of the home of the pages, and stay so when that one is made anew."""
    cycle.run(other, notice, now=START + 3 * HOUR + 10 * MINUTE)
    say_the_same(commands, home, other)
    decided = [one.decided_at for one in read_decisions(home, NOTICE).all]
    between = told(notice, home, MOMENTS)
    assert len({str(one) for one in between}) == len(MOMENTS), "each part moved something"
    after = told(notice, home, decided)
    assert len({str(one) for one in after}) > len(decided) // 2, "the decisions moved something"
    assert told(notice, other, [*MOMENTS, *decided]) == [*between, *after]
    rebuild(home)
    assert told(notice, home, [*MOMENTS, *decided]) == [*between, *after]
