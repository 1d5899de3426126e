"""What a person reads where a command failed for a reason that no stage put into words; the traceback goes to a file."""

import errno
import json
import logging
import sqlite3
import traceback
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import duckdb

from pipelines.ground.errors import NoticesError, ReadingFault
from pipelines.ground.home import Home

log = logging.getLogger(__name__)
_MOST_BYTES = 5_000_000
"""Of the file of tracebacks; then it begins anew, and one older one is kept."""
_KNOWN = {
    errno.ENOSPC: "磁盘满了。请腾出空间后再运行一次，已收的不受影响",
    errno.EDQUOT: "磁盘配额用完了。请腾出空间后再运行一次，已收的不受影响",
    errno.EROFS: "磁盘只能读。请检查挂载后再运行一次",
    errno.EACCES: "没有权限。请检查文件夹的属主和权限后再运行一次",
    errno.EPERM: "没有权限。请检查文件夹的属主和权限后再运行一次",
    errno.ENOENT: "文件不在了。请检查共享文件夹和磁盘是否在线后再运行一次",
    errno.ENOTDIR: "这里应是文件夹而不是文件。请改用别的文件夹，或把那个文件移开后再运行一次",
    errno.EEXIST: "这里应是文件夹而不是文件。请改用别的文件夹，或把那个文件移开后再运行一次",
    errno.EIO: "磁盘读写出错。请检查磁盘后再运行一次，必要时从备份恢复（notices restore）",
    errno.ENOMEM: "机器内存不够。请关掉别的程序，或调低 NOTICES_READERS 后再运行一次",
    errno.EMFILE: "打开的文件太多。请调高 ulimit -n 后再运行一次",
}


def say(error: Exception, home: Home) -> str:
    """One Chinese sentence: what failed, where, what to do next; and where the traceback is, unless we raised it ourselves over
    something that is none of our program's doing."""
    said = f"没有完成：{explain(error)}"
    if isinstance(error, ReadingFault) and error.record:
        return f"{said}。{_keep(home, error.record)}"
    if isinstance(error, NoticesError):
        return said
    return f"{said}。{_keep(home, traceback.format_exc())}"


def explain(error: BaseException) -> str:
    """The sentence of an error, ours or any other; a command says it, and so does the alarm of a failed task."""
    if isinstance(error, NoticesError):
        return str(error)
    if isinstance(error, OSError):
        where = error.filename if isinstance(error.filename, str) else "系统"
        known = _KNOWN.get(error.errno or 0)
        return f"{where}：{known or f'{error.strerror or error}。请检查磁盘和网络后再运行一次'}"
    if isinstance(error, sqlite3.OperationalError):
        return f"发件箱或登记库没能读写（{error}）。请看磁盘是否已满、有没有别的程序占着它，再运行一次"
    if isinstance(error, sqlite3.Error):
        return f"发件箱或登记库损坏（{error}）。它不能由别的数据重算：请从备份恢复（notices restore），再运行一次"
    if isinstance(error, duckdb.ProgrammingError):
        return (
            f"程序问数据仓库的话，它看不懂（{_first_line(error)}）。这是程序的错，或数据仓库是别的版本的程序写的，与报送单位无关；"
            "请先运行 notices rebuild 从档案重算，还不行就把错误的记录（traceback）交给维护人员"
        )
    if isinstance(error, duckdb.Error):
        return f"数据仓库没能读写（{_first_line(error)}）。请看磁盘是否已满，再运行一次；还不行就运行 notices rebuild 从档案重算"
    if isinstance(error, json.JSONDecodeError):
        return f"有一个文件应是 JSON 而不是（{error}）。请把它移开或从备份恢复，再运行一次"
    if isinstance(error, MemoryError):
        return _KNOWN[errno.ENOMEM]
    return f"程序出错（{type(error).__name__}：{_first_line(error)}）。已收的不受影响；请把错误的记录（traceback）交给维护人员"


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0][:300]


def _keep(home: Home, error: str) -> str:
    """Writes the traceback away and says where to: beside the home where it takes nothing, logged where nothing does."""
    path = home.path / "logs" / "errors.log"
    record = f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{error}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _turn(path)
        with path.open("a", encoding="utf-8") as file:
            file.write(record)
    except OSError:
        return _keep_elsewhere(record)
    return f"详细记录在 {path}"


def _keep_elsewhere(record: str) -> str:
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", prefix="notices-errors-", suffix=".log", delete=False
        ) as file:
            file.write(record)
    except OSError:
        log.exception("没有写下的错误记录")
        return "详细记录哪里也写不进，见上"
    return f"数据文件夹写不进，详细记录在 {file.name}"


def _turn(path: Path) -> None:
    if path.exists() and path.stat().st_size > _MOST_BYTES:
        path.replace(path.with_suffix(".log.1"))
