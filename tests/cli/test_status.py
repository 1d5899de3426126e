"""Exit statuses: 0 done, 2 bad usage or a bad notice folder, 1 the cycle failed; and what is said then."""

import subprocess
import sys

import pytest

from pipelines.cli import main
from pipelines.cli.app import app
from pipelines.cli.commands import MODULES, import_commands
from tests.conftest import NOTICE_ID

import_commands()
COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands)

BAD_USAGE = {
    "an unknown command": (["frob"], "frob"),
    "a notice is missing": (["run"], "NOTICE"),
    "an unknown notice": (["run", "nope"], "nope/notice.yaml 不存在；现有通知："),
    "an unknown notice to ask for": (["files", "nope"], "nope/notice.yaml 不存在；现有通知："),
    "an unknown notice to check": (["check", "nope"], "nope/notice.yaml 不存在；现有通知："),
    "a moment that is none": (
        ["metrics", NOTICE_ID, "--as-of", "昨天"],
        "“昨天”不是时刻；应写成 2020-11-14T20:00:00",
    ),
    "a day that there is not": (["status", NOTICE_ID, "--as-of", "2020-11-31"], "“2020-11-31”不是时刻"),
    "a now that is none": (["run", NOTICE_ID, "--now", "now"], "“now”不是时刻"),
    "an unknown format": (["files", NOTICE_ID, "--format", "xml"], "'table', 'csv', 'json'"),
    "a sample of nobody": (["sample", NOTICE_ID, "--to", "x", "--recipients", "0"], "--recipients"),
    "a sample without rows": (["sample", NOTICE_ID, "--to", "x", "--rows", "0"], "--rows"),
}
FAILED = {
    "no source at all": (
        ["run", NOTICE_ID, "--inbox", "nowhere"],
        "没有完成：收件文件夹 nowhere 下一个来源都没有",
    ),
    "nothing to rebuild": (["rebuild"], "没有可重算的。先运行 notices run"),
    "no figures yet": (["metrics", NOTICE_ID], "没有完成：还没有数据"),
    "no files yet": (["files", NOTICE_ID, "--format", "csv"], "先运行 notices run"),
    "no obligations yet": (["status", NOTICE_ID, "--as-of", "2020-11-10"], "先运行 notices run"),
}


@pytest.mark.parametrize(("words", "sentence"), BAD_USAGE.values(), ids=BAD_USAGE)
def test_bad_usage_ends_with_2(words, sentence, cli):
    said = cli(*words)
    assert (said.status, said.out) == (2, "")
    assert sentence in said.err


@pytest.mark.parametrize(("words", "sentence"), FAILED.values(), ids=FAILED)
def test_a_failed_cycle_ends_with_1(words, sentence, cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = cli(*words)
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_good_notice_ends_with_0(cli):
    said = cli("check", NOTICE_ID)
    assert said.status == 0
    assert f"{NOTICE_ID}：没有问题。主送 255 个单位" in said.out


def test_rejected_submissions_are_normal_work(cli, few):
    said = cli("files", NOTICE_ID, "--format", "csv", at=few)
    assert said.status == 0
    assert ",rejected,unknown_recipient," in said.out


@pytest.mark.parametrize(
    "words", [[], *([name] for name in COMMANDS)], ids=lambda words: words[0] if words else "all"
)
def test_help_reads_well(words, cli):
    """A sentence in Chinese for the command and for everything it takes, none wider than a screen."""
    assert len(COMMANDS) >= 7
    said = cli(*words, "--help")
    assert said.status == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("Usage: notices")
    assert lines[2].strip().endswith("。")
    described = [line for line in lines[3:] if line.startswith("  ") and "--help" not in line]
    assert [line for line in described if not any("一" <= letter <= "鿿" for letter in line)] == []
    if not words:
        assert all(any(line.split()[0] == name for line in described) for name in COMMANDS)


def test_without_a_command_the_help_is_shown(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["notices"])
    with pytest.raises(SystemExit):
        main()
    out, err = capsys.readouterr()
    assert "Commands:" in out + err


def test_the_module_is_the_command(root):
    words = [sys.executable, "-m", "pipelines.cli", "check", "nope"]
    done = subprocess.run(words, cwd=root, text=True, capture_output=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "不存在" in done.stderr


def test_each_command_is_looked_for_where_it_is():
    commands = {one.name or one.callback.__name__: one.callback.__module__ for one in app.registered_commands}
    groups = {
        one.name: one.typer_instance.registered_commands[0].callback.__module__
        if one.typer_instance.registered_commands
        else one.typer_instance.registered_callback.callback.__module__
        for one in app.registered_groups
    }
    assert len(commands) >= 37
    assert {name: f"pipelines.cli.{module}" for name, module in MODULES.items()} == commands | groups


def test_only_the_module_of_the_command_is_imported(root):
    words = """
import sys
from pipelines.cli import main
sys.argv = ["notices", "check", "nope"]
try:
    main()
except SystemExit:
    print([name for name in sys.modules if name.startswith("pipelines.cli.")])
"""
    done = subprocess.run([sys.executable, "-c", words], cwd=root, text=True, capture_output=True)
    assert "'pipelines.cli.notice'" in done.stdout
    assert "'pipelines.cli.analysts'" not in done.stdout
