"""The loss of a machine, as docs/operations.md walks through it: its own commands, in its order, on two homes."""

import re
import shlex
from pathlib import Path

import pytest

from pipelines.ground.home import ROOT, Home
from pipelines.notice import Notice
from tests.operate.conftest import Cli, put

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def commands(name: str) -> list[list[str]]:
    """The commands of the block that the page marks as ours."""
    (block,) = re.findall(rf"<!-- {name}：.*?-->\n```\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line, comments=True) for line in block.splitlines()]


@pytest.mark.slow
def test_the_page_brings_a_lost_machine_back(
    finished: Home, once: Path, notice: Notice, cli: Cli, tmp_path: Path
):
    named = {
        "/backup/notices": str(tmp_path / "vault"),
        "/share/inbox": str(tmp_path / "share"),
        "通知编号": notice.id,
    }
    new = Home(tmp_path / "new machine")

    def succeed(*words: str, at: Home) -> str:
        done = cli(*words, at=at)
        assert done.status == 0, done.err
        return done.out

    def do(name: str, at: Home) -> str:
        said = ""
        for program, *words in commands(name):
            assert program == ".venv/bin/notices"
            said = succeed(*(named.get(word, word) for word in words), at=at)
        return said

    figures = succeed("metrics", notice.id, "--format", "csv", at=finished)
    do("备份", finished)
    put(notice, tmp_path / "share", "教育厅收件/济南市教育局/后来.csv", "2020-11-13T08:00:00",
        "11月12日,稿件,后来,宣传活动,1,\n")  # fmt: skip
    (tmp_path / "share" / "人社厅收件").mkdir()

    assert do("恢复", new) == figures
    assert "本轮新收 1 个文件" in do("再收", new)
    again = succeed("files", notice.id, "--format", "csv", at=new)
    assert [line.split(",")[3] for line in again.splitlines() if "后来.csv" in line] == [
        "2020-11-13 08:00:00"
    ]


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"NOTICES_[A-Z_]+", PAGE))))
def test_settings_that_the_page_names_exist(setting: str):
    code = [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "dags").glob("*.py")]
    field = setting.removeprefix("NOTICES_").lower()
    assert any(
        setting in text or f"    {field}: int" in text for text in (path.read_text("utf-8") for path in code)
    )
