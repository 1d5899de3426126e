"""Codes in words, for the pages."""

from datetime import datetime
from typing import Any

from pipelines.ask.printing import HEADERS
from pipelines.ground.counts import STATES

ENDS = {
    "counted": "计入",
    "zero_report": "零报告",
    "replaced": "已被更正",
    "rejected": "退回",
    "duplicate": "重复",
    "not_yet": "其后才收到",
    "attachment": "附件",
    "ignored": "忽略",
    "withdrawn": "已撤回",
    "duplicate_row": "与上面的行相同",
}
LEFT_OUT = ENDS | {
    "counted_already": "同一天（县、类）已计",
    "not_given": "未填",
    "not_applicable": "不适用",
    "outside_event": "不在活动日内",
    "exempt": "免报",
    "voluntary": "自愿报送",
    "owes_nothing": "无报送义务",
    "nothing_accepted": "没有收下任何报送",
    "only_zero_reports": "只有零报告",
    "has_materials": "当天另有材料",
}
PARTS = {"counted": "计入", "denominator": "分母", "left_out": "没有计入"}
PURPOSES = {
    "bulletin": "通报",
    "reminder": "催报",
    "digest": "本市欠报汇总",
    "escalation": "请数据人员联系",
    "acknowledgement": "回执",
    "return": "退回信",
    "alarm": "告警",
}
MAILS = {
    "queued": "待发",
    "handing_over": "正在交出",
    "sent": "已发",
    "written": "已写成文件",
    "failed": "没发成",
    "unsure": "收下与否不明",
    "cancelled": "已撤回",
    "bounced": "被退信",
}
RUNS = {"success": "完成", "failed": "失败", "running": "进行中", "queued": "排队"}
TABLES = {
    "state": STATES,
    "end": ENDS,
    "left": LEFT_OUT,
    "part": PARTS,
    "purpose": PURPOSES,
    "mail": MAILS,
    "run": RUNS,
}


def say(code: str | None, table: str) -> str:
    """The word of a code; the code itself where it has none."""
    return TABLES[table].get(code or "", code or "")


def name_figure(figure: str) -> str:
    return HEADERS.get(figure, figure)


def show_figure(value: float | None, figure: str) -> str:
    """A rate in percent, a count with commas, — where there is none."""
    if value is None:
        return "—"
    return f"{value:.1%}" if figure.endswith(("_rate", "_coverage")) else f"{value:,.0f}"


def show_moment(moment: Any) -> str:
    """To the minute; to the second where that says more."""
    if not isinstance(moment, datetime):
        return "—"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"


def say_counts(extra: dict[str, Any]) -> str:
    """What a run published, from the counts that its asset event carries."""
    states = "、".join(f"{say(state, 'state')} {count}" for state, count in extra.get("states", {}).items())
    return states or ("没有新的报送" if extra else "")
