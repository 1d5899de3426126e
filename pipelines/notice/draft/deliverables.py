"""A duty as a deliverable of a notice.yaml: its kind, its columns, the words in files' names."""

import re
from dataclasses import dataclass, field, replace

from pipelines.notice.draft.defaults import defaults
from pipelines.notice.draft.records import Duty, Table
from pipelines.notice.files import OPEN

_CODES = {
    "plan": r"方案|计划",
    "summary": r"总结|小结",
    "statistics": r"统计表|情况表|报表|汇总表",
    "materials": r"稿件|照片|视频|图片|案例|素材|信息",
    "roster": r"名单|联络员|信息员",
    "receipt": r"回执|报名",
    "report": r"报告",
    "opinions": r"意见",
    "ledger": r"台账|清单",
    "application": r"申报|推荐|申请",
    "schedule": r"值班表",
}
_COUNTED = re.compile(r"表(?!格式|彰|演|扬)|数据|人次|数量|次数|病例|情况统计|场次|台账|清单|金额")
_MATERIALS = re.compile(r"案例|稿件?|照片|图片|视频|素材|图文")
_LISTED = re.compile(r"名单|名册|台账|清单|推荐|申报|项目|明细|花名册")
_NAMED = re.compile(
    r"^(?:项目|活动|课程|案例|作品|人员|产品|企业|学校|机构|推荐人?|候选人)?(?:名称|姓名|编号)$"
)
_OWN = re.compile(r"单位名称|填报单位|序号")
_TYPES = (
    ("date", r"(?:日期|时间)$"),
    ("phone", r"(?:电话|手机)(?:号码?)?$"),
    ("email", r"邮箱$|电子邮件$"),
    ("url", r"(?:网址|链接)$"),
    ("percent", r"率$|比例$|占比$|百分比$"),
    ("money", r"(?:金额|经费|资金|投入|产值|收入)$"),
)
_PEOPLE = re.compile(r"联络员|信息员|联系人")
_TEXT_COLUMN = re.compile(
    r"名称|姓名|单位|地点|地址|时间|日期|内容|说明|简介|电话|手机|邮箱|职务|性别|类别|类型|主题|网址|链接|情况$|原因|措施|方式|备注|负责人|级别|等级|编号|民族|学历|序号"
)


@dataclass(frozen=True)
class Column:
    code: str
    header: str
    note: str = ""
    type: str = ""
    """As notice.yaml writes it; '' for whole numbers, and for columns that their kind knows."""
    is_required: bool = True


@dataclass
class Taken:
    """What the deliverables so far have used up."""

    codes: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    has_materials: bool = False


def code_of(duty: Duty, taken: set[str]) -> str:
    """A code that says what it is, and differs from those there are."""
    stem = next((code for code, pattern in _CODES.items() if re.search(pattern, duty.what)), "item")
    if duty.repeat in ("daily", "weekly", "monthly"):
        stem = f"{duty.repeat}_{stem}"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    taken.add(code)
    return code


def split_duties(duties: list[Duty]) -> list[Duty]:
    """总结报告和《……统计表》 are two deliverables: a document, and a table of numbers."""
    found: list[Duty] = []
    for duty in duties:
        tables = re.findall(r"《[^》]*表》", duty.what)
        rest = re.sub(r"《[^》]*表》", "", duty.what)
        rest = re.sub(
            r"(?:[、和及以连同]|并附|另附)+$|^(?:[、和及以连同])+", "", re.sub(r"[、和及]{2,}", "、", rest)
        )
        is_document = bool(re.search(r"总结|报告|方案|材料|案例|情况|意见", rest))
        found += (
            [replace(duty, what=part) for part in ([rest] if is_document else []) + tables]
            if tables and (is_document or len(tables) > 1)
            else [duty]
        )
    return found


def group_days(duties: list[Duty], tables: list[Table]) -> list[list[Duty]]:
    """The same numbers on several days are one deliverable with several periods."""
    found: list[list[Duty]] = []
    for duty in duties:
        is_counted = bool(duty.due) and kind_of(duty, table_of(duty, tables)) == "statistics"
        same = [
            group
            for group in found
            if (group[0].what, group[0].who) == (duty.what, duty.who) and group[0].due
        ]
        if is_counted and same and all(duty.due != other.due for other in same[0]):
            same[0].append(duty)
        else:
            found.append([duty])
    return found


def kind_of(duty: Duty, table: Table | None) -> str:
    """materials for daily pieces, plan for liaisons, list for what its table names one by one, statistics where numbers are
    asked for, else a document."""
    if duty.repeat == "daily" and _MATERIALS.search(duty.what):
        return "materials"
    if table and _LISTED.search(f"{duty.what}{table.title}") and identity_of(table):
        return "list"
    if _PEOPLE.search(duty.what) and not _COUNTED.search(duty.what.replace("表格", "")):
        return "plan"
    if table or _COUNTED.search(duty.what):
        return "statistics"
    return "summary"


def identity_of(table: Table) -> str | None:
    """The header by which the rows of a list are told apart."""
    return next((header for header in table.columns if _NAMED.search(_bare(header))), None)


def _bare(header: str) -> str:
    return re.sub(r"[（(].*", "", header).strip()


def _type_of(header: str) -> str:
    """What a column's cells seem to be: money and percentages, days and ways to reach somebody, text, else whole numbers."""
    found = next((kind for kind, pattern in _TYPES if re.search(pattern, _bare(header))), "")
    return found or ("text" if _TEXT_COLUMN.search(_bare(header)) else "")


def file_words(duty: Duty, taken: set[str]) -> list[str]:
    """Words that a file's name will hold; each belongs to one deliverable."""
    titled = [re.sub(r"^.*?年(?:度)?|[“”]", "", title) for title in re.findall(r"《([^》]+)》", duty.what)]
    plain = [word for word in defaults()["file_words"] if word in duty.what]
    words = [word for word in dict.fromkeys([*titled, *plain]) if word and word not in taken]
    whole = re.sub(r"[、，《》“”（）\s]", "", duty.what)
    words = words or [
        next(word for word in (whole[:12], whole, f"{whole}{duty.due or len(taken)}") if word not in taken)
    ]
    taken.update(words)
    return words


def table_of(duty: Duty, tables: list[Table]) -> Table | None:
    """The attachment's table that the duty names by its title."""
    for table in tables:
        title = re.sub(r"[《》“”（）\s]", "", table.title)
        if title and (
            title in re.sub(r"[《》“”（）\s]", "", duty.what)
            or any(re.sub(r"[“”]", "", named) in title for named in re.findall(r"《([^》]+)》", duty.what))
        ):
            return table
    return None


def columns_of(kind: str, table: Table | None, every: str) -> list[Column]:
    """The columns of a table deliverable; what no attachment shows is left open."""
    columns = [Column(code, header) for code, header in defaults()["columns"].get(kind, {}).items()]
    if kind not in ("statistics", "list"):
        return columns
    if every == "event":
        columns.append(Column("occurred_at", defaults()["occurred_at"], "遇事才报必须有：发生的日期和时刻"))
    elif every != "once" and kind == "statistics":
        columns.append(Column("period_date", defaults()["period_date"], "分期报送必须有：本期内的一天"))
    known = {column.header for column in columns}
    headers = [header for header in table.columns if header not in known] if table else []
    headers = [header for header in headers if kind != "list" or not _OWN.search(header)]
    named = identity_of(table) if table and kind == "list" else None
    columns += [_column(number, header, named) for number, header in enumerate(headers, 1)]
    return columns if headers else [*columns, Column("column_1", OPEN, "原文没有附表：写上各项指标的表头")]


def _column(number: int, header: str, named: str | None) -> Column:
    """A column of the notice's own; of a list, the one that tells its rows apart is `name`."""
    if header == named:
        return Column("name", header, type="text")
    kind = _type_of(header)
    said = {"money": "按金额收：核对单位（元、万元）", "percent": "按百分数收：核对怎么填"}.get(kind, "")
    # Of a list only what tells its rows apart is surely asked for.
    return Column(f"column_{number}", header, said, kind, is_required=named is None)
