"""Fills a template at random by nothing but the validations that stand in it."""

import random
import string
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

EPOCH = date(1899, 12, 30)
LETTERS = (
    "职业教育活动周技能展示体验日走进社区校园开放工匠讲堂成果汇报" + string.ascii_letters + string.digits
)


def fill_template(source: Path, target: Path, rng: random.Random, rows: int) -> int:
    """Writes a filled-in copy; returns how many rows were filled."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    rules = list(sheet.data_validations.dataValidation)
    first = min(area.min_row for rule in rules for area in rule.sqref.ranges)
    last = max(area.max_row for rule in rules for area in rule.sqref.ranges)
    rows = min(rows, last - first + 1)
    for row in range(first, first + rows):
        for rule in rules:
            column = next(iter(rule.sqref.ranges)).min_col
            is_required = sheet.cell(first - 2, column).font.color.rgb == "FFFFFFFF"
            if is_required or rng.random() < 0.7:
                sheet.cell(row, column).value = draw(book, sheet, rule, rng)
    book.save(target)
    return rows


def draw(book: openpyxl.Workbook, sheet: Worksheet, rule: DataValidation, rng: random.Random) -> object:
    """A value that the validation lets in, of any length and size that it lets in."""
    if rule.type == "list":
        return rng.choice(_words(book, rule.formula1))
    if rule.type == "date":
        first, last = (EPOCH + timedelta(int(bound)) for bound in (rule.formula1, rule.formula2))
        return first + timedelta(rng.randint(0, (last - first).days))
    if rule.type == "whole":
        return rng.randint(int(rule.formula1), min(int(rule.formula2), 10 ** rng.randint(1, 12)))
    if rule.type == "textLength":
        length = rng.randint(int(rule.formula1), int(rule.formula2))
        return "".join(rng.choice(LETTERS) for _ in range(length))
    assert rule.type == "custom"
    return rng.choice(CUSTOM[_sort(rule.formula1)])(rng)


def _words(book: openpyxl.Workbook, name: str) -> list[str]:
    place = book.defined_names[name.lstrip("=")]
    title, area = next(place.destinations)
    return [cell.value for row in book[title][area] for cell in row]


def _sort(formula: str) -> str:
    return (
        "url"
        if "http" in formula
        else "email"
        if '"@"' in formula
        else "phone"
        if '"-"' in formula and "SUBSTITUTE" in formula
        else "count"
    )


def _word(rng: random.Random, letters: str = string.ascii_lowercase) -> str:
    return "".join(rng.choice(letters) for _ in range(rng.randint(2, 9)))


def _number(rng: random.Random, length: int) -> str:
    return str(rng.randint(1, 9)) + "".join(rng.choice(string.digits) for _ in range(length - 1))


CUSTOM = {
    "url": [
        lambda rng: f"http://{_word(rng)}.edu.cn",
        lambda rng: f"HTTPS://www.{_word(rng)}.cn/{_word(rng)}?a={_word(rng)}#{_word(rng)}",
        lambda rng: f"http://{_word(rng)}.cn:{rng.randint(80, 9999)}/活动周/",
    ],
    "email": [
        lambda rng: f"{_word(rng)}@{_word(rng)}.com",
        lambda rng: f"{_word(rng)}.{_word(rng)}_1@mail.{_word(rng)}.edu.cn",
    ],
    "phone": [
        lambda rng: f"1{rng.randint(3, 9)}{_number(rng, 9)}",
        lambda rng: int(f"1{rng.randint(3, 9)}{_number(rng, 9)}"),
        lambda rng: f"0{_number(rng, rng.choice((2, 3)))}-{_number(rng, rng.choice((7, 8)))}",
    ],
    "count": [lambda rng: rng.randint(0, 10 ** rng.randint(1, 12)), lambda rng: "-"],
}
"""What people would enter where a formula decides; that the formulas agree is a test of its own."""
