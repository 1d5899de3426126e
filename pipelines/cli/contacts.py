"""Commands about units' addresses: import a spreadsheet of them, say who cannot be written to."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import NoticeId, State, app
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.obligations import expand_obligations

MOST_SHOWN = 10
"""Names of units in one line."""
contacts = typer.Typer(help="各单位的邮箱：导入，看谁还没有。", no_args_is_help=True)
app.add_typer(contacts, name="contacts")


@contacts.command("import")
def import_contacts(
    notice_id: NoticeId,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="xlsx 或 csv：一列单位名称（或代码），一列邮箱"
        ),
    ],
) -> None:
    """把各单位的邮箱导入数据文件夹（不进仓库，也不进分析库）；同一单位再导入，以新的为准。"""
    from pipelines.registry.contacts import read_contacts
    from pipelines.registry.journal import Registry

    notice = load_notice(notice_id)
    found = read_contacts(notice, file)
    with Registry(State.home.registry) as registry:
        registry.note_addresses(notice.id, found.addresses, notice.local(datetime.now(notice.zone)))
    typer.echo(f"导入 {len(found.addresses)} 个单位的邮箱。")
    for problem in found.problems:
        typer.echo(f"没有导入：{problem}", err=True)
    typer.echo(say_unreachable(State.home, notice))
    if found.problems:
        raise typer.Exit(1)


@contacts.command("list")
def list_contacts(notice_id: NoticeId) -> None:
    """要报送而没有邮箱、收不到信的单位，一行一个；可以照着补。"""
    notice = load_notice(notice_id)
    for name in find_unreachable(State.home, notice):
        typer.echo(name)


def find_unreachable(home: Home, notice: Notice) -> list[str]:
    """Names of units that owe something and have no address, in roster order."""
    from pipelines.send.addresses import unit_mailboxes

    reachable = unit_mailboxes(home, notice, datetime.now(notice.zone))
    owing = {one.recipient_code for one in expand_obligations(notice)}
    return [one.name for one in notice.recipients if one.code in owing and one.code not in reachable]


def say_unreachable(home: Home, notice: Notice) -> str:
    """Who cannot be written to, in one line."""
    names = find_unreachable(home, notice)
    if not names:
        return "要报送的单位都有邮箱。"
    shown = "、".join(names[:MOST_SHOWN]) + ("等" if len(names) > MOST_SHOWN else "")
    return (
        f"{len(names)} 个要报送的单位没有邮箱，收不到信：{shown}。全部：notices contacts list {notice.id}；"
        f"补上：notices contacts import {notice.id} 邮箱表.xlsx"
    )
