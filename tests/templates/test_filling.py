"""A template cannot go wrong: whatever its own validations let in is accepted, from every program that may have saved it."""

import random
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.templates.workbook import make_template
from pipelines.templates.write import owed_tables, template_name
from tests.templates.fill import fill_template
from tests.templates.office import convert, needs_office

NOTICE = "sd-vocational-week-2020"
NOW = datetime(2020, 12, 1)
SEED = 20201108


def fill_many(folder: Path, count: int) -> list[tuple[str, Path, int]]:
    """(unit, file, rows) of templates of all tables, units in turn, filled at random."""
    notice, rng = load_notice(NOTICE), random.Random(SEED)
    owing = [(one, name) for one in notice.recipients for name in owed_tables(notice, one)]
    found = []
    for number, (recipient, name) in enumerate(rng.sample(owing, count)):
        empty, filled = folder / "empty.xlsx", folder / f"{number:03}.xlsx"
        empty.write_bytes(make_template(notice, name, recipient))
        found.append((recipient.name, filled, fill_template(empty, filled, rng, rng.randint(1, 9))))
        assert template_name(notice, recipient, name)
    return found


def send_in(home: Home, files: list[tuple[str, Path, int]]) -> None:
    """One cycle over all of them, each under a name that says nothing, in a folder that is nobody's."""
    notice = load_notice(NOTICE)
    lines = {one.name: one.line for one in notice.recipients}
    folders = {source.line: source.path for source in notice.sources if source.kind == "folder"}
    for unit, file, _ in files:
        target = home.inbox(NOTICE) / folders[lines[unit]] / "共享" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    cycle.run(home, notice, now=NOW)


def ends(home: Home) -> list[tuple[object, ...]]:
    """What became of each file: state, whose, how many rows, why not."""
    with duckdb.connect(home.published, read_only=True) as connection:
        return connection.execute(
            """
            SELECT split_part(path, '/', -1), state, recipient, row_count, reason, rejected_rows
            FROM marts.files WHERE notice_id = $1 ORDER BY 1
            """,
            [NOTICE],
        ).fetchall()


def test_a_template_filled_within_its_validations_is_accepted(tmp_path):
    check_accepted(tmp_path, fill_many(tmp_path, 20))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "count"),
    [
        # Two hundred are half a minute for each program; twenty above and here are filled by the same rules.
        pytest.param("openpyxl", 200, id="openpyxl", marks=pytest.mark.soak),
        pytest.param("xlsx", 20, id="LibreOffice-xlsx, twenty", marks=needs_office),
        pytest.param("xlsx", 200, id="LibreOffice-xlsx", marks=[needs_office, pytest.mark.soak]),
        pytest.param("xls", 200, id="LibreOffice-xls", marks=[needs_office, pytest.mark.soak]),
    ],
)
def test_two_hundred_of_two_hundred_are_accepted(program, count, tmp_path):
    filled = fill_many(tmp_path, count)
    if program == "openpyxl":
        check_accepted(tmp_path, filled)
        return
    made = convert([file for _, file, _ in filled], program, tmp_path / "out", tmp_path / "profile")
    check_accepted(tmp_path, [(unit, new, rows) for (unit, _, rows), new in zip(filled, made, strict=True)])


def check_accepted(folder: Path, files: list[tuple[str, Path, int]]) -> None:
    home = Home(folder / "home")
    send_in(home, files)
    expected = [(file.name, "accepted", unit, rows, None, None) for unit, file, rows in files]
    assert ends(home) == sorted(expected)
