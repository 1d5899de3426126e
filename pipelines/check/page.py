"""The quality page: how every rule did in the last run that read rows, for data staff to open."""

import json
import os
from collections import Counter
from datetime import datetime
from html import escape
from pathlib import Path

from pipelines.notice.model import Notice
from pipelines.read.frames import NOTES, read_frames

NOTE_NAMES = {
    "unread_sheet": "没有认出表的工作表", "unread_table": "没有表头的表", "unread_column": "没有读的列",
    "unread_row": "没有读的行", "unread_document": "没有读的文档", "part_row": "其中行，不另计",
    "weak_header": "带括注的表头，按大意认", "filled_down": "日期空着，取上一行的", "continued_table": "接着上一张表读",
    "summed_rows": "各行相加成一行", "total_row_taken": "取了合计行", "total_differs": "合计与各行之和不符",
    "duplicate_row": "件内重复的行，只计一次", "struck_row": "划去的行", "left_out_text": "划去、隐藏的文字没有读",
    "other_unit_named": "行里写的是别的单位", "scaled_by_header": "按表头的单位换算", "scheme_added": "网址补了 http://",
    "resent_old": "旧件重发", "replaced_rows": "取代了同一路径的旧版", "over_quota": "推荐超过名额",
    "other_channel": "经规定以外的渠道报来",
}  # fmt: skip
"""What each code of a note says, for people (contract section 4)."""

_STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ddd;padding:.4rem .6rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}tr.bad td{background:#fff3ee}caption{text-align:left;font-weight:600;padding:.6rem 0}
"""


def write_quality_page(notice: Notice, folder: Path, page: Path, scanned_at: datetime) -> None:
    """One self-contained HTML file, from the run's results; `scanned_at` is the scan that brought the rows."""
    results = json.loads((folder / "results.json").read_text("utf-8"))
    tables = []
    for deliverable, item in notice.deliverables.items():
        rows = [one for one in results if one["deliverable"] == deliverable]
        if rows:
            tables.append(
                _table(f"{item.name}：{rows[0]['rows']} 行", [_row(notice, deliverable, one) for one in rows])
            )
    notes = read_frames(folder, "notes", NOTES).column("code").to_pylist()
    if notes:
        tables.append(_notes_table(Counter(notes)))
    page.parent.mkdir(parents=True, exist_ok=True)
    beside = page.with_name(f".{page.name}.{os.getpid()}")
    beside.write_text(
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(notice.title)} 数据质量</title>'
        f"<style>{_STYLE}</style><h1>数据质量</h1><p>{escape(notice.title)}。本页说的是 {scanned_at:%Y-%m-%d %H:%M} 的那一轮收件，"
        f"即最近一次读到数据行的那一轮；每一处问题在哪个文件哪一行，见数据库视图 marts.verdicts，每一条提示见 marts.notes。</p>{''.join(tables)}</html>",
        "utf-8",
    )
    beside.replace(page)


def _row(notice: Notice, deliverable: str, one: dict[str, object]) -> str:
    column = str(one["column"])
    columns = notice.deliverables[deliverable].columns
    header = columns[column].headers[0] if column in columns else "整行"
    sentence = str(one["sentence"])
    for place, shown in (("{header}", header), ("{row}", "…"), ("{value}", "…")):
        sentence = sentence.replace(place, shown)
    share = f"{int(str(one['failed'])) / int(str(one['rows'])):.1%}" if one["rows"] else "—"
    return (
        f'<tr class="{"bad" if one["failed"] else ""}"><td>{escape(header)}</td><td><code>{escape(str(one["reason"]))}</code></td>'
        f'<td class="n">{one["failed"]}</td><td class="n">{share}</td><td>{escape(sentence)}</td></tr>'
    )


def _notes_table(codes: Counter[str]) -> str:
    """Notes by code; a note rejects nothing."""
    rows = "".join(
        f'<tr><td>{escape(NOTE_NAMES.get(code, code))}</td><td><code>{escape(code)}</code></td><td class="n">{times}</td></tr>'
        for code, times in codes.most_common()
    )
    head = "<tr><th scope=col>提示<th scope=col>代码<th scope=col>条数</tr>"
    caption = f"提示：{codes.total()} 条（不影响收下，随回执和退回件请单位核对）"
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _table(caption: str, rows: list[str]) -> str:
    head = "<tr><th scope=col>列<th scope=col>规则<th scope=col>不合格行<th scope=col>占比<th scope=col>告诉单位的话</tr>"
    return f"<table><caption>{escape(caption)}</caption><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
