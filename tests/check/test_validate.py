"""What real Great Expectations makes of rows: faults with their place, and a failed run where an expectation itself fails."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from pipelines.ground.errors import NoticesError
from pipelines.notice import load_notice
from pipelines.read.frames import SHEETS, rows_schema
from tests.check.late import validate_rows

NOTICE = load_notice("sd-vocational-week-2020")
PLACES = '{"title": [3, "题目"], "participants": [7, "人数（人）"]}'
SENTENCE = {"reason": "bad_date", "severity": "error", "sentence": "第{row}行“{header}”写的“{value}”，请核对"}


def _rows(*changes: dict[str, Any]) -> dict[str, pa.Table]:
    """Rows 5, 6, … of one sheet, each valid but for its changes."""
    schema = rows_schema(NOTICE, "materials")
    good = {
        "submission_id": "s", "sheet": "日报", "is_zero_report": False, "activity_date": date(2020, 11, 9),
        "activity_date_given": "11.9", "material_type": "稿件", "material_type_given": "稿件", "title": "甲",
        "title_given": "甲", "category": "宣传活动", "category_given": "宣传活动", "participants_state": "blank",
        "online_views_state": "blank",
    }  # fmt: skip
    rows = [dict.fromkeys(schema.names) | good | {"row_number": 5 + n} | one for n, one in enumerate(changes)]
    return {"materials": pa.Table.from_pylist(rows, schema=schema)}


def _sheets() -> pa.Table:
    one = {
        "submission_id": "s",
        "sheet_number": 1,
        "deliverable": "materials",
        "sheet": "日报",
        "header_row": 4,
        "places": PLACES,
    }
    return pa.Table.from_pylist([one], schema=SHEETS)


def test_a_fault_has_its_place_value_and_sentence() -> None:
    unread = {"participants_given": " 若干 ", "participants_state": "unreadable"}
    verdicts, _ = validate_rows(NOTICE, _rows({}, unread), _sheets())
    (fault,) = verdicts.to_pylist()
    assert fault == {
        "submission_id": "s",
        "deliverable": "materials",
        "sheet": "日报",
        "table_number": None,
        "row_number": 6,
        "fault_number": fault["fault_number"],
        "column_name": "participants",
        "column_number": 7,
        "header": "人数（人）",
        "value": " 若干 ",
        "reason": "bad_number",
        "severity": "error",
        "sentence": "第6行“人数（人）”写的“若干”不是数，请填整数，如 300",
        "is_personal": False,
    }


def test_a_column_that_is_not_there_is_named_by_the_notice_s_header() -> None:
    gone = {"category": None, "category_given": None}
    verdicts, _ = validate_rows(NOTICE, _rows(gone), _sheets())
    (fault,) = verdicts.to_pylist()
    assert (fault["header"], fault["column_number"], fault["value"]) == ("活动类别", None, None)


def test_faults_come_in_row_order_and_in_the_order_of_reasons() -> None:
    both = {"material_type": "标语", "activity_date": date(2020, 11, 1)}
    verdicts, _ = validate_rows(NOTICE, _rows(both, {}, both), _sheets())
    found = [(one["row_number"], one["reason"]) for one in verdicts.to_pylist()]
    assert found == [(5, "outside_window"), (5, "not_in_list"), (7, "outside_window"), (7, "not_in_list")]


def test_results_count_rows_and_failures() -> None:
    _, results = validate_rows(
        NOTICE, _rows({}, {"material_type": "标语"}, {"material_type": "横幅"}), _sheets()
    )
    counts = {(one.column, one.reason): (one.rows, one.failed) for one in results}
    assert counts[("material_type", "not_in_list")] == (3, 2)
    assert sum(failed for _, failed in counts.values()) == 2


def test_no_rows_no_verdicts() -> None:
    verdicts, results = validate_rows(NOTICE, _rows(), _sheets())
    assert verdicts.num_rows == 0
    assert {one.failed for one in results} == {0}


def test_two_rules_of_one_kind_are_not_taken_for_each_other(tmp_path: Path) -> None:
    rules = [
        {"for": "title", "type": "expect_column_values_to_match_regex", "kwargs": {"column": "title", "regex": regex}, "meta": SENTENCE}
        for regex in ("^甲", "^乙")
    ]  # fmt: skip
    (tmp_path / "materials.yaml").write_text(yaml.safe_dump({"expectations": rules}), "utf-8")
    verdicts, _ = validate_rows(NOTICE, _rows({}, {"title": "乙"}), _sheets(), tmp_path)
    assert [(one["row_number"], one["fault_number"]) for one in verdicts.to_pylist()] == [(5, 1), (6, 1)]


def test_a_warning_is_recorded_as_one(tmp_path: Path) -> None:
    rule = {
        "for": "title",
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "title", "regex": "^乙"},
        "meta": SENTENCE | {"severity": "warning"},
    }
    (tmp_path / "materials.yaml").write_text(yaml.safe_dump({"expectations": [rule]}), "utf-8")
    verdicts, _ = validate_rows(NOTICE, _rows({}), _sheets(), tmp_path)
    assert [one["severity"] for one in verdicts.to_pylist()] == ["warning"]


@pytest.mark.parametrize(
    ("kind", "kwargs"),
    [
        pytest.param(
            "expect_column_values_to_not_be_null", {"column": "no_such_column"}, id="no-such-column"
        ),
        pytest.param(
            "expect_column_values_to_match_regex",
            {"column": "title", "regex": "(unclosed"},
            id="broken-regex",
        ),
        pytest.param(
            "expect_column_values_to_not_be_null",
            {"column": "title", "row_condition": "no_such == 1", "condition_parser": "pandas"},
            id="condition-on-no-column",
        ),
        pytest.param(
            "expect_column_values_to_be_between", {"column": "title", "min_value": 0}, id="numbers-of-texts"
        ),
        pytest.param("expect_table_row_count_to_equal", {"value": 99}, id="not-about-rows"),
    ],
)
def test_an_expectation_that_fails_itself_fails_the_run(
    tmp_path: Path, kind: str, kwargs: dict[str, Any]
) -> None:
    rule = {"for": "title", "type": kind, "kwargs": kwargs, "meta": SENTENCE}
    (tmp_path / "materials.yaml").write_text(yaml.safe_dump({"expectations": [rule]}), "utf-8")
    with pytest.raises(NoticesError, match=r"materials\.title 的规则 bad_date 自己出错了，本轮作废"):
        validate_rows(NOTICE, _rows({}), _sheets(), tmp_path)


def _reasons(rows: dict[str, pa.Table]) -> list[list[tuple[str, str]]]:
    """What each of the rows 5, 6, … is told, all judged in one go."""
    (table,) = rows.values()
    found: list[list[tuple[str, str]]] = [[] for _ in range(table.num_rows)]
    for one in validate_rows(NOTICE, rows, _sheets())[0].to_pylist():
        found[one["row_number"] - 5].append((one["column_name"], one["reason"]))
    return found


ERROR = {"activity_date": None, "activity_date_given": "#REF!", "activity_date_state": "error"}
BROKEN = {"material_type": None, "material_type_given": "#N/A", "material_type_state": "error"}
STRANGE = {"county": "甲县", "county_given": "甲县", "county_state": "unreadable"}
WRONG = {"material_type": "标语", "category": None, "category_given": None}
UNTITLED = {
    f"{name}{part}": None for name in ("title", "material_type", "category") for part in ("", "_given")
}
DASH = {"material_type": "-", "material_type_given": "-"}
MATERIALS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "one-fault-a-cell": (
        ERROR | BROKEN | STRANGE,
        [("activity_date", "cell_error"), ("material_type", "cell_error"), ("county", "unknown_county")],
    ),
    "order-of-reasons-then-columns": (WRONG, [("category", "missing_required"), ("material_type", "not_in_list")]),
    "misaligned-stands-alone": (WRONG | {"row_state": "misaligned_row"}, [("", "misaligned_row")]),
    "ambiguous-row-stands-alone": (
        WRONG | {"row_state": "ambiguous_value", "row_state_field": "title"},
        [("title", "ambiguous_value")],
    ),
    "zero-report-needs-no-title": (UNTITLED | {"is_zero_report": True}, []),
    "zero-report-with-a-dash-as-type": (DASH | {"is_zero_report": True}, []),
    "a-dash-as-type": (DASH, [("material_type", "not_in_list")]),
}  # fmt: skip


def test_what_rows_of_materials_are_told() -> None:
    told = _reasons(_rows(*(changes for changes, _ in MATERIALS.values())))
    assert dict(zip(MATERIALS, told, strict=True)) == {name: said for name, (_, said) in MATERIALS.items()}


NAMELESS = {"unit_name": None, "unit_name_given": None}
OTHER = {"row_state": "other_unit", "row_state_field": "unit_name"}
STATISTICS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "good": ({}, []),
    "blank": ({"events": None, "events_state": "blank"}, [("events", "missing_required")]),
    "not-applicable-satisfies": ({"events": None, "events_given": "-", "events_state": "not_applicable"}, []),
    "names-nobody": (NAMELESS, [("unit_name", "missing_required")]),
    "names-nobody-and-need-not": (NAMELESS | {"unit_name_state": "understood"}, []),
    "other-unit-beside-other-faults": (
        OTHER | {"schools": -1}, [("unit_name", "other_unit"), ("schools", "negative_number")]
    ),
    "repeated": ({"row_state": "repeated_row"}, [("", "repeated_row")]),
    "ambiguous-row-and-a-wrong-cell": (
        {"row_state": "ambiguous_value", "schools": -1}, [("", "ambiguous_value"), ("schools", "negative_number")]
    ),
    "ambiguous-cell": ({"events": None, "events_given": "1.2", "events_state": "ambiguous"}, [("events", "ambiguous_value")]),
}  # fmt: skip


def test_what_rows_of_statistics_are_told() -> None:
    schema, indicators = rows_schema(NOTICE, "statistics"), NOTICE.deliverables["statistics"].indicators
    good = dict.fromkeys(schema.names) | {
        "submission_id": "s",
        "sheet": "日报",
        "unit_name": "甲",
        "unit_name_given": "甲",
    }
    for name in indicators:
        good |= {name: 1, f"{name}_given": "1", f"{name}_state": "number"}
    rows = [good | {"row_number": 5 + n} | changes for n, (changes, _) in enumerate(STATISTICS.values())]
    told = _reasons({"statistics": pa.Table.from_pylist(rows, schema=schema)})
    assert dict(zip(STATISTICS, told, strict=True)) == {name: said for name, (_, said) in STATISTICS.items()}


def test_a_phone_never_stands_in_a_sentence() -> None:
    schema, item = rows_schema(NOTICE, "plan"), NOTICE.deliverables["plan"]
    row = dict.fromkeys(schema.names) | {"submission_id": "s", "sheet": "日报", "row_number": 5}
    row |= {f"{name}_given": "123" for name in item.columns} | dict.fromkeys(item.columns, "123")
    row |= {"column_url": "http://a.cn", "contact_email": "a@b.cn"}
    table = pa.Table.from_pylist([row], schema=schema)
    (fault,) = validate_rows(NOTICE, {"plan": table}, _sheets())[0].to_pylist()
    assert (fault["reason"], fault["is_personal"], fault["value"]) == ("bad_phone", True, "123")
    assert "123" not in fault["sentence"]


@pytest.mark.parametrize(("count", "said"), [(1, ""), (3, "第2件")])
def test_an_answer_is_told_of_no_row(count: int, said: str) -> None:
    rows = _rows({"category": None, "category_given": None, "row_order": 2})
    verdicts, _ = validate_rows(NOTICE, rows, _sheets(), answers={"s": count})
    assert [one["sentence"] for one in verdicts.to_pylist()] == [
        f"{said}缺少“活动类别”，请补填（当日没有活动的，标题写“零报告”，类型和类别都不填）"
    ]
