"""Commands that explain figures: trace (a figure to its cells, a file to its figures), changes (what moved)."""

import json
from collections import Counter
from datetime import datetime
from typing import Annotated, Any

import typer

from pipelines.ask import figures, item_trace, tracing
from pipelines.ask.figures import Figures
from pipelines.ask.printing import HEADERS, print_figures
from pipelines.cli.app import AsOf, Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.cli.freshness import say_freshness
from pipelines.notice import Notice, load_notice
from pipelines.warehouse.masks import Masks

REASONS = {
    "counted_already": "同一天（县、类）已计", "replaced": "已被更正", "rejected": "退回", "zero_report": "零报告",
    "duplicate": "重复", "duplicate_row": "件内重复", "not_yet": "其后才收到", "not_given": "未填", "not_applicable": "不适用",
    "outside_event": "不在活动日内", "exempt": "免报", "owes_nothing": "无报送义务", "nothing_accepted": "没有收下任何报送",
    "only_zero_reports": "只有零报告", "has_materials": "当天另有材料", "counted": "计入", "attachment": "附件",
    "ignored": "忽略", "accepted": "收下", "partly accepted": "部分收下",
}  # fmt: skip
"""Why a row was left out, or what it came to, in words; the codes are those of sql/marts."""
_CELLS = ["recipient", "path", "sheet", "cell", "value_given", "value", "amount", "reason", "received_at"]
_OBLIGATIONS = [
    "recipient",
    "deliverable",
    "period",
    "due_at",
    "status",
    "path",
    "sheet",
    "row_number",
    "received_at",
]
_LEFT_OUT = [
    "recipient",
    "reason",
    "path",
    "sheet",
    "row_number",
    "value_given",
    "explanation",
    "other_path",
    "received_at",
]


@app.command()
def trace(
    notice_id: NoticeId,
    city: Annotated[str | None, typer.Option("--city", metavar="C", help="市的代码或名称")] = None,
    figure: Annotated[
        str | None, typer.Option("--figure", metavar="F", help="哪个数，即 notices metrics 的列名")
    ] = None,
    as_of: AsOf = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="PATH", help="改为追查一个文件：路径相对收件箱")
    ] = None,
    item: Annotated[
        str | None,
        typer.Option("--item", metavar="ID", help="改为追查一条材料：有效行编号，见 notices selections"),
    ] = None,
    output: OutputFormat = Format.table,
) -> None:
    """一个数、一个文件（--file）或一条材料（--item）的来历：由哪一行哪一格合成，什么没有计入、为什么。"""
    notice = load_notice(notice_id)
    moment = parse_moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
    if item is not None and file is None and city is None and figure is None:
        at = moment if as_of else figures.last_known(State.home.published, notice.id)
        _print_item(item_trace.trace_item(State.home.published, notice.id, item, at), at, output)
    elif item is None and file is not None and city is None and figure is None:
        found = tracing.trace_file(State.home.published, notice.id, file, moment, State.home.masks)
        say_freshness(notice, moment, output)
        _print_file(notice, found, moment, output)
        if output is Format.table:
            at = moment if as_of else figures.last_known(State.home.published, notice.id)
            _print_selections(notice, file, at)
    elif item is None and file is None and city is not None and figure is not None:
        _trace_figure(notice, city, figure, moment, output)
    else:
        raise typer.BadParameter("请写 --city 和 --figure，或只写 --file，或只写 --item")


def _trace_figure(notice: Notice, city: str, figure: str, moment: datetime, output: Format) -> None:
    try:
        code, name = tracing.find_city(State.home.published, notice.id, city)
        value = tracing.ask_value(State.home.published, notice.id, code, figure, moment)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    found = tracing.trace_figure(State.home.published, notice.id, code, figure, moment)
    say_freshness(notice, moment, output)
    if output is not Format.table:
        print_figures(found, output)
        return
    typer.echo(f"{code} {name} {HEADERS.get(figure, figure)}，截至 {moment:%Y-%m-%d %H:%M:%S}：")
    _print_trace(notice, found, value)


def _print_trace(notice: Notice, found: Figures, value: float | None) -> None:
    rows = _as_dicts(found)
    parts = {
        part: [row for row in rows if row["part"] == part] for part in ("counted", "denominator", "left_out")
    }
    typer.echo(_in_words(parts, value))
    by_obligation = any(row["due_at"] for row in rows)
    # What came later is told in the sentence; csv and json list it too.
    parts["left_out"] = [row for row in parts["left_out"] if row["reason"] != "not_yet"]
    for part, title, columns in (
        ("counted", "计入", _OBLIGATIONS if by_obligation else _CELLS),
        ("denominator", "分母", _OBLIGATIONS if by_obligation else ["recipient", "part_key"]),
        ("left_out", "没有计入", _LEFT_OUT),
    ):
        if parts[part]:
            print_figures(
                _choose(notice, parts[part], columns), Format.table, f"{title} {len(parts[part])} 行"
            )


def _in_words(parts: dict[str, list[dict[str, Any]]], value: float | None) -> str:
    """How the rows come to the value, in one sentence."""
    counted, base = (sum(row["amount"] for row in parts[part]) for part in ("counted", "denominator"))
    adding = sum(1 for row in parts["counted"] if row["amount"])
    if parts["denominator"]:
        rate = "" if value is None else f" = {value:.4f}"
        told = f"计入 {counted:,} ÷ 分母 {base:,}{rate}"
    else:
        told = f"{counted:,}，由 {adding} 行合成"
    reasons = Counter(REASONS[row["reason"]] for row in parts["left_out"])
    left = "、".join(f"{reason} {count}" for reason, count in reasons.most_common())
    return f"{told}；没有计入的 {len(parts['left_out'])} 行" + (f"：{left}" if left else "")


def _choose(notice: Notice, rows: list[dict[str, Any]], columns: list[str]) -> Figures:
    """The columns for people, without those that are empty throughout."""
    shown = [name for name in columns if any(row[name] not in (None, "") for row in rows)]
    return Figures(shown, [tuple(_say(notice, name, row[name]) for name in shown) for row in rows])


def _say(notice: Notice, name: str, value: Any) -> Any:
    """Codes in words."""
    if name in ("reason", "row_end", "state"):
        return REASONS.get(value, value)
    if name == "deliverable" and value:
        return notice.deliverables[value].name
    return HEADERS.get(value, value) if name in ("status", "figure") else value


def _print_file(notice: Notice, found: tracing.FileTrace, moment: datetime, output: Format) -> None:
    parts = {
        "submissions": found.submissions,
        "rows": found.rows,
        "notes": found.notes,
        "cells": found.accounts,
        "figures": found.effects,
    }
    if output is Format.json:
        told = {name: _as_dicts(part) for name, part in parts.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    elif output is Format.csv:
        print_figures(found.rows, output)
    else:
        titles = {
            "submissions": "收到 {} 件",
            "rows": f"{{}} 行的去向，截至 {moment:%Y-%m-%d %H:%M:%S}",
            "notes": "提示 {} 条",
            "cells": "有内容的单元格的去处（每个工作表各项相加即全部）",
            "figures": "收到时改变了 {} 个数",
        }
        for name, part in parts.items():
            title = titles[name].format(len(part.rows))
            if part.rows:
                print_figures(_choose(notice, _as_dicts(part), part.columns), output, title)
            else:
                typer.echo(title)


def _print_selections(notice: Notice, file: str, moment: datetime) -> None:
    """What of a file was selected or declined; nothing where nobody decided anything."""
    asked = Masks(State.home.masks).mask_asked(notice.id, file)
    found = item_trace.selections_of_file(State.home.published, notice.id, asked, moment)
    if found.rows:
        print_figures(found, Format.table, f"遴选过的 {len(found.rows)} 条")


def _print_item(found: item_trace.ItemTrace, moment: datetime, output: Format) -> None:
    parts = {"state": found.state, "cells": found.cells, "files": found.files, "decisions": found.decisions}
    if output is Format.json:
        told = {name: _as_dicts(part) for name, part in parts.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    if output is Format.csv:
        print_figures(found.cells, output)
        return
    typer.echo(f"{found.recipient}《{found.title}》，截至 {moment:%Y-%m-%d %H:%M:%S}：")
    titles = {
        "state": "遴选",
        "cells": "出自 {} 个单元格",
        "files": "附件 {} 个",
        "decisions": "决定 {} 个",
    }
    for name, part in parts.items():
        title = titles[name].format(len(part.rows))
        if part.rows:
            print_figures(part, output, title)
        else:
            typer.echo("还没有人决定选不选。" if name == "state" else title)


def _as_dicts(found: Figures) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@app.command()
def changes(
    notice_id: NoticeId,
    since: Annotated[str, typer.Option("--since", metavar="T", help="从哪一刻起，写法同 --as-of")],
    as_of: AsOf = None,
    output: OutputFormat = Format.table,
) -> None:
    """两个时刻之间哪些数变了：从多少到多少，升了多少、降了多少，因哪些文件或到期而变。"""
    notice = load_notice(notice_id)
    moment = parse_moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
    start = parse_moment(notice, since)
    if start > moment:
        raise typer.BadParameter(f"--since {start} 晚于 --as-of {moment}")
    found = tracing.ask_changes(State.home.published, notice.id, start, moment)
    say_freshness(notice, moment, output)
    if output is Format.table:
        found = _choose(notice, _as_dicts(found), found.columns[:-1])
    print_figures(found, output, f"{start:%Y-%m-%d %H:%M:%S} 至 {moment:%Y-%m-%d %H:%M:%S} 变了的数")
