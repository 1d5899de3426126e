"""A form definition (XLSForm, for ODK and Kobo) of a deliverable, from the same notice as its template.

Questions are named like columns, choices like the notice's codes, so that answers are read back without a mapping
(pipelines/read/records.py). Of materials one answer is a day: each time that its group is repeated is a row, with its own
photo and file, or there was nothing to report; of a list likewise, an answer a period. Of a document it is a file; of anything else, one row.
"""

import io
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.notice.column import Column
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice
from pipelines.notice.numbers import say_range
from pipelines.notice.questions import ROWS, UNIT, ZERO, zero_of
from pipelines.templates.examples import date_limits, example_value, say
from pipelines.templates.rules import LARGEST, contact_field

PIXELS = 2000
"""A photo's longer side as it is sent: sharp on a page, and small enough for a phone's network."""
ASKED = "has_activity"
"""Whether there was anything on that day."""
YES_NO = "yes_no"
_LANGUAGE = "Chinese (zh)"
_SURVEY = (
    "type",
    "name",
    f"label::{_LANGUAGE}",
    f"hint::{_LANGUAGE}",
    "required",
    f"required_message::{_LANGUAGE}",
    "constraint",
    f"constraint_message::{_LANGUAGE}",
    "calculation",
    "choice_filter",
    "relevant",
    "appearance",
    "parameters",
)
_TURNED = str.maketrans("<>", "><")
_CHOICES = ("list_name", "name", f"label::{_LANGUAGE}", "city_code")
_PATTERNS = {
    "url": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@:]+(:[0-9]+)?([/?#][^\s]*)?$",
    "contact_phone": r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})$",
    "contact_email": r"^[^\s@,;，；]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
}
"""What Java and JavaScript both understand; each narrower than what the check stage takes."""
_TOLD = {
    "url": "请从 http:// 或 https:// 开始写全",
    "contact_phone": "请填 11 位手机号，或带区号的座机号",
    "contact_email": "请填完整的邮箱地址",
}


def make_form(notice: Notice, deliverable: str, line: str | None = None) -> bytes:
    """The XLSForm as an xlsx file, for the units of one line: a source takes answers of its own line only."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    item = notice.deliverables[deliverable]
    settings = {
        "form_title": item.name,
        "form_id": form_id(notice, deliverable, line),
        "version": notice.fingerprint[:8],
        "default_language": _LANGUAGE,
    }
    _write_sheet(book, "survey", _SURVEY, questions(notice, deliverable))
    _write_sheet(book, "choices", _CHOICES, choices(notice, deliverable, line))
    _write_sheet(book, "settings", tuple(settings), [settings])
    book.close()
    return target.getvalue()


def form_id(notice: Notice, deliverable: str, line: str | None = None) -> str:
    """What the service knows the form by; `form` in the notice's source."""
    return "_".join([notice.id, deliverable, *([line] if line else [])]).replace("-", "_")


def form_lines(notice: Notice, deliverable: str) -> list[str]:
    """The lines whose units owe the deliverable."""
    item = notice.deliverables[deliverable]
    return list(dict.fromkeys(one.line for one in notice.recipients if one.line and one.kind in item.sent_by))


def questions(notice: Notice, deliverable: str) -> list[dict[str, str]]:
    """The survey: whose answer it is, then the deliverable's columns and files."""
    item = notice.deliverables[deliverable]
    found = [
        {
            "type": f"select_one {UNIT}",
            "name": UNIT,
            "label": notice.words.reporting_unit[0],
            "required": "yes",
            "hint": "输入单位名称里的几个字查找",
            "appearance": "minimal autocomplete",
        }
    ]
    city = f"instance('{UNIT}')/root/item[name=${{{UNIT}}}]/city_code"
    found.append({"type": "calculate", "name": f"{UNIT}_city", "calculation": city})
    columns = [_question(notice, deliverable, column) for column in item.columns]
    if not item.columns:
        found.append({"type": "file", "name": deliverable, "label": item.name, "required": "yes"})
    elif item.kind == "materials":
        found += _day(notice, columns)
    elif item.kind == "list":
        found += _list(notice, deliverable, columns)
    else:
        found += [*columns, _file("attachment", "file", "附件")]
    return [
        {
            f"{key}::{_LANGUAGE}" if f"{key}::{_LANGUAGE}" in _SURVEY else key: value
            for key, value in one.items()
        }
        for one in found
    ]


def _day(notice: Notice, columns: list[dict[str, str]]) -> list[dict[str, str]]:
    """One day: its date, whether there was anything, and as many materials as there were."""
    dates = [one for one in columns if one["type"] == "date"]
    others = [one for one in columns if one not in dates]
    return [
        *dates,
        *_whether(notice, "当日有无活动", "没有活动的", ZERO),
        {
            "type": "begin_repeat",
            "name": ROWS,
            "label": "材料",
            "hint": "每件材料添加一次",
            "relevant": f"${{{ASKED}}} = 'yes'",
        },
        *others,
        _file("photo", "image", "照片"),
        _file("attachment", "file", "附件"),
        {"type": "end_repeat", "name": ROWS},
    ]


def _whether(notice: Notice, asked: str, who: str, zero: str) -> list[dict[str, str]]:
    """Whether there was anything; that there was not makes the field `zero` say so."""
    nothing = notice.words.zero_report[0]
    return [
        {
            "type": f"select_one {ASKED}",
            "name": ASKED,
            "label": asked,
            "hint": f"{who}选“{nothing}”，不用填下面的内容",
            "required": "yes",
        },
        {"type": "calculate", "name": zero, "calculation": f"if(${{{ASKED}}} = 'no', '{nothing}', '')"},
    ]


def _list(notice: Notice, deliverable: str, columns: list[dict[str, str]]) -> list[dict[str, str]]:
    """As many rows as there are, each with its file; where zero reports are taken, whether there is any comes first."""
    item = notice.deliverables[deliverable]
    shared = [one for one in columns if one["name"] in ("unit_name", item.dated_by)]
    asked = _whether(notice, "本期有没有要报的", "没有的", zero_of(deliverable)) if item.zero_report else ()
    group = {"type": "begin_repeat", "name": ROWS, "label": item.name, "hint": "每一条添加一次"}
    if item.zero_report:
        group["relevant"] = f"${{{ASKED}}} = 'yes'"
    return [
        *shared,
        *asked,
        group,
        *(one for one in columns if one not in shared),
        _file("attachment", "file", "附件"),
        {"type": "end_repeat", "name": ROWS},
    ]


def _file(name: str, kind: str, label: str) -> dict[str, str]:
    smaller = {"parameters": f"max-pixels={PIXELS}"} if kind == "image" else {}
    return {"type": kind, "name": name, "label": f"{label}（可不交）", **smaller}


def _question(notice: Notice, deliverable: str, column: str) -> dict[str, str]:
    item = notice.deliverables[deliverable]
    definition = item.columns[column]
    if column == "unit_name":
        # Asked once, as the unit; the column gets its name.
        chosen = f"jr:choice-name(${{{UNIT}}}, '${{{UNIT}}}')"
        return {"type": "calculate", "name": column, "calculation": chosen}
    asked = {"name": column, "label": _label(item, column)} | _kind(notice, deliverable, column)
    asked |= _compared(item, column, asked)
    example = say(example_value(notice, deliverable, column, None))
    asked["hint"] = f"例：{example}" if example and not asked["type"].startswith("select") else ""
    if definition.required:
        asked |= {"required": "yes", "required_message": f"“{definition.headers[0]}”必填"}
    return asked


def _compared(item: Deliverable, column: str, asked: dict[str, str]) -> dict[str, str]:
    """What a number has to be beside one that was asked before; amounts in other units are left to the check stage."""
    order, own = list(item.columns), item.number(column)
    rules, told = [], []
    for one in item.row_checks:
        other = one.right if one.left == column else one.left
        is_later = column in (one.left, one.right) and order.index(other) < order.index(column)
        if one.severity == "error" and is_later and item.number(other).worth == own.worth:
            # Seen from the right column the relation turns round.
            sign = one.is_ if one.left == column else one.is_.translate(_TURNED)
            rules.append(f"(${{{other}}} = '' or . {sign} ${{{other}}})")
            told.append(
                f"“{item.columns[one.left].headers[0]}”应{one.said}“{item.columns[one.right].headers[0]}”"
            )
    if not rules:
        return {}
    return {
        "constraint": " and ".join([*filter(None, [asked.get("constraint")]), *rules]),
        "constraint_message": "；".join([*filter(None, [asked.get("constraint_message")]), *told]),
    }


def _kind(notice: Notice, deliverable: str, column: str) -> dict[str, str]:
    """Type and constraint of a question."""
    item = notice.deliverables[deliverable]
    kind = item.field(column).type
    definition = item.columns[column]
    if name := definition.list:
        return {"type": f"select_one {name}"}
    if column in item.open_columns and definition.type == "yes_no":
        return {"type": f"select_one {YES_NO}"}
    if column == "county":
        return {"type": f"select_one {column}", "choice_filter": f"city_code = ${{{UNIT}_city}}"}
    if kind == "date":
        first, last = date_limits(notice, deliverable)
        return {
            "type": "date",
            "constraint": f". >= date('{first}') and . <= date('{last}')",
            "constraint_message": f"应在 {first} 至 {last} 之间",
        }
    if kind == "count" and not item.is_count(column):
        return _number(definition)
    if kind == "count":
        return {
            "type": "integer",
            "constraint": f". >= 0 and . <= {LARGEST}",
            "constraint_message": "应为不小于 0 的整数",
        }
    pattern = "url" if kind == "url" else contact_field(item, column) or ""
    if pattern in _PATTERNS:
        return {
            "type": "text",
            "constraint": f"regex(., '{_PATTERNS[pattern]}')",
            "constraint_message": _TOLD[pattern],
        }
    return {"type": "text"} | _limits(definition)


def _limits(definition: Column) -> dict[str, str]:
    """How long a text may be, and how it is to be written; a pattern that holds a quotation mark is left to the check stage."""
    asked, told = [], []
    if definition.max_length:
        asked.append(f"string-length(.) <= {definition.max_length}")
        told.append(f"不超过 {definition.max_length} 字")
    if definition.pattern and not {"'", '"'} & set(definition.pattern):
        asked.append(f"regex(., '^({definition.pattern})$')")
        told.append("写法照示例")
    return {"constraint": " and ".join(asked), "constraint_message": "，".join(told)} if asked else {}


def _label(item: Deliverable, column: str) -> str:
    """The header; with the unit where the number is no whole one and the header does not say it: 经费（万元）."""
    header, number = item.columns[column].headers[0], item.number(column)
    is_said = number.type == "count" or not number.unit or number.unit in header
    return header if is_said else f"{header}（{number.unit}）"


def _number(definition: Column) -> dict[str, str]:
    """A decimal in the notice's own unit, which the label carries."""
    low, high = definition.limits
    if definition.number.scale == 1:
        low, high = (None if one is None else one / 100 for one in (low, high))
    found = {"type": "decimal"}
    bounds = [f". {sign} {one:f}" for sign, one in ((">=", low), ("<=", high)) if one is not None]
    if bounds:
        found["constraint"] = " and ".join(bounds)
        found["constraint_message"] = f"应{say_range(low, high, definition.number)}"
    return found


def choices(notice: Notice, deliverable: str, line: str | None = None) -> list[dict[str, str]]:
    """Units (of one line) that owe the deliverable, the words of its lists, and counties by their city."""
    item = notice.deliverables[deliverable]
    label = f"label::{_LANGUAGE}"
    found = [
        {"list_name": UNIT, "name": one.code, label: one.name, "city_code": one.city_code}
        for one in notice.recipients
        if one.kind in item.sent_by and line in (None, one.line)
    ]
    if item.kind == "materials" or (item.kind == "list" and item.zero_report):
        nothing = notice.words.zero_report[0]
        found += [
            {"list_name": ASKED, "name": code, label: word} for code, word in (("yes", "有"), ("no", nothing))
        ]
    for name in dict.fromkeys(column.list for column in item.columns.values() if column.list):
        found += [{"list_name": name, "name": code, label: word} for code, word in notice.lists[name].items()]
    if any(item.columns[name].type == "yes_no" for name in item.open_columns):
        answers = (("yes", notice.words.yes[0]), ("no", notice.words.no[0]))
        found += [{"list_name": YES_NO, "name": code, label: word} for code, word in answers]
    if "county" in item.columns:
        found += [
            {"list_name": "county", "name": one.code, label: one.name, "city_code": one.parent_code}
            for one in notice.regions
            if one.level == "county"
        ]
    return found


def _write_sheet(
    book: xlsxwriter.Workbook, name: str, columns: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, columns, bold)
    for number, row in enumerate(rows, 1):
        for column, key in enumerate(columns):
            sheet.write_string(number, column, str(row.get(key, "")))
    sheet.set_column(0, len(columns) - 1, 24)
    sheet.freeze_panes(1, 0)
