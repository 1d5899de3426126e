"""How units write how many: 参与人数 of a materials row (optional), and 活动场次 of the statistics (required)."""

from typing import Any

from tests.read.habits.case import Case, accepted, material, materials, one, rejected, statistics
from tests.read.habits.write import text
from tests.read.habits.write import word_later as word
from tests.read.habits.write import xlsx_later as xlsx


def _read(
    id: str,
    cell: Any,
    value: int | None,
    state: str = "number",
    *,
    write: Any = xlsx,
    name: str = "日报.xlsx",
) -> Case:
    read = {"participants": value, "participants_state": state}
    read |= {"participants_given": None if state == "blank" else str(cell)}
    return one(f"count-{id}", name, write(materials(material(participants=cell))), accepted(1, values=[read]))


def _fails(id: str, cell: Any, reason: str = "bad_number", seen: str | None = None) -> Case:
    end = rejected("no_valid_row", rejected_rows=reason, faults=[(2, "参与人数", reason, seen or str(cell))])
    return one(f"count-{id}", "日报.xlsx", xlsx(materials(material(participants=cell))), end)


def _required(id: str, cell: Any, value: int | None) -> Case:
    end = accepted(1, deliverable="statistics", values=[{"events": value}])
    return one(f"required-count-{id}", "附件.xlsx", xlsx(statistics(cell)), end)


def _required_fails(id: str, cell: Any, reason: str) -> Case:
    end = rejected("no_valid_row", rejected_rows=reason, deliverable="statistics",
                   faults=[(2, "活动场次", reason, None if cell in (None, "  ") else str(cell))])  # fmt: skip
    return one(f"required-count-{id}", "附件.xlsx", xlsx(statistics(cell)), end)


CASES = [
    _read("integer", 300, 300),
    _read("text", "300", 300),
    _read("text-with-point", "300.0", 300),
    _read("thousands", "1,200", 1200),
    _read("thousands-twice", "1,234,567", 1_234_567),
    _read("full-width-thousands", "１，２００", 1200),
    _read("unit", "300人", 300),
    _read("unit-spaced", " 300 人 ", 300),
    _fails("digits-apart", " 3 00 人 "),
    _read("about", "约300人", 300, "approximate"),
    _read("ten-thousand", "1.2万", 12_000, "approximate"),
    _read("ten-thousand-with-unit", "1.2万人次", 12_000, "approximate"),
    _read("about-ten-thousand", "约1.2万", 12_000, "approximate"),
    _read("ten-thousand-spaced", "约 1.2 万 人次", 12_000, "approximate"),
    _read("ten-thousand-exact-person", "1.2345万", 12_345, "approximate"),
    _read("full-width", "３００", 300),
    _read("full-width-ten-thousand", "１．２万", 12_000, "approximate"),
    _read("zero", 0, 0),
    _read("zero-text", "0", 0),
    _read("zero-unit", "0人", 0),
    _read("blank", None, None, "blank"),
    _read("spaces", "　 ", None, "blank"),
    _read("hyphen", "-", None, "not_applicable"),
    _read("dash", "—", None, "not_applicable"),
    _read("slash", "/", None, "not_applicable"),
    _read("none", "无", None, "not_applicable"),
    _read("none-spaced", " 无 ", None, "not_applicable"),
    _read("csv", "约300人", 300, "approximate", write=text, name="日报.csv"),
    _read("docx", "1.2万人次", 12_000, "approximate", write=word, name="日报.docx"),
    _fails("fraction", 300.5),
    _fails("fraction-text", "2.5人"),
    _read("multiplied-fraction", "1.23456万", 12_346, "approximate"),
    _fails("word", "若干"),
    _read("word-after", "300多", 300, "approximate"),
    _fails("two-numbers", "300+200"),
    _fails("wrong-thousands", "1,20"),
    _fails("only-unit", "人"),
    _fails("only-wan", "万"),
    _fails("endless", "9" * 5000),
    _fails("truth", True, seen="TRUE"),
    _fails("negative", -5, "negative_number"),
    _fails("negative-text", "-5人", "negative_number"),
    _fails("negative-ten-thousand", "-1.2万", "negative_number"),
    _required("zero", 0, 0),
    _required("dash", "—", None),
    _required("hyphen", "-", None),
    _required("slash", "/", None),
    _required("none", "无", None),
    _required("unit", "12场", 12),
    _required_fails("blank", None, "missing_required"),
    _required_fails("spaces", "  ", "missing_required"),
    _required("numeral", "十二", 12),
    _required_fails("word", "若干", "bad_number"),
    _required_fails("negative", -1, "negative_number"),
    _required_fails("fraction", 1.5, "bad_number"),
]  # fmt: skip
