"""Commands that ask the snapshot: metrics, files, status."""

from typing import Any

from pipelines.ask import figures
from pipelines.ask.figures import Figures
from pipelines.ask.printing import print_figures
from pipelines.cli.app import AsOf, Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.cli.freshness import say_freshness
from pipelines.notice import load_notice
from pipelines.warehouse.snapshot import kept_open


@app.command()
def metrics(notice_id: NoticeId, as_of: AsOf = None, output: OutputFormat = Format.table) -> None:
    """各市的参与、报送和覆盖情况，截至某一时刻。"""
    notice = load_notice(notice_id)
    with kept_open(State.home.published):
        moment = parse_moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
        found = figures.ask_metrics(State.home.published, notice.id, moment)
        say_freshness(notice, moment, output)
    if output is not Format.table:
        print_figures(found, output)
        return
    split = found.columns.index("materials")
    parts = [("参与和报送", [*range(split)])]
    if any(item.kind == "materials" for item in notice.deliverables.values()):
        parts.append(("材料和覆盖", [0, 1, *range(split, len(found.columns))]))
    for title, chosen in parts:
        part = Figures(
            [found.columns[index] for index in chosen],
            [tuple(row[index] for index in chosen) for row in found.rows],
        )
        print_figures(part, output, f"{title}，截至 {moment:%Y-%m-%d %H:%M:%S}")


@app.command()
def files(notice_id: NoticeId, output: OutputFormat = Format.table) -> None:
    """每个收到的文件及其结论。"""
    found = figures.ask_files(State.home.published, load_notice(notice_id).id, State.home.masks)
    print_figures(found, output, "收到的文件")


def say_lacking(row: dict[str, Any]) -> str:
    """附件不齐（2/5）: reported, with fewer attachments than were asked for."""
    return f"附件不齐（{row['attachments']}/{row['attachments_at_least']}）"


@app.command()
def status(notice_id: NoticeId, as_of: AsOf = None, output: OutputFormat = Format.table) -> None:
    """谁还欠什么，截至某一时刻。表格只列未报、未到期和附件不齐的，csv、json 列全部。"""
    notice = load_notice(notice_id)
    with kept_open(State.home.published):
        moment = parse_moment(notice, as_of) if as_of else figures.last_scan(State.home.published, notice.id)
        found = figures.ask_status(State.home.published, notice.id, moment)
        say_freshness(notice, moment, output)
    if output is not Format.table:
        print_figures(found, output)
        return
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    words = {"missing": "未报", "pending": "未到期"}
    owed = [
        (
            row["recipient"],
            notice.deliverables[row["deliverable"]].name,
            row["period"],
            row["due_at"],
            words.get(row["status"]) or say_lacking(row),
            row["is_returned"],
        )
        for row in rows
        if row["status"] in words or row["is_incomplete"]
    ]
    columns = ["recipient", "deliverable", "period", "due_at", "status", "is_returned"]
    lacking = sum(row["is_incomplete"] for row in rows)
    counted = f"尚欠 {len(owed) - lacking} 项" + (f"，附件不齐 {lacking} 项" if lacking else "")
    print_figures(Figures(columns, owed), output, f"{counted}，截至 {moment:%Y-%m-%d %H:%M:%S}")
