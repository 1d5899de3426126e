"""What stands in a template, and that it cannot be filled in wrongly without being told."""

import io

import openpyxl
import pytest

from pipelines.ground.errors import NoticesError
from pipelines.notice import list_notices, load_notice
from pipelines.read.identity import MARK
from pipelines.templates.examples import counties
from pipelines.templates.workbook import FIRST_ROW, HEADER_ROW, make_template
from pipelines.templates.write import FORMS, owed_tables, write_templates

NOTICE = "sd-vocational-week-2020"


@pytest.fixture(scope="module")
def notice():
    return load_notice(NOTICE)


@pytest.fixture(scope="module")
def book(notice):
    unit = next(one for one in notice.recipients if one.code == "EDU-3701")
    return openpyxl.load_workbook(io.BytesIO(make_template(notice, "materials", unit)))


def test_the_same_template_is_the_same_file(notice):
    unit = notice.recipients[0]
    assert make_template(notice, "plan", unit) == make_template(notice, "plan", unit)


def test_headers_are_protected_and_cells_to_fill_in_are_not(notice, book):
    sheet = book.worksheets[0]
    assert sheet.protection.sheet
    headers = [cell for cell in sheet[HEADER_ROW + 1] if cell.value]
    columns = notice.deliverables["materials"].columns
    assert [cell.value for cell in headers] == [
        notice.words.row_number[0],
        *(column.headers[0] for column in columns.values()),
        "备注",
    ]
    assert all(cell.protection.locked for cell in headers)
    assert all(cell.protection.locked for cell in sheet[HEADER_ROW + 2])
    assert not any(cell.protection.locked for cell in sheet[FIRST_ROW + 1])


def test_every_column_has_its_rule_and_its_hint(notice, book):
    rules = {
        next(iter(one.sqref.ranges)).min_col: one
        for one in book.worksheets[0].data_validations.dataValidation
    }
    columns = list(notice.deliverables["materials"].columns)
    assert sorted(rules) == list(range(2, len(columns) + 2))
    kinds = {name: rules[number].type for number, name in enumerate(columns, 2)}
    assert kinds == {
        "activity_date": "date",
        "material_type": "list",
        "title": "textLength",
        "category": "list",
        "theme": "list",
        "county": "list",
        "participants": "whole",
        "online_views": "whole",
        "link": "custom",
    }
    assert all(rule.prompt and rule.error and rule.showInputMessage for rule in rules.values())


def test_the_units_own_counties_are_the_drop_down(notice, book):
    unit = next(one for one in notice.recipients if one.code == "EDU-3701")
    title, area = next(book.defined_names["list_county"].destinations)
    words = [cell.value for row in book[title][area] for cell in row]
    assert words == counties(notice, unit)
    assert len(words) > 5


def test_what_is_hidden_is_hidden(book):
    states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    assert states[MARK] == "veryHidden"
    assert list(states.values()).count("visible") == 2


@pytest.mark.parametrize("notice_id", list_notices())
def test_each_unit_gets_a_template_for_each_table_it_owes(notice_id, tmp_path):
    notice = load_notice(notice_id)
    unit = next(one for one in notice.recipients if list(owed_tables(notice, one)))
    written = write_templates(notice, tmp_path, unit.code)
    tables = list(owed_tables(notice, unit))
    assert len(written) == 2 * len(tables)
    assert len([path for path in written if path.parent.name == FORMS]) == len(tables)
    assert len([path for path in written if path.parent.name == unit.name]) == len(tables)


@pytest.mark.parametrize("code", ["EDU-0000", "IND-3701"])
def test_a_unit_that_owes_nothing_is_said(notice, tmp_path, code):
    with pytest.raises(NoticesError, match=code):
        write_templates(notice, tmp_path, code)
    assert list(tmp_path.iterdir()) == []


def test_a_zero_report_is_not_coloured_and_its_blank_day_is(notice, book):
    """A required cell is pink unless the row is a zero report; the day is needed there too."""
    sheet, words = book.worksheets[0], notice.words.zero_report
    headers = {cell.column_letter: cell.value for cell in sheet[HEADER_ROW + 1]}
    formulas = {
        headers[str(area.sqref)[0]]: rule.formula[0]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
    }
    assert set(formulas) == {"活动日期", "材料类型", "标题", "活动类别"}
    for header, formula in formulas.items():
        told = [word for word in words if f'TRIM($D6)="{word}"' in formula]
        assert told == ([] if header == "活动日期" else list(words))
