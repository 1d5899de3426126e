"""Commands that run the cycle or make what it runs on: run, rebuild, sample."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines import cycle
from pipelines.cli.app import NoticeId, State, app, parse_moment, show_progress
from pipelines.ground.counts import in_words
from pipelines.notice import load_notice
from pipelines.rebuild import rebuild as rebuild_all


@app.command("run")
def run_command(
    notice_id: NoticeId,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", metavar="DIR", help="收件箱；省略为 <home>/inbox/<通知>")
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在（补跑、试跑用）")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="确是要按过去的时刻补跑：--now 早于最近一次收件时也照跑")
    ] = False,
) -> None:
    """跑完一整轮：收件、读取、校验、入库、发布。重复运行不会改变结果。"""
    notice = load_notice(notice_id)
    with show_progress("读取") as progress:
        moment = parse_moment(notice, now) if now else None
        done = cycle.run(State.home, notice, inbox, moment, progress, is_replay=replay)
    states = (
        "、".join(f"{_STATES[state]} {count}" for state, count in done["states"].items()) or "没有新的报送"
    )
    typer.echo(f"本轮新收 {done['new']} 个文件；{states}。")
    if done["returned"]:
        typer.echo(
            f"写出退回件 {done['returned']} 份（{State.home.returns(notice.id)}），放入单位文件夹 {done['placed']} 份。"
        )
    if done["waiting"]:
        typer.echo(f"有 {done['waiting']} 个文件可能还在传，下一轮再收。")
    if done["held"]:
        typer.echo(f"有 {done['held_count']} 个条目没能收下，其余不受影响（全部见 marts.held_entries）：")
        for sentence in done["held"][:MOST_SHOWN]:
            typer.echo(f"  {sentence}")
    for sentence in done["warnings"]:
        typer.echo(f"注意：{sentence}。", err=True)
    if done["reasons"]:
        from pipelines.report.phrases import LABELS

        typer.echo(f"退回原因：{in_words(done['reasons'], LABELS)}")


MOST_SHOWN = 20
_STATES = {
    "accepted": "收下",
    "partly accepted": "部分收下",
    "rejected": "退回",
    "duplicate": "重复",
    "ignored": "忽略",
    "attachment": "附件",
}


@app.command()
def rebuild() -> None:
    """丢弃一切算出来的数据，从档案全部重算（结果不变）。"""
    with show_progress("读取") as progress:
        found = rebuild_all(State.home, progress)
    for notice_id, counts in found.items():
        typer.echo(f"{notice_id}：重算 {counts['submissions']} 件报送。")


@app.command()
def sample(
    notice_id: NoticeId,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写到哪个文件夹")],
    seed: Annotated[int, typer.Option("--seed", help="同一个种子得到同样的文件")] = 1,
    recipients: Annotated[
        int | None, typer.Option("--recipients", min=1, help="多少个单位；省略为全部")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="每个表大约几行")] = 5,
) -> None:
    """造一个收件箱的样例（虚构数据）：各种格式、迟报、错误、更正、零报告都有。"""
    from pipelines.sample import write_sample

    notice = load_notice(notice_id)
    write_sample(notice, to, seed=seed, recipients=recipients, rows=rows)
    now = (to / "now.txt").read_text("utf-8").strip()
    typer.echo(f"样例在 {to / 'inbox'}。接着运行：notices run {notice_id} --inbox {to / 'inbox'} --now {now}")
