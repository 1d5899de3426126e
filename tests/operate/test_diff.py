"""What a changed notice would move is seen before it is published, and said in the log when it is."""

import csv
import io
import logging
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle, rebuild
from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from tests.operate.conftest import NOW, Cli, put


@pytest.fixture
def changed(tmp_path: Path, notice: Notice) -> Path:
    """The notice with another word for photos, in a tree of its own."""
    tree = tmp_path / "tree"
    shutil.copytree(NOTICES, tree)
    page = tree / notice.id / "notice.yaml"
    text = page.read_text("utf-8")
    assert "photo: 照片" in text
    page.write_text(text.replace("photo: 照片", "photo: 摄影作品"), "utf-8")
    return tree


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def tree_of(home: Home) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}


def test_nothing_changed_moves_nothing(finished: Home, notice: Notice, cli: Cli):
    said = cli("diff", notice.id)
    assert said.status == 0, said.err
    assert "没有一个数变，也没有一个文件的结论变" in said.out


def test_a_journal_that_lost_its_end_is_no_change(finished: Home, notice: Notice, cli: Cli):
    """The figures of what was lost are not told as moved by the notice."""
    journal = Archive(finished.archive).journal(notice.id).path
    lines = journal.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if line.startswith(b'{"chain":'))
    journal.write_bytes(b"".join(lines[:last]))
    said = cli("diff", notice.id)
    assert said.status == 1
    assert "少了" in said.err


def test_a_changed_notice_is_told_before_it_is_published(
    finished: Home, notice: Notice, changed: Path, cli: Cli
):
    before = tree_of(finished)
    said = cli("diff", notice.id, "--with", changed / notice.id, "--format", "csv")
    assert said.status == 0, said.err
    moved = {(row["city"], row["what"]): (row["value_before"], row["value_after"]) for row in rows(said.out)}
    assert moved["济南市", "photos"] == ("1.000000", "0.000000")
    assert moved["济南市", "materials"] == ("2.000000", "1.000000")
    was, now = moved["", "教育厅收件/济南市教育局/日报二.csv"]
    assert "partly accepted" in was
    assert "rejected" in now
    assert not any(city == "青岛市" for city, _ in moved)
    assert tree_of(finished) == before, "nothing was touched"


def test_what_arrived_since_is_no_effect_of_a_change(finished: Home, notice: Notice, inbox: Path, cli: Cli):
    put(
        notice,
        inbox,
        "教育厅收件/济南市教育局/新.csv",
        "2020-11-12T10:00:00",
        "11月12日,稿件,新,宣传活动,1,\n",
    )
    cycle.scan(finished, notice, "proof", inbox, datetime(2020, 11, 14))
    assert "没有一个数变" in cli("diff", notice.id).out


def test_the_rebuild_after_a_change_says_what_moved(
    finished: Home,
    notice: Notice,
    inbox: Path,
    changed: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    new = load_notice(notice.id, changed)
    monkeypatch.setattr(rebuild, "load_notice", lambda notice_id: load_notice(notice_id, changed))
    put(
        notice,
        inbox,
        "教育厅收件/济南市教育局/新.csv",
        "2020-11-12T10:00:00",
        "11月12日,稿件,新,宣传活动,1,\n",
    )
    with caplog.at_level(logging.WARNING):
        cycle.run(finished, new, inbox, datetime(2020, 11, 14))
    (said,) = [one for one in caplog.messages if "重算前后" in one]
    assert f"{notice.id} 重算前后（截至 {NOW}）" in said
    assert "济南市 materials 2→1" in said
    assert "1 个文件的结论变了" in said


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["diff", "{notice}"], 1, "还没有数据"),
        (["diff", "{notice}", "--with", "/nowhere"], 2, "读不出"),
    ],
    ids=["nothing published", "no folder"],
)
def test_what_cannot_be_compared_is_a_sentence(
    words: list[str], status: int, said: str, home: Home, notice: Notice, cli: Cli
):
    told = cli(*(word.format(notice=notice.id) for word in words))
    assert told.status == status
    assert said in told.err
