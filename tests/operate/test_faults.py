"""Fault → what was kept, what was said, and the exit status of `notices run`, on a home of two lines that were read before."""

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.collect.test_held import fail, free
from tests.operate.conftest import NOW, Cli, fill, put

LATER = NOW + timedelta(hours=1)
FOLDER = "教育厅收件/济南市教育局"


@dataclass(frozen=True)
class Case:
    """What goes wrong, and what must come of it; every run finds one good new file beside it."""

    spoil: Callable[[pytest.MonkeyPatch, Path], object]
    status: int
    out: str = ""
    err: str = ""
    new: int = 1
    completes: bool = True
    """Whether the education line's folder has a completed scan at LATER."""
    now: datetime = LATER


def big(inbox: Path) -> None:
    (inbox / FOLDER / "bad.csv").write_bytes(b"x" * 300_000)


def deep(inbox: Path) -> None:
    here = os.open(inbox / FOLDER, os.O_RDONLY)
    try:
        for _ in range(25):
            os.mkdir("d" * 200, dir_fd=here)
            here, before = os.open("d" * 200, os.O_RDONLY, dir_fd=here), here
            os.close(before)
    finally:
        os.close(here)


def unreadable(patch: pytest.MonkeyPatch, inbox: Path, number: int) -> None:
    big(inbox)
    fail(patch, "bad.csv", number)


CASES = {
    "nothing": Case(lambda patch, inbox: None, 0, "本轮新收 1 个文件"),
    "a file nobody may read": Case(
        lambda patch, inbox: unreadable(patch, inbox, errno.EACCES), 0, f"{FOLDER}/bad.csv：没有读取权限"
    ),
    "a bad sector": Case(lambda patch, inbox: unreadable(patch, inbox, errno.EIO), 0, "读不出这一处"),
    "a folder nobody may list": Case(
        lambda patch, inbox: ((inbox / FOLDER / "bad.csv").mkdir(), fail(patch, "bad.csv", errno.EACCES)),
        0,
        f"{FOLDER}/bad.csv/：没有读取权限",
    ),
    "a path too deep": Case(lambda patch, inbox: deep(inbox), 0, "路径太深"),
    "a file over the limit": Case(
        lambda patch, inbox: (big(inbox), patch.setenv("NOTICES_MAX_FILE_BYTES", "200000")), 0, "文件太大"
    ),
    "a file larger than the disk": Case(
        lambda patch, inbox: (big(inbox), free(patch, 512 * 1024 * 1024 + 100_000)),
        1,
        err="磁盘放不下 1 个文件",
    ),
    "a disk that is nearly full": Case(lambda patch, inbox: free(patch, 2 << 30), 0, err="请尽快腾出空间"),
    "a share that is gone": Case(
        lambda patch, inbox: shutil.rmtree(inbox / "人社厅收件"), 1, err="来源 人社厅收件 读不了"
    ),
    "a clock set back": Case(
        lambda patch, inbox: None,
        1,
        err="早于最近一次收件 2020-11-13 00:00:00",
        new=0,
        completes=False,
        now=NOW - timedelta(hours=1),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_costs_what_it_must_and_is_said(
    case: Case, finished: Home, notice: Notice, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inbox = fill(notice, tmp_path / "inbox")
    put(notice, inbox, f"{FOLDER}/好的.csv", "2020-11-13T00:30:00", "11月12日,稿件,好的,宣传活动,1,\n")
    before = Archive(finished.archive).journal(notice.id)
    with monkeypatch.context() as spoilt:
        case.spoil(spoilt, inbox)
        said = cli("run", notice.id, "--inbox", inbox, "--now", case.now.isoformat())
    assert said.status == case.status, said.err
    assert case.out in said.out
    assert case.err in said.err
    journal = Archive(finished.archive).journal(notice.id)
    assert len(journal.receipts) - len(before.receipts) == case.new
    assert journal.receipts[: len(before.receipts)] == before.receipts, "what was received stays"
    assert (journal.scanned["education_folder"] == LATER) == case.completes
    told = cli("files", notice.id, "--format", "csv").out
    assert told.count("unreadable") == 0, "no fault of ours is a verdict"
    assert ("好的.csv" in told) == bool(case.new), "and what could be read is published"
