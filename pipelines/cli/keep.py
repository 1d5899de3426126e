"""Commands that keep a home whole for years: fsck, diff, backup, restore."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ask.printing import print_figures
from pipelines.cli.app import AsOf, Format, NoticeId, OutputFormat, State, app, parse_moment, show_progress
from pipelines.ground.counts import in_mb
from pipelines.ground.scratch import scratch
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES

MOST_SHOWN = 200
Connection = Annotated[
    str | None,
    typer.Option(
        "--connection",
        metavar="ID",
        help="用这个连接（AIRFLOW_CONN_…，SFTP、SMB、WebDAV、S3）到另一台机器；地址写它上面的路径",
    ),
]


@app.command()
def fsck() -> None:
    """检查一切要长期保存的东西是否完好、彼此相符：档案、日志、数据仓库、发件箱、退回件、通报。只看不改。"""
    from pipelines.archive.check import check_home

    done = check_home(State.home)
    for one in done.findings[:MOST_SHOWN]:
        typer.echo(f"{one.place}：{one.what}。办法：{one.remedy}。")
    for note in done.notes:
        typer.echo(f"说明：{note}。")
    told = (
        f"检查了 {done.objects} 个对象（{in_mb(done.bytes)}）、收件 {done.receipts} 件、邮件 {done.mails} 封、"
        f"退回件 {done.returns} 份、通报 {done.bulletins} 份"
    )
    if not done.findings:
        typer.echo(f"{told}：全部完好。")
        return
    typer.echo(f"{told}：有 {len(done.findings)} 处不对。")
    raise typer.Exit(1)


@app.command()
def diff(
    notice_id: NoticeId,
    with_folder: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="DIR",
            help="改好而还没有放进 notices/ 的通知文件夹（其中有 notice.yaml）；省略为现在的",
        ),
    ] = None,
    as_of: AsOf = None,
    output: OutputFormat = Format.table,
) -> None:
    """通知、规则或程序改动之后，哪些数、哪些文件的结论会变：另算一份与已发布的比较，什么都不改变、不发布。"""
    from pipelines.beside import find_differences

    notice = _load_changed(notice_id, with_folder) if with_folder else load_notice(notice_id)
    moment = parse_moment(notice, as_of) if as_of else None
    with show_progress("读取") as progress:
        found = find_differences(State.home, notice, moment, progress)
    print_figures(found.table, output, f"{found.in_words()}（截至 {found.as_of:%Y-%m-%d %H:%M:%S}）")


def _load_changed(notice_id: str, folder: Path) -> Notice:
    """The notice as a folder elsewhere defines it, under its own id."""
    with scratch("with") as tree:
        for path in NOTICES.iterdir():
            if path.is_file():
                shutil.copyfile(path, tree / path.name)
        try:
            shutil.copytree(folder, tree / notice_id)
        except OSError as error:
            raise typer.BadParameter(f"{folder} 读不出：{error}") from None
        return load_notice(notice_id, tree)


@app.command()
def backup(
    to: Annotated[
        str, typer.Option("--to", metavar="DIR|URL", help="备份到哪里：文件夹，或 s3://、sftp:// 等地址")
    ],
    connection: Connection = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="备份之后把这一份从头到尾读一遍，核对每个字节")
    ] = False,
) -> None:
    """把不能重算的一切备份到另一处：随时可以运行，只送新增的，送到的都读回核对。"""
    from pipelines.archive.backup import back_up, verify_backup
    from pipelines.archive.vault import Vault

    vault = Vault(to, connection)
    done = back_up(State.home, vault, datetime.now())
    typer.echo(
        f"备份 {done.name}：{done.files} 个文件（{in_mb(done.bytes)}），这次送出 {done.sent} 块（{in_mb(done.sent_bytes)}）。"
    )
    for one in done.damaged:
        typer.echo(f"没能备份 {one}。先用 notices restore 从较早的备份补上，再备份一次。")
    if verify:
        typer.echo(f"从头核对了 {in_mb(verify_backup(vault, done.name))}：完好。")
    if done.damaged:
        raise typer.Exit(1)


@app.command("fill-store")
def fill_store() -> None:
    """把本机已有的档案和登记搬进 NOTICES_STORE 写的存储（文件夹或对象存储）；中断了再运行一次即可。"""
    from pipelines.archive.fill import fill_store
    from pipelines.ground.store import SETTING, open_store

    store = open_store()
    if store is None:
        raise typer.BadParameter(f"没有设置 {SETTING}：先写明搬到哪里，如 {SETTING}=s3://桶/路径")
    done = fill_store(State.home, store)
    typer.echo(f"{store.url} 里已有本机的 {done.objects} 个对象、{done.journals} 份登记。")


@app.command()
def restore(
    source: Annotated[
        str, typer.Option("--from", metavar="DIR|URL", help="备份在哪里，写法同 notices backup --to")
    ],
    at: Annotated[
        str | None, typer.Option("--at", metavar="NAME", help="哪一份（备份时打印的名字）；省略为最新一份")
    ] = None,
    connection: Connection = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="日志与备份不一致时以备份为准（原文件改名留在旁边）"),
    ] = False,
) -> None:
    """从备份恢复：空的数据文件夹全部恢复；在用的只补缺失和损坏的，不用旧的盖新的。"""
    from pipelines.archive.restore import restore as restore_home
    from pipelines.archive.vault import Vault

    done = restore_home(State.home, Vault(source, connection), at, is_forced=force)
    typer.echo(f"写回 {len(done.written)} 个文件；原本完好的 {done.kept} 个没有动。")
    for path in done.set_aside:
        typer.echo(f"损坏的原文件改名为 {path}。")
    if done.notices:
        typer.echo(
            f"备份里的通知文件夹与程序里的不同，放在 {State.home.path / 'notices'}，请核对后复制到程序的 notices/ 下："
            f"{'、'.join(done.notices)}"
        )
    typer.echo("接着运行 notices fsck 核对，再运行 notices rebuild 重算。")
