"""Whatever fails, a command ends with a sentence and exit status 1; the traceback goes to a file."""

import errno
import json
import sqlite3
from pathlib import Path

import duckdb
import pytest

from pipelines.cli import trouble
from pipelines.ground.errors import NoticesError, ReadingFault
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings, SettingsError
from tests.conftest import NOTICE_ID, RunCli


def _broken_json() -> Exception:
    try:
        json.loads("{")
    except ValueError as error:
        return error
    raise AssertionError


CASES = {
    "disk-full": (
        OSError(errno.ENOSPC, "No space left on device", "/data/archive"),
        "/data/archive：磁盘满了",
    ),
    "read-only": (OSError(errno.EROFS, "Read-only file system", "/data"), "/data：磁盘只能读"),
    "no-right": (PermissionError(errno.EACCES, "Permission denied", "/data"), "/data：没有权限"),
    "gone": (FileNotFoundError(errno.ENOENT, "No such file", "/data/x"), "/data/x：文件不在了"),
    "other-os": (OSError(errno.ENOTCONN, "not connected", "/mnt"), "/mnt：not connected"),
    "sqlite-busy": (sqlite3.OperationalError("database is locked"), "有没有别的程序占着它"),
    "sqlite-torn": (sqlite3.DatabaseError("malformed"), "notices restore"),
    "duckdb": (duckdb.IOException("bad block\nmore"), "notices rebuild"),
    "json": (_broken_json(), "应是 JSON"),
    "memory": (MemoryError(), "内存不够"),
    "bug": (KeyError("x"), "程序出错（KeyError"),
}


@pytest.mark.parametrize(("error", "said"), CASES.values(), ids=CASES)
def test_every_failure_is_one_sentence_and_a_traceback_in_the_file(
    error: Exception, said: str, home: Home
) -> None:
    try:
        raise error
    except Exception as raised:
        sentence = trouble.say(raised, home)
    kept = home.path / "logs" / "errors.log"
    assert sentence.startswith("没有完成：")
    assert said in sentence
    assert "\n" not in sentence
    assert str(kept) in sentence
    assert "Traceback" in kept.read_text("utf-8")


def test_where_the_program_erred_at_a_file_is_kept_too(home: Home) -> None:
    sentence = trouble.say(ReadingFault("程序读 日报.xlsx 时自己出了错", "Traceback of a child"), home)
    kept = home.path / "logs" / "errors.log"
    assert sentence == f"没有完成：程序读 日报.xlsx 时自己出了错。详细记录在 {kept}"
    assert "Traceback of a child" in kept.read_text("utf-8")
    assert "详细记录" not in trouble.say(ReadingFault("机器内存不够"), home)


def test_what_we_raise_ourselves_needs_no_traceback(home: Home) -> None:
    assert trouble.say(NoticesError("共享文件夹不在线"), home) == "没有完成：共享文件夹不在线"
    assert not home.path.exists()


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "1.5", "１０", "99999999999999999999"])
def test_a_setting_that_is_no_number_is_refused(value: str, monkeypatch) -> None:
    monkeypatch.setenv("NOTICES_READERS", value)
    with pytest.raises(SettingsError, match="NOTICES_READERS 应为正整数"):
        Settings.load()


def test_a_setting_that_may_be_zero(monkeypatch) -> None:
    monkeypatch.setenv("NOTICES_QUIET_SECONDS", "0")
    assert Settings.load().quiet_seconds == 0


def test_a_slip_in_a_name_is_said(monkeypatch, caplog) -> None:
    monkeypatch.setenv("NOTICES_FILE_SECOND", "5")
    Settings.load()
    assert "是不是想写 NOTICES_FILE_SECONDS" in caplog.text


def test_a_command_says_it_and_exits_with_1(run_cli: RunCli, home: Home) -> None:
    said = run_cli("run", NOTICE_ID, status=1, NOTICES_READERS="two").stderr
    assert "NOTICES_READERS 应为正整数" in said
    assert "Traceback" not in said
    at = Home(home.path / "file")
    at.path.write_text("a file where the home should be")
    said = run_cli("run", NOTICE_ID, at=at, status=1).stderr
    assert "没有完成" in said
    assert "这里应是文件夹而不是文件" in said
    assert "Traceback" not in said
    kept = Path(said.rpartition("详细记录在 ")[2].strip())
    assert "Traceback" in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
