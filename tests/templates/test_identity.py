"""A template says whose it is and what for before anything else does; its example row is never data."""

import io
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.read.identity import MARK, TemplateId, known_identity, read_identity
from pipelines.templates.workbook import make_template
from tests.templates.office import convert, needs_office

NOTICE = "sd-vocational-week-2020"
SHARED, JINAN = "教育厅收件/共享/表.xlsx", "教育厅收件/济南市教育局/表.xlsx"


@pytest.fixture(scope="module")
def notice():
    return load_notice(NOTICE)


def template(notice, code="EDU-3702", deliverable="materials", id_cells=()) -> openpyxl.Workbook:
    """A filled-in template without its line 填报单位; `id_cells` replace what the hidden sheet says."""
    unit = next(one for one in notice.recipients if one.code == code)
    book = openpyxl.load_workbook(io.BytesIO(make_template(notice, deliverable, unit)))
    sheet = book.worksheets[0]
    sheet["A2"] = None
    example = next(sheet.iter_rows(min_row=5, max_row=5, values_only=True))
    for column, value in enumerate(example[1:], 2):
        sheet.cell(6, column).value = value
    replaced = dict(id_cells)
    for row in book[MARK].iter_rows():
        row[1].value = replaced.get(row[0].value, row[1].value)
    return book


def outcome(tmp_path: Path, path: str, book: openpyxl.Workbook) -> tuple[object, ...]:
    home = Home(tmp_path)
    target = home.inbox(NOTICE) / path
    target.parent.mkdir(parents=True)
    book.save(target)
    return ends(home)


def ends(home: Home) -> tuple[object, ...]:
    (found,) = all_ends(home)
    return found


def all_ends(home: Home) -> list[tuple[object, ...]]:
    cycle.run(home, load_notice(NOTICE), now=datetime(2020, 12, 1))
    with duckdb.connect(home.published, read_only=True) as connection:
        return connection.execute(
            "SELECT recipient_code, deliverable, state, reason, row_count FROM marts.files ORDER BY path"
        ).fetchall()


def test_the_id_alone_tells_whose_it_is_and_the_example_is_no_row(notice, tmp_path):
    assert outcome(tmp_path, SHARED, template(notice)) == ("EDU-3702", "materials", "accepted", None, 1)


def test_the_id_goes_before_the_line_above_the_table(notice, tmp_path):
    book = template(notice)
    book.worksheets[0]["A2"] = "填报单位：烟台市教育局"
    assert outcome(tmp_path, SHARED, book)[0] == "EDU-3702"


def test_another_units_template_is_a_conflict(notice, tmp_path):
    found = outcome(tmp_path, JINAN, template(notice))
    assert found == ("EDU-3701", "materials", "rejected", "recipient_conflict", 0)


NONSENSE = {
    "another notice": {"notice": "another-notice"},
    "nobody": {"recipient": "EDU-0000"},
    "no deliverable": {"deliverable": "unheard_of"},
    "blank": {"recipient": None},
}


def test_an_id_that_makes_no_sense_is_passed_over(notice, tmp_path):
    home = Home(tmp_path)
    folder = (home.inbox(NOTICE) / JINAN).parent
    folder.mkdir(parents=True)
    for what, cells in NONSENSE.items():
        template(notice, "EDU-3701", id_cells=cells).save(folder / f"{what}.xlsx")
    found = dict(zip(sorted(NONSENSE), all_ends(home), strict=True))
    assert found == dict.fromkeys(NONSENSE, ("EDU-3701", "materials", "accepted", None, 1))


def test_the_id_decides_which_of_two_tables_it_is(notice, tmp_path):
    """A plan whose own headers were overwritten but for two: the id still says which it is."""
    book = template(notice, deliverable="plan")
    for column in (4, 5, 6):
        book.worksheets[0].cell(4, column).value = f"栏{column}"
    found = outcome(tmp_path, SHARED, book)
    assert found[:4] == ("EDU-3702", "plan", "rejected", "no_valid_row")


def test_a_blank_template_holds_no_row(notice, tmp_path):
    book = template(notice)
    for column in range(2, 12):
        book.worksheets[0].cell(6, column).value = None
    assert outcome(tmp_path, SHARED, book) == ("EDU-3702", "materials", "rejected", "no_valid_row", 0)


@needs_office
@pytest.mark.slow
def test_the_id_survives_another_program(notice, tmp_path):
    source, home = tmp_path / "表.xlsx", Home(tmp_path / "home")
    template(notice).save(source)
    folder = home.inbox(NOTICE) / "教育厅收件" / "共享"
    folder.mkdir(parents=True)
    for suffix in ("xlsx", "xls", "ods"):
        (made,) = convert([source], suffix, tmp_path / "out", tmp_path / "profile")
        shutil.copyfile(made, folder / made.name)
    assert all_ends(home) == [("EDU-3702", "materials", "accepted", None, 1)] * 3


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([["notices-template"]], None),
        ([["别的", "1"], ["notice", "x"]], None),
        ([["notices-template", "1"], ["notice", NOTICE], ["recipient", 3.0]], (NOTICE, "3.0", "")),
    ],
)
def test_hidden_sheets_that_hold_something_else(notice, rows, found):
    assert read_identity(rows) == (TemplateId(*found) if found else None)
    assert known_identity(notice, read_identity(rows)) is None


def test_every_example_in_every_template_is_a_right_value(tmp_path):
    """All units' templates with the example filled in, in one cycle: all are accepted."""
    notice, home = load_notice(NOTICE), Home(tmp_path)
    for code in ("EDU-3701", "EDU-3714"):
        for name in ("plan", "materials", "statistics"):
            target = home.inbox(NOTICE) / "教育厅收件" / "共享" / f"{code}{name}.xlsx"
            target.parent.mkdir(parents=True, exist_ok=True)
            template(notice, code, name).save(target)
    cycle.run(home, notice, now=datetime(2020, 12, 1))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute("SELECT recipient_code, state, row_count FROM marts.files").fetchall()
    assert sorted(found) == [(code, "accepted", 1) for code in ("EDU-3701", "EDU-3714") for _ in range(3)]
    assert date(2020, 11, 8) == notice.window("materials")[0]
