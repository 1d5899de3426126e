"""The same valid row again: what makes two rows the same, and which of them counts."""

from typing import Any

from tests.read.habits.case import EDUCATION, Case, accepted, material, materials, rejected, title
from tests.read.habits.write import xlsx_later as xlsx


def _again(id: str, *moments_and_cells: tuple[int, dict[str, Any]]) -> Case:
    """One file for each: (minutes, cells) over one row."""
    folder, name = f"{EDUCATION}/济南市教育局/{id}", title()
    files = [
        (
            f"{folder}/{chr(ord('a') + n)}.xlsx",
            xlsx(materials(material(**({"title": name} | cells)))),
            minutes,
        )
        for n, (minutes, cells) in enumerate(moments_and_cells)
    ]
    return Case(id, files, {path: accepted(1) for path, _, _ in files})


_TWICE = title()
_REJECTED = f"{EDUCATION}/济南市教育局/correction-rejected"

CASES = [
    _again("correction-later", (0, {"participants": 1}), (9, {"participants": 2})),
    _again("correction-by-time-not-path", (9, {"participants": 1}), (0, {"participants": 2})),
    _again("correction-same-time-by-path", (0, {"participants": 1}), (0, {"participants": 2})),
    _again("correction-list-word-spaced", (0, {"type": "典型案例"}), (9, {"type": "典型 案例", "participants": 2})),
    _again("correction-day-in-another-form", (0, {"date": "11月9日"}), (9, {"date": "2020.11.9", "participants": 2})),
    _again("no-correction-other-day", (0, {"date": "11月9日"}), (9, {"date": "11月10日", "participants": 2})),
    _again("no-correction-other-type", (0, {"type": "照片"}), (9, {"type": "视频", "participants": 2})),
    Case("correction-in-one-file", [(f"{EDUCATION}/济南市教育局/correction-in-one-file/a.xlsx", xlsx(materials(
        material(title=_TWICE, participants=1), material(title=f" {_TWICE} ", participants=2))), 0)],
        {f"{EDUCATION}/济南市教育局/correction-in-one-file/a.xlsx": accepted(2)}),
    Case("correction-rejected", [
        (f"{_REJECTED}/a.xlsx", xlsx(materials(material(title="已收下的那条", participants=1))), 0),
        (f"{_REJECTED}/b.xlsx", xlsx(materials(material(title="已收下的那条", participants="多"))), 9)],
        {f"{_REJECTED}/a.xlsx": accepted(1), f"{_REJECTED}/b.xlsx": rejected("no_valid_row", rejected_rows="bad_number")}),
]  # fmt: skip
CURRENT = {
    "correction-later": [2],
    "correction-by-time-not-path": [1],
    "correction-same-time-by-path": [2],
    "correction-list-word-spaced": [2],
    "correction-day-in-another-form": [2],
    "no-correction-other-day": [2, 300],
    "no-correction-other-type": [2, 300],
    "correction-in-one-file": [1, 2],
    "correction-rejected": [1],
}
"""Case -> 参与人数 of its rows that count in the end."""
