"""A habit of the units: one or a few small files, and the end that each must come to.

All cases of all tables go through one cycle together (see ../conftest.py), so a case costs a few milliseconds. Each has a
folder of its own inside the unit's folder, and titles of its own, so that no case is another's duplicate or correction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

EDUCATION, HUMAN_RESOURCES = "教育厅收件", "人社厅收件"
JINAN = "EDU-3701"
"""济南市教育局, whose folder a case lies in unless it names another."""

MATERIALS = [
    "活动日期",
    "材料类型",
    "标题",
    "活动类别",
    "宣传主题",
    "县（市、区）",
    "参与人数",
    "线上观看人次",
    "链接",
    "备注",
]
PLAN = ["单位名称", "方案标题", "宣传专栏（网站）地址", "联络员", "手机", "邮箱"]
STATISTICS = [
    "单位名称", "活动场次", "参与学校数", "参与企业数", "参与学生人次", "参与教师人次", "参与群众人次", "线上参与人次",
    "媒体报道篇数",
]  # fmt: skip
_FIELDS = dict(
    zip(
        ["date", "type", "title", "category", "theme", "county", "participants", "views", "link", "note"],
        range(10),
        strict=True,
    )
)
_numbers = count(1)


Content = bytes | Callable[[], bytes]
"""What a file holds, or what makes it when it is needed."""


@dataclass(frozen=True)
class End:
    """What `notices files` must say of one path, and which rows were read from it.

    `rows` is how many there are (None: not looked at); `values` some columns of each, as read; `faults` every fault as
    (row, column, reason, value as received).
    """

    state: str
    reason: str | None = None
    rejected_rows: str | None = None
    recipient: str | None = JINAN
    deliverable: str | None = "materials"
    rows: int | None = None
    values: list[dict[str, Any]] | None = None
    faults: list[tuple[int, str, str, str | None]] | None = None
    received_at: str | None = None


@dataclass(frozen=True)
class Case:
    """`files` holds (path below the inbox, content, minutes after the first morning); `ends` one end for each path received."""

    id: str
    files: list[tuple[str, Content, int]]
    ends: dict[str, End] = field(default_factory=dict)

    def written(self) -> list[tuple[str, bytes, int]]:
        """The files with their bytes."""
        return [
            (path, content if isinstance(content, bytes) else content(), minutes)
            for path, content, minutes in self.files
        ]


def one(
    id: str, name: str, content: Content, end: End, *, unit: str = "济南市教育局", source: str = EDUCATION
) -> Case:
    """A case of one file."""
    path = f"{source}/{unit}/{id}/{name}"
    return Case(id, [(path, content, 0)], {path: end})


def packed(id: str, content: Content, ends: dict[str, End], *, name: str = "报送.zip") -> Case:
    """A case of one archive; `ends` by what follows the archive's own path (`!member`, or nothing)."""
    path = f"{EDUCATION}/济南市教育局/{id}/{name}"
    return Case(id, [(path, content, 0)], {f"{path}{inner}": end for inner, end in ends.items()})


def accepted(rows: int | None = None, **more: Any) -> End:
    return End("accepted", rows=rows, **more)


def rejected(reason: str, **more: Any) -> End:
    return End("rejected", reason, **more)


def attachment(**more: Any) -> End:
    return End("attachment", **{"deliverable": None, **more})


IGNORED = End("ignored", recipient=None, deliverable=None)


def title() -> str:
    """A title that no other row has."""
    return f"职教活动报道之{next(_numbers)}"


def material(**cells: Any) -> list[Any]:
    """A valid row of materials with these cells instead."""
    row: list[Any] = [
        date(2020, 11, 9), "稿件", title(), "宣传活动", "职教故事", "历下区", 300, 1200, "https://example.org/a", None,
    ]  # fmt: skip
    for name, cell in cells.items():
        row[_FIELDS[name]] = cell
    return row


def materials(*rows: list[Any]) -> list[list[Any]]:
    """A table of materials: the header, then these rows (one valid row where none is given)."""
    return [list(MATERIALS), *(rows or (material(),))]


def plan(**cells: Any) -> list[list[Any]]:
    """A table with one valid plan, with these cells (by their place's name) instead."""
    row = {
        "unit": "济南市教育局",
        "title": f"活动周方案{next(_numbers)}",
        "url": "https://example.org/zjhdz",
        "contact": "联络甲",
        "phone": "13800000000",
        "email": "a@example.org",
    }
    return [list(PLAN), list((row | cells).values())]


def statistics(*counts: Any, unit: str = "济南市教育局") -> list[list[Any]]:
    """A table of statistics with these counts first, and numbers of its own after them."""
    own = [next(_numbers) for _ in range(8 - len(counts))]
    return [list(STATISTICS), [unit, *counts, *own]]
