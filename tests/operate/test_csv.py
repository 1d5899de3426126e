"""No csv that leaves the program runs as a formula on a desk, and no number changes for it."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import cycle
from pipelines.ask.cells import FORMULA_STARTS, safe_text
from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.ask.writers import csv_text
from pipelines.ground.home import ROOT, Home
from pipelines.notice import Notice
from tests.conftest import MakeOnce
from tests.operate.conftest import NOW, Cli, put

ATTACKS = [f"{start}cmd|' /C calc'!A0" for start in FORMULA_STARTS] + [
    "-无-",
    "+未知",
    "=1+1",
    "-1+2",
    "@SUM(A1)",
]
HARMLESS = [
    "-5",
    "-0.5",
    "+12",
    "-1,234.50",
    "-1e-05",
    "-12%",
    "-",
    "=",
    "——",
    "1-2",
    " =1",
    "普通",
    "",
    "'=1",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_excel_would_run_gets_an_apostrophe(text: str):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_it_would_not_stays_as_it_is(text: str):
    assert safe_text(text) == text


def test_typed_values_never_change(capsys: pytest.CaptureFixture[str]):
    row = (-5, -0.25, date(2020, 11, 9), True, None, "=1+1")
    names = ["count", "x_rate", "day", "is_new", "nothing", "said"]
    print_figures(Figures(names, [row]), "csv")
    printed = capsys.readouterr().out.splitlines()[1]
    assert printed == "-5,-0.250000,2020-11-09,true,,'=1+1"
    assert csv_text(pa.table({name: [value] for name, value in zip(names, row, strict=True)})).endswith(
        f"{printed}\n"
    )


def test_there_is_one_way_out():
    """Another writer of csv would need the same care: only what makes inputs (the sample, a drafted notice's rosters, what
    people register by hand, what a rehearsal sends in) has one of its own."""
    inputs = {
        "pipelines/notice/draft/folder.py",
        "pipelines/decide/draft_by_hand.py",
        "pipelines/rehearse/trials.py",
    }
    writing = re.compile(r"csv\.writer|DictWriter|\.to_csv|COPY .* TO", re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "pipelines").rglob("*.py")
        if writing.search(path.read_text("utf-8")) and "sample" not in path.parts
    }
    assert found - inputs == {"pipelines/ask/cells.py"}


COMMANDS = {
    "files": ["files", "{notice}"],
    "a file's trace": ["trace", "{notice}", "--file", "教育厅收件/济南市教育局/=1+1.csv"],
    "a figure's trace": ["trace", "{notice}", "--city", "济南市", "--figure", "materials"],
    "returns": ["returns", "{notice}"],
    "rows": ["rows", "{notice}", "--deliverable", "materials"],
    "notes": ["notes", "{notice}"],
    "sql": ["sql", "SELECT path, title, link FROM marts.materials"],
}


@pytest.fixture(scope="module")
def attacked(notice: Notice, make_once: MakeOnce) -> Home:
    """A home in which a unit's title, link and file name are formulas; nobody writes to it."""
    titles = ("=HYPERLINK(1)", "＝1+1", "＋1+1", "@SUM(1)", '"\t=1"')
    files = {
        "=1+1.csv": "".join(f"11月9日,稿件,{title},宣传活动,300,\n" for title in titles),
        "-2.csv": "11月9日,=x,-y,=z,-5,\n",
    }

    def run(folder: Path) -> None:
        for name, rows in files.items():
            put(notice, folder / "inbox", f"教育厅收件/济南市教育局/{name}", "2020-11-09T10:00:00", rows)
        cycle.run(Home(folder / "home"), notice, folder / "inbox", NOW)

    return Home(make_once("attacked", run) / "home")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_commands_print_no_formula(words: list[str], attacked: Home, notice: Notice, cli: Cli):
    words = [word.format(notice=notice.id) for word in words]
    said = cli(*words, "--format", "csv", at=attacked)
    assert said.status == 0, said.err
    cells = [cell for row in csv.reader(io.StringIO(said.out)) for cell in row]
    assert [cell for cell in cells if cell != safe_text(cell)] == []
    assert any(cell.startswith("'") for cell in cells) or words[0] in ("files", "returns", "notes")


def test_the_marts_columns_and_exports_print_none_either(
    attacked: Home, notice: Notice, cli: Cli, tmp_path: Path
):
    said = cli("export", notice.id, "--to", tmp_path / "away", at=attacked)
    assert said.status == 0
    cells = [
        cell
        for path in (tmp_path / "away").glob("*.csv")
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig")))
        for cell in row
    ]
    assert "'=HYPERLINK(1)" in cells
    assert [cell for cell in cells if cell != safe_text(cell)] == []
