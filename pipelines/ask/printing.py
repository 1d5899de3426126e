"""Figures on standard output: a table for people, csv and json for programs."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.ask.cells import write_csv_rows
from pipelines.ask.figures import Figures

HEADERS = {
    "city_code": "代码", "city": "市", "circulated": "主送", "obligated": "应报单位", "participating": "已参与",
    "participation_rate": "参与率", "expected": "应报", "due": "到期", "on_time": "按时", "late": "迟报",
    "missing": "未报", "pending": "未到期", "zero_reports": "零报告", "reporting_rate": "报送率",
    "on_time_rate": "按时率", "materials": "材料", "typical_cases": "典型案例", "articles": "稿件", "photos": "照片",
    "videos": "视频", "day_coverage": "活动日覆盖", "county_coverage": "县区覆盖", "category_coverage": "类别覆盖",
    "participants": "参与人数", "online_views": "线上观看", "path": "文件", "recipient": "单位", "deliverable": "事项",
    "received_at": "收到时间", "state": "结论", "reason": "原因", "rejected_rows": "退回行", "period": "期",
    "file": "退回件", "summary": "说明",
    "due_at": "截止", "status": "状态", "is_returned": "有退回", "count": "数量",
    "key": "编号", "notice_id": "通知", "purpose": "用途", "what": "关于", "queued_at": "进入时间", "not_before": "最早发出",
    "sent_at": "发出时间", "attempts": "次数", "error": "原因", "message_id": "Message-ID",
    "sheet": "工作表", "row_number": "行", "cell": "单元格", "header": "表头", "value_given": "原文", "value": "读作",
    "amount": "计入", "part_key": "对象", "explanation": "说明", "other_path": "另见", "figure": "指标",
    "kind": "类别", "value_before": "原数", "value_after": "现数", "difference": "增减", "raised": "增", "lowered": "减",
    "time_change": "因到期", "fallen_due": "到期项", "receipt_count": "收件", "change": "增减", "title": "标题",
    "row_end": "去向", "reasons": "原因", "row_count": "行数", "rejected_row_count": "退回行数", "sentence": "说明",
    "duplicate_of": "同", "recipient_code": "单位代码", "county": "县（市、区）", "category": "活动类别",
    "activity_date": "活动日期", "subject": "主题", "contact_name": "联络员", "contact_phone": "手机", "contact_email": "邮箱",
    "decision_change": "因决定", "decisions": "决定", "decision_id": "决定", "values": "所给", "decided_by": "谁", "decided_at": "何时", "undone_by": "被取消",
    "column_url": "专栏网址", "submitted_at": "报来时间", "checked_at": "检查时间", "is_ok": "打得开", "failure": "打不开的原因",
    "row": "行", "column": "列", "code": "提示", "is_current": "在计数", "unit_name": "单位名称", "plan_title": "方案标题",
    "material_type": "材料类型", "theme": "宣传主题", "link": "链接", "period_date": "所属期日期", "role_name": "当作", "cells": "单元格",
    "filled": "有内容的共", "alarm_id": "编号", "kind_name": "告警", "raised_at": "发现于", "remedy": "怎么办",
    "place": "第几", "score": "得分", "pictures": "图", "why": "为什么", "state_name": "状态", "day": "日期",
    "is_publishable": "可公开",
}  # fmt: skip
_TEXT = {
    "city", "city_code", "path", "recipient", "deliverable", "state", "reason", "rejected_rows", "period", "sheet",
    "cell", "header", "value_given", "value", "part_key", "explanation", "other_path", "figure", "title", "row_end",
    "reasons", "sentence", "duplicate_of", "recipient_code", "county", "category", "file", "summary",
    "decision_id", "decisions", "kind", "row", "values", "decided_by", "decided_at", "undone_by",
    "purpose", "subject", "contact_name", "contact_phone", "contact_email", "column_url", "failure",
    "column", "code", "unit_name", "plan_title", "material_type", "theme", "link", "role_name", "alarm_id",
    "notice_id", "kind_name", "remedy", "why", "state_name",
}  # fmt: skip


def format_cell(name: str, value: Any) -> str:
    """A value for csv: rates with 6 decimals, NULL empty, times to the second."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) or name.endswith(("_rate", "_coverage")):
        return f"{value:.6f}"
    return str(value)


def print_figures(figures: Figures, style: str, title: str = "") -> None:
    """Writes figures as `table`, `csv` or `json`."""
    if style == "csv":
        names = figures.columns
        rows = ([format_cell(*cell) for cell in zip(names, row, strict=True)] for row in figures.rows)
        write_csv_rows(sys.stdout, names, rows)
    elif style == "json":
        found = [dict(zip(figures.columns, row, strict=True)) for row in figures.rows]
        print(json.dumps(found, ensure_ascii=False, indent=1, default=str))
    else:
        print_table(figures, title)


def print_table(figures: Figures, title: str) -> None:
    """A table as wide as it needs: a pipe has no width, and a terminal's reader can scroll."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in figures.columns:
        table.add_column(HEADERS.get(name, name), justify="left" if name in _TEXT else "right", no_wrap=True)
    for row in figures.rows:
        table.add_row(*(_for_people(name, value) for name, value in zip(figures.columns, row, strict=True)))
    # What units wrote is shown as it stands: [b] is no markup and :x: no picture.
    console = Console(markup=False, emoji=False)
    width = console.measure(table, options=console.options.update(max_width=10_000)).maximum
    Console(width=max(console.width, width), soft_wrap=True, markup=False, emoji=False).print(table)


def _for_people(name: str, value: Any) -> str:
    if value is None:
        return "—"
    if name.endswith(("_rate", "_coverage")):
        return f"{value:.1%}"
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float):
        return f"{value:,.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
