"""What docs/submitters.md tells units is so: its tables of spellings and its pictures' workbooks are read by the path itself."""

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.read.values import CountGrammar, DateGrammar, read_count, read_date
from tools.submitters_pictures import PICTURES, WORKBOOKS

NOTICE = "sd-vocational-week-2020"
PAGE = (Path(__file__).parents[2] / "docs" / "submitters.md").read_text("utf-8")


def spellings(heading: str) -> list[tuple[str, str]]:
    """The rows of the table below a heading."""
    part = PAGE.split(f"#### {heading}\n")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", part, re.M)
    return [(written, read) for written, read in rows if written != "写法"]


@pytest.mark.parametrize(("written", "read"), spellings("日期"))
def test_days_are_read_as_the_page_says(written, read):
    notice = load_notice(NOTICE)
    found = read_date(written, notice.window("materials"), typed=False, grammar=DateGrammar.of(notice))
    assert found == (None if read == "退回" else date.fromisoformat(read))


@pytest.mark.parametrize(("written", "read"), spellings("人数、次数"))
def test_counts_are_read_as_the_page_says(written, read):
    number, state = read_count(written, CountGrammar.of(load_notice(NOTICE).words))
    if read.isdigit():
        assert number == int(read)
    else:
        assert (number, state) == (None, {"退回": "unreadable", "不适用": "not_applicable"}[read])


def test_the_page_has_spellings_and_every_picture():
    assert len(spellings("日期")) > 8
    assert len(spellings("人数、次数")) > 10
    named = set(re.findall(r"pictures/(submitters-[\w-]+\.png)", PAGE))
    assert named == {path.name for path in PICTURES.glob("submitters-*.png")}
    assert {f"submitters-{name}.png" for name in WORKBOOKS} <= named
    assert all((PICTURES / name).stat().st_size < 60_000 for name in named)


def test_the_pictures_workbooks_end_as_the_page_says(tmp_path):
    notice, home = load_notice(NOTICE), Home(tmp_path)
    for name, make in WORKBOOKS.items():
        target = home.inbox(NOTICE) / "教育厅收件" / "济南市教育局" / f"{name}.xlsx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(make())
    cycle.run(home, notice, now=datetime(2020, 12, 1))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT split_part(split_part(path, '/', -1), '.', 1), state, row_count, rejected_rows FROM marts.files"
        ).fetchall()
        codes = connection.execute("SELECT code FROM marts.notes ORDER BY 1").fetchall()
        (said,) = connection.execute(
            "SELECT sentence FROM raw.verdicts WHERE row_number = 2 AND reason = 'missing_required'"
        ).fetchone()
    assert {name: tuple(ends) for name, *ends in found} == {
        "materials": ("accepted", 3, None),
        "statistics": ("accepted", 1, None),
        "asked-back": ("rejected", 4, "bad_date|bad_number|cell_error|not_in_list"),
        "renamed": ("rejected", 2, "missing_required|missing_required"),
    }
    assert [code for (code,) in codes] == ["part_row", "unread_column"]
    assert said in PAGE
