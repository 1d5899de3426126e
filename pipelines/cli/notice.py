"""The command for whoever writes a notice: check."""

from datetime import timedelta
from typing import Annotated

import typer

from pipelines.cli.app import State, app
from pipelines.cli.contacts import say_unreachable
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.fields import say_length
from pipelines.notice.membership import UnitChange
from pipelines.notice.obligations import expand_obligations, expand_open
from pipelines.notice.period_names import name_of


@app.command()
def check(
    notice_id: Annotated[str | None, typer.Argument(metavar="[NOTICE]", help="省略则检查全部通知")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="先重写编辑器用的 notices/notice.schema.json")
    ] = False,
    is_rehearsed: Annotated[
        bool, typer.Option("--rehearse/--no-rehearse", help="写了 NOTICE 时，用声明的表头和名称试报一遍")
    ] = True,
) -> None:
    """检查通知的定义：哪个文件哪一行、写了什么、应该是什么、怎么改；写了 NOTICE 的试报一遍，画出到期日历，比较与已发布的有什么不同。"""
    if schema:
        from pipelines.notice.schema import write_schema

        typer.echo(f"已写 {write_schema()}")
    bad = False
    for name in [notice_id] if notice_id else list_notices():
        try:
            found = load_notice(name)
            typer.echo(summarise(found))
            if found.mail:
                typer.echo(f"  {say_unreachable(State.home, found)}")
            if notice_id and is_rehearsed:
                _rehearse(found)
        except BadNoticeError as error:
            bad = True
            typer.echo(str(error), err=True)
    if bad:
        raise typer.Exit(2)


_SPANS = {
    "day": "一天",
    "week": "一周",
    "month": "一个月",
    "quarter": "一个季度",
    "half-year": "半年",
    "year": "一年",
}


def say_rule(item: Deliverable) -> str:
    """Which period a submission without a date is for (notice-v2, Kinds), in words with this notice's own example."""
    first = item.periods.periods()[0]
    example = name_of(first, item.periods.every)
    return (
        f"每份算一期：文件名、标题或题目写明的那一期（如 第1期、{example}）；没有写明的，算本单位收到时已经开始、还没有报、"
        f"截止未过{_SPANS.get(item.periods.every, '一期')}的最早一期；没有这样的，算收到时正在进行的一期"
    )


def _rehearse(notice: Notice) -> None:
    """Raises BadNoticeError where what the notice asks for would not end accepted and on time."""
    from pipelines.rehearse import rehearse  # what checks rows takes seconds to import
    from pipelines.rehearse.agenda import draw_agenda
    from pipelines.rehearse.changes import find_changes
    from pipelines.rehearse.trials import REHEARSED

    if problems := rehearse(notice):
        raise BadNoticeError(notice.id, problems)
    typer.echo("试报通过：每一项用声明的表头、每个单位用每一个叫法，都按时收下了。")
    asked = [one.id for one in notice.sources if one.kind not in REHEARSED]
    if asked:
        typer.echo(f"没有试的来源（要连上才能试）：{'、'.join(asked)}")
    if agenda := draw_agenda(notice):
        typer.echo(agenda)
    for sentence in find_changes(State.home.published, notice):
        typer.echo(sentence)


def summarise(notice: Notice) -> str:
    """What the notice asks, in numbers that its writer can hold against the text."""
    names = {one.code: one.name for one in notice.recipients}
    owed, offered = list(expand_obligations(notice)), list(expand_open(notice))
    lines = [
        f"{notice.id}：没有问题。主送 {len(notice.recipients)} 个单位，其中 {len({one.recipient_code for one in owed})} 个要报；"
        f"{len(notice.cities)} 个{notice.bulletins.area}；应报 {len(owed)} 项，免报 {sum(one.exemption_reason is not None for one in owed)} 项，"
        f"延期 {sum(one.extension_reason is not None for one in owed)} 项。"
    ]
    lines += [
        f"  {one.day} {_CHANGES[one.change]}{_became(notice, one)} {names[one.code]}（{one.reason}）"
        for one in notice.units_changes
    ]
    for name, item in notice.deliverables.items():
        periods = item.periods.periods()
        said = notice.said_of_sending(name)
        units = len({one.recipient_code for one in (*owed, *offered) if one.deliverable == name})
        if item.within is not None:
            lines.append(f"  {name} {item.name}：{_say_event(notice, item)}")
            lines += [f"    {said}"] if said else []
            continue
        until = f"{notice.local(periods[0].due_at):%Y-%m-%d %H:%M:%S}"
        if len(periods) > 1:
            until = f"第一期 {until}，最后一期 {notice.local(periods[-1].due_at):%Y-%m-%d %H:%M:%S}"
        lines.append(
            f"  {name} {item.name}：{units} 个单位 × {len(periods)} 期；截止 {until}{_condition(notice, item)}"
        )
        if said:
            lines.append(f"    {said}")
        if item.is_undated:
            lines.append(f"    {say_rule(item)}")
    return "\n".join(lines)


_CHANGES = {
    "joined": "加入",
    "left": "退出",
    "merged": "并入",
    "renamed": "改名",
    "moved": "改属",
    "changed_line": "改报",
}


def _became(notice: Notice, one: UnitChange) -> str:
    """What a unit was merged into or became, by its name."""
    units = {each.code: each.name for each in notice.recipients}
    areas = {area.code: area.name for area in notice.areas}
    into = {
        "merged": units.get(one.into),
        "renamed": one.names[0] if one.names else None,
        "moved": areas.get(one.into),
        "changed_line": notice.lines.get(one.into),
    }
    found = into.get(one.change)
    return f"“{found}”" if found else ""


def _say_event(notice: Notice, item: Deliverable) -> str:
    """Who reports what happens, and by when after it."""
    units = sum(one.kind in item.owed_by for one in notice.recipients)
    after = (
        "；" + f"报了“{notice.deliverables[item.if_submitted].name}”的，同一件事还要报这一项"
        if item.if_submitted
        else ""
    )
    return f"{units} 个单位，遇事才报，发生后 {say_length(item.within or timedelta())}内；没有事不欠{after}"


def _condition(notice: Notice, item: Deliverable) -> str:
    """Who of them owes it at all; nothing where all do."""
    if item.optional:
        return "；自愿报送，不计入应报"
    if item.if_submitted:
        return f"；报了“{notice.deliverables[item.if_submitted].name}”的才要报"
    return ""
