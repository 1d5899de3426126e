"""A decision in words: whom and what it is about, and what was given, without a code."""

import json
from typing import Any

from pipelines.board.asking import Row
from pipelines.decide.values import call
from pipelines.notice.model import Notice

_GIVEN = {"alias": "名称", "due": "延到", "from": "从何时起", "arrived": "何时报来", "how": "怎么报来"}
_OURS = {"id", "receipt_id", "path", "sha256", "size"}
"""What the program needs and a person does not."""


def tell_about(row: Row, notice: Notice) -> str:
    """Units, deliverable, periods and place, by their names."""
    sheet, number = row["sheet"], row["row_number"]
    parts = [
        "、".join(_name(notice, word) for word in (row["recipient"] or "").split("|") if word),
        _deliverable(notice, row["deliverable"]),
        (row["period"] or "").replace("|", "、"),
        row["path"],
        sheet,
        f"第 {number} 行" if number else "",
    ]
    return " · ".join(filter(None, parts))


def tell_given(row: Row, notice: Notice) -> str:
    """The values, each by the header of its column."""
    item = notice.deliverables.get(row["deliverable"] or "")
    told = []
    for name, value in json.loads(row["given"] or "{}").items():
        if name in _OURS:
            continue
        if name == "scan":
            told.append(f"扫描件：{value['name']}")
        elif name == "fields":
            told.append(f"各列：{'、'.join(call(item, one) if item else one for one in value)}")
        else:
            called = _GIVEN.get(name) or (call(item, name) if item else name)
            told.append(f"{called}：{_plain(value)}")
    return "；".join(told)


def _plain(value: Any) -> str:
    """A moment as the pages write it."""
    text = str(value)
    return text.replace("T", " ") if text[4:5] == "-" and text[10:11] == "T" else text


def _name(notice: Notice, word: str) -> str:
    kind, _, code = word.rpartition(":")
    if word == "all":
        return "全部单位"
    if kind == "kind":
        return notice.recipient_kinds.get(code, code)
    known = notice.areas if kind == "city" else notice.recipients
    return next((one.name for one in known if one.code == code), code)


def _deliverable(notice: Notice, code: str | None) -> str:
    item = notice.deliverables.get(code or "")
    return item.name if item else code or ""
