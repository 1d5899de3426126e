"""What is said of a file that children gave no answer to: the finding where that is in the file, our fault where it is not."""

import logging
from pathlib import Path
from typing import Protocol

from pipelines.archive.objects import sha256_of
from pipelines.ground.errors import ReadingFault
from pipelines.ground.settings import Settings
from pipelines.read.findings import FileRejected, too_large, unreadable

MOST_SHOWN = 300
"""Letters of an error that a person is shown; the log has it all."""
log = logging.getLogger(__name__)


class Task(Protocol):
    """One file to open; its path is what the log calls it, and the object is where its bytes are."""

    @property
    def path(self) -> str: ...

    @property
    def object_path(self) -> str: ...


def ours(job: Task, why: str) -> ReadingFault:
    name = sha256_of(Path(job.object_path))
    return ReadingFault(
        f"{job.path}（对象 {name}）没有读成：{why}。这不是文件的问题，与报送单位无关：本轮到此为止，没有判定，"
        "也没有通知任何单位。请检查机器的内存、磁盘、程序的安装和终止进程的程序，再运行一次；内存小的机器可调低 "
        "NOTICES_READERS 或 NOTICES_CHILD_MEMORY_BYTES"
    )


def mistaken(job: Task, record: str) -> ReadingFault:
    """The program erred; `record` says how, a traceback in most cases, and goes to the log."""
    name = sha256_of(Path(job.object_path))
    log.error("read: 程序读 %s（对象 %s）时出错：\n%s", job.path, name, record)
    return ReadingFault(
        f"程序读 {job.path}（对象 {name}）时自己出了错（{last_line(record)}）。这是程序的错，不是文件的问题，与报送单位无关："
        "本轮到此为止，没有判定，也没有通知任何单位，已发布的数不变。错在哪里（traceback）记在本轮的日志里，请连同这句话交给"
        "维护人员；收到的都在档案里，换上改好的程序再运行一次就会补读，收到时间不变。升级以后才这样的，退回旧版的办法见 "
        "docs/operations.md 第 12 节",
        record,
    )


def last_line(record: str) -> str:
    return record.strip().rpartition("\n")[2][:MOST_SHOWN]


def overran(settings: Settings) -> FileRejected:
    return too_large(
        f"文件 {settings.file_seconds} 秒内没有读完。请把数据复制到新的工作簿，删去多余的空行空列后重新报送"
    )


def swelled() -> FileRejected:
    return too_large("文件展开后占用内存过多。请把数据复制到新的工作簿后重新报送")


def broken() -> FileRejected:
    return unreadable("文件的结构异常，无法读取。请把数据复制到新的工作簿后重新报送")
