"""The quality page: how every rule did in the last run that read rows, for data staff to open."""

import json
import os
from datetime import datetime
from html import escape
from pathlib import Path

from pipelines.notice.model import Notice

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
    page.parent.mkdir(parents=True, exist_ok=True)
    beside = page.with_name(f".{page.name}.{os.getpid()}")
    beside.write_text(
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(notice.title)} 数据质量</title>'
        f"<style>{_STYLE}</style><h1>数据质量</h1><p>{escape(notice.title)}。本页说的是 {scanned_at:%Y-%m-%d %H:%M} 的那一轮收件，"
        f"即最近一次读到数据行的那一轮；每一处问题在哪个文件哪一行，见数据库视图 marts.verdicts。</p>{''.join(tables)}</html>",
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


def _table(caption: str, rows: list[str]) -> str:
    head = "<tr><th scope=col>列<th scope=col>规则<th scope=col>不合格行<th scope=col>占比<th scope=col>告诉单位的话</tr>"
    return f"<table><caption>{escape(caption)}</caption><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
