"""The formulas behind addresses, phones, mailboxes and counts: what they let in, the check stage accepts."""

import random
import re
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from pipelines.check.suites import PATTERNS
from pipelines.notice import load_notice
from pipelines.read.values import CountGrammar, read_count, read_phone
from pipelines.templates.rules import column_rules
from tests.templates.fill import CUSTOM
from tests.templates.office import convert, needs_office

COLUMNS = {
    "url": ("plan", "column_url"),
    "phone": ("plan", "contact_phone"),
    "email": ("plan", "contact_email"),
    "count": ("statistics", "events"),
}
WRONG = {
    "url": ["www.a.cn", "http://", "https:///a", "http://a b.cn", "见附件", "ftp://a.cn/b", "http://?a=1", "http:a.cn/b/c"],
    "phone": ["1380000000", "138000000000", "12800000000", "1380000.000", "010 1234567", "0101-123456", "1380000000a",
              "010-1234-567", "01-12345678", "010-123456789", "电话", "010--1234567", "0a0-12345678"],
    "email": ["a", "a@b", "@b.cn", "a@b@c.cn", "a b@c.cn", "a@.cn", "a@b.", "a@b..cn", "a,b@c.cn"],
    "count": [-1, 1.5, "很多", 10**13, "1 2"],
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[object, bool]]:
    """Each candidate and whether the template's formula lets it in, as LibreOffice works it out."""
    notice, rng = load_notice("sd-vocational-week-2020"), random.Random(7)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    given = {}
    for sort, (deliverable, column) in COLUMNS.items():
        rule = next(
            one for one in column_rules(notice, deliverable, notice.recipients[0]) if one.name == column
        )
        given[sort] = [*WRONG[sort], *(draw(rng) for draw in CUSTOM[sort] for _ in range(60)), rule.example]
        sheet = book.create_sheet(sort)
        for row, value in enumerate(given[sort], 1):
            sheet.cell(row, 1).value = value
            sheet.cell(row, 2).value = f"=IF({rule.validation(f'A{row}')['value'][1:]},1,0)"
    folder = tmp_path_factory.mktemp("formulas")
    book.save(folder / "formulas.xlsx")
    (made,) = convert([folder / "formulas.xlsx"], "xls", folder / "out", folder / "profile")
    return {sort: _results(made, sort, values) for sort, values in given.items()}


def _results(path: Path, sort: str, values: list[object]) -> dict[object, bool]:
    """An error counts as no, as it does in a validation."""
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(sort).to_python()
    assert len(rows) == len(values)
    return {str(value): row[1] == 1 for value, row in zip(values, rows, strict=True)}


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize("sort", COLUMNS)
def test_right_values_are_let_in_and_wrong_ones_are_not(judged, sort):
    wrong = {str(value) for value in WRONG[sort]}
    assert {value for value, lets_in in judged[sort].items() if not lets_in} == wrong
    assert len(judged[sort]) - len(wrong) >= 60


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize("sort", COLUMNS)
def test_whatever_is_let_in_is_accepted(judged, sort):
    grammar = CountGrammar.of(load_notice("sd-vocational-week-2020").words)
    for value, lets_in in judged[sort].items():
        if sort == "count":
            number, state = read_count(value, grammar)
            assert not lets_in or state == "not_applicable" or (number is not None and number >= 0)
        else:
            read = read_phone(value) if sort == "phone" else value
            assert not lets_in or (read and re.match(PATTERNS[sort], read)), value
