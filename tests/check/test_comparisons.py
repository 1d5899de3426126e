"""Two numbers of one row compared as a notice asks: what is sent back, what is noted, and what cannot be compared is not judged."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.check.suites import REASONS, build_rules
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.read.frames import SHEETS, rows_schema
from tests.check.late import validate_rows

NOTICE, TABLE = "nx-canteen-safety-2020", "weekly_table"
HERE = "    file_words: [周报]\n"
FIXED = '{left: hazards_fixed, is: "<=", right: hazards_found}'
CLOSED = (
    '{left: canteens_checked, is: ">", right: canteens_closed, severity: note, sentence: 停业的也算排查过的}'
)
TOLD = "第5行“整改数”写的“12处”应不大于“隐患数”写的“九”，请核对这两项"


def changed(folder: Path, *checks: str, here: str = HERE) -> Notice:
    shutil.copytree(NOTICES / NOTICE, folder / NOTICE)
    shutil.copy(NOTICES / "words.yaml", folder)
    path = folder / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    assert text.count(here) == 1
    path.write_text(text.replace(here, f"{here}    checks: [{', '.join(checks)}]\n"), "utf-8")
    return load_notice(NOTICE, folder)


def judge(notice: Notice, *rows: dict[str, int | None]) -> list[dict[str, Any]]:
    """The faults of rows 5, 6, … of one sheet, which say these numbers and, of the others, nothing that is not required."""
    schema = rows_schema(notice, TABLE)
    given = {"unit_name_given": "银川市教育局", "period_date_given": "2020-12-06"}
    counts = dict.fromkeys((f"{name}_state" for name in notice.deliverables[TABLE].indicators), "number")
    spelt = {12: "12处", 9: "九"}
    table = [
        dict.fromkeys(schema.names)
        | {
            "submission_id": "s",
            "sheet": "表",
            "table_number": 1,
            "row_number": 5 + number,
            "is_zero_report": False,
        }
        | given
        | counts
        | row
        | {f"{name}_given": spelt.get(value, str(value)) for name, value in row.items() if value is not None}  # type: ignore[call-overload]
        for number, row in enumerate(rows)
    ]
    sheet = {
        "submission_id": "s", "sheet_number": 1, "table_number": 1, "deliverable": TABLE, "sheet": "表", "header_row": 4,
        "places": '{"hazards_fixed": [5, "整改数"], "hazards_found": [4, "隐患数"]}',
    }  # fmt: skip
    sheets = pa.Table.from_pylist([{k: v for k, v in sheet.items() if k in SHEETS.names}], schema=SHEETS)
    rows_of = {TABLE: pa.Table.from_pylist(table, schema=schema)}
    return validate_rows(notice, rows_of, sheets)[0].to_pylist()


def test_what_contradicts_itself_goes_back_with_both_numbers(tmp_path: Path) -> None:
    notice = changed(tmp_path, FIXED)
    (fault,) = judge(
        notice,
        {"hazards_fixed": 12, "hazards_found": 9},
        {"hazards_fixed": 9, "hazards_found": 9},
        {"hazards_fixed": 12, "hazards_found": None},
        {"hazards_fixed": None, "hazards_found": 9},
        {"hazards_fixed": 0, "hazards_found": 12},
    )
    assert (fault["row_number"], fault["reason"], fault["severity"]) == (5, "inconsistent", "error")
    assert (fault["column_name"], fault["column_number"], fault["header"]) == ("hazards_fixed", 5, "整改数")
    assert (fault["value"], fault["sentence"]) == ("12处", TOLD)


def test_a_note_is_recorded_and_rejects_nothing(tmp_path: Path) -> None:
    notice = changed(tmp_path, FIXED, CLOSED)
    rows = judge(
        notice,
        {"canteens_checked": 9, "canteens_closed": 9},
        {"canteens_checked": 12, "canteens_closed": 9, "hazards_fixed": 12, "hazards_found": 9},
    )
    assert [(one["row_number"], one["severity"]) for one in rows] == [(5, "warning"), (6, "error")]
    assert rows[0]["sentence"] == (
        "第5行“排查食堂数”写的“九”应大于“停业整顿食堂数”写的“九”，请核对这两项。停业的也算排查过的"
    )


def test_a_column_that_nobody_filled_in_is_not_judged(tmp_path: Path) -> None:
    assert judge(changed(tmp_path, FIXED), {"hazards_fixed": 12}, {"hazards_fixed": 9}) == []


@pytest.mark.parametrize(
    ("relation", "failing"),
    [("<=", {7}), ("<", {6, 7}), (">=", {5}), (">", {5, 6})],
    ids=["at-most", "less", "at-least", "more"],
)
def test_every_relation_is_what_it_says(tmp_path: Path, relation: str, failing: set[int]) -> None:
    notice = changed(tmp_path, FIXED.replace("<=", relation))
    rows = [{"hazards_fixed": value, "hazards_found": 9} for value in (8, 9, 10)]
    assert {one["row_number"] for one in judge(notice, *rows)} == failing


def test_it_is_named_last_and_in_general_speaks_of_no_row(tmp_path: Path) -> None:
    notice = changed(tmp_path, FIXED)
    assert REASONS[-1] == "inconsistent"
    rule = build_rules(notice, TABLE)[-1]
    assert rule.in_general == "第{row}行“{header}”写的“{value}”应不大于“发现隐患数”写的“…”，请核对这两项"
    assert not [one for one in build_rules(notice, "monthly_table") if one.other]


MISTAKES = {
    "unknown_column": (FIXED.replace("hazards_found", "hazards"), "checks.0.right", "hazards_found"),
    "no_number": (FIXED.replace("hazards_fixed", "period_date"), "checks.0.left", "不是这张表的指标"),
    "with_itself": (FIXED.replace("hazards_found", "hazards_fixed"), "checks.0.right", "与自己比"),
    "unknown_relation": (FIXED.replace("<=", "≤"), "checks.0.is", "<="),
    "unknown_severity": (FIXED.replace("}", ", severity: warning}"), "checks.0.severity", "note"),
    "twice": (f'{FIXED}, {{left: hazards_found, is: ">=", right: hazards_fixed}}', "checks.1", "留一条"),
}


@pytest.mark.parametrize(("checks", "place", "said"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, checks: str, place: str, said: str) -> None:
    with pytest.raises(BadNoticeError) as caught:
        changed(tmp_path, checks)
    (problem,) = caught.value.problems
    assert place in problem
    assert said in problem


def test_only_statistics_compare_columns(tmp_path: Path) -> None:
    with pytest.raises(BadNoticeError) as caught:
        changed(tmp_path, FIXED, here="    file_words: [总结]\n")
    assert [one for one in caught.value.problems if "checks" in one and "只有 statistics" in one]
