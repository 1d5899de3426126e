"""A backup brings back the whole home; it is incremental, verified, consistent while cycles run, and whole after a kill."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.archive.check import check_home
from pipelines.archive.kept import list_kept
from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.folder import NOTICES
from pipelines.send.compose import File, Mail
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from tests.conftest import NOTICE_ID, RunCli, cli_environment, command
from tests.operate.conftest import NOW, Cli, put

MOST_TAKEN = 10
"""Backups while one cycle runs."""


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def mailed(finished: Home, notice: Notice) -> Home:
    """A home with a mail that has an attachment."""
    with Outbox(finished.mail) as outbox:
        mail = Mail(
            "test", "one", "1", Mailbox("甲", "a@example.org"), "题", "文", "", (File("a.txt", b"attached"),)
        )
        outbox.queue(notice, [mail], NOW)
    return finished


def contents(home: Home) -> dict[str, bytes]:
    """What is kept; a database by its rows."""
    found = {}
    for one in list_kept(home):
        path = home.path / one.path
        found[one.path] = dump(path) if path.suffix == ".sqlite" else path.read_bytes()
    return found


def dump(path: Path) -> bytes:
    base = sqlite3.connect(path)
    try:
        return "\n".join(base.iterdump()).encode()
    finally:
        base.close()


def figures(cli: Cli, home: Home, notice: Notice) -> tuple[str, str]:
    metrics = cli("metrics", notice.id, "--as-of", NOW.isoformat(), "--format", "csv", at=home)
    return metrics.out, cli("files", notice.id, "--format", "csv", at=home).out


def test_a_lost_home_comes_back_with_all_its_figures(
    mailed: Home, vault: Path, notice: Notice, cli: Cli, tmp_path: Path, inbox: Path
):
    assert cli("backup", "--to", vault, "--verify").status == 0
    kept, told = contents(mailed), figures(cli, mailed, notice)
    other = Home(tmp_path / "other")
    assert cli("restore", "--from", vault, at=other).status == 0
    assert contents(other) == kept
    assert cli("fsck", at=other).status == 0
    assert cli("rebuild", at=other).status == 0
    assert figures(cli, other, notice) == told
    again = cycle.run(other, notice, inbox, NOW)
    assert (again["new"], again["returned"], again["placed"]) == (0, 0, 0), (
        "nothing is received or returned twice"
    )
    assert not (other.path / "notices").exists(), "the program has these notices just so"


def test_only_what_is_new_is_sent(mailed: Home, vault: Path, notice: Notice, cli: Cli, inbox: Path):
    assert "这次送出" in cli("backup", "--to", vault).out
    first = {path: path.stat().st_mtime_ns for path in vault.rglob("blobs/*/*")}
    assert "这次送出 0 块" in cli("backup", "--to", vault).out
    put(
        notice,
        inbox,
        "教育厅收件/济南市教育局/新.csv",
        "2020-11-12T10:00:00",
        "11月12日,稿件,新,宣传活动,1,\n",
    )
    cycle.run(mailed, notice, inbox, NOW)
    assert cli("backup", "--to", vault).status == 0
    second = {path: path.stat().st_mtime_ns for path in vault.rglob("blobs/*/*")}
    assert first.items() <= second.items(), "what is there is never written again"
    told = "the object, the last parts of the journal and of the ledger, the moments of scans"
    assert 1 <= len(second) - len(first) <= 4, told
    assert len(list(vault.glob("snapshots/*.json"))) >= 1


@pytest.mark.parametrize("what", ["blob", "snapshot"])
def test_a_damaged_backup_is_not_restored_in_silence(
    what: str, mailed: Home, vault: Path, cli: Cli, tmp_path: Path
):
    cli("backup", "--to", vault)
    (path,) = vault.glob("snapshots/*")
    if what == "blob":
        files = {one["path"]: one for one in json.loads(path.read_text("utf-8"))["files"]}
        sha256 = files[f"archive/receipts/{NOTICE_ID}.jsonl"]["sha256"]
        path = vault / "blobs" / sha256[:2] / sha256[2:]
    path.write_bytes(path.read_bytes()[:-3] + b"odd")
    other = Home(tmp_path / "other")
    said = cli("restore", "--from", vault, at=other)
    assert said.status == 1
    assert "请" in said.err
    assert "Traceback" not in said.err


def lose_object(home: Home) -> None:
    sha256 = Archive(home.archive).journal(NOTICE_ID).receipts[0].sha256
    Archive(home.archive).object_path(sha256).unlink()


def damage_object(home: Home) -> None:
    sha256 = Archive(home.archive).journal(NOTICE_ID).receipts[0].sha256
    Archive(home.archive).object_path(sha256).write_bytes(b"other bytes")


def cut_journal(home: Home) -> None:
    path = home.archive / "receipts" / f"{NOTICE_ID}.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))


def lose_journal(home: Home) -> None:
    (home.archive / "receipts" / f"{NOTICE_ID}.jsonl").unlink()


def tear_outbox(home: Home) -> None:
    for path in home.mail.glob("outbox.sqlite*"):
        path.unlink()
    (home.mail / "outbox.sqlite").write_bytes(b"SQLite format 3\0" + b"\1" * 8000)


def lose_return(home: Home) -> None:
    next(home.returns(NOTICE_ID).glob("*/*")).unlink()


LOSSES = [lose_object, damage_object, cut_journal, lose_journal, tear_outbox, lose_return]


@pytest.mark.parametrize("lose", LOSSES, ids=[one.__name__ for one in LOSSES])
def test_what_a_living_home_lost_is_put_back_and_nothing_else_changes(
    lose: Callable[[Home], None], mailed: Home, vault: Path, cli: Cli
):
    before = contents(mailed)
    assert cli("backup", "--to", vault).status == 0
    lose(mailed)
    said = cli("restore", "--from", vault)
    assert said.status == 0, said.err
    assert "写回 1 个文件" in said.out
    assert contents(mailed) == before
    assert check_home(mailed).findings == []


def test_what_came_after_the_backup_is_never_replaced_by_what_was_before(
    mailed: Home, vault: Path, notice: Notice, cli: Cli, inbox: Path
):
    cli("backup", "--to", vault)
    put(
        notice,
        inbox,
        "教育厅收件/济南市教育局/新.csv",
        "2020-11-12T10:00:00",
        "11月12日,稿件,新,宣传活动,1,\n",
    )
    cycle.run(mailed, notice, inbox, NOW)
    after = contents(mailed)
    lose_object(mailed)
    assert "写回 1 个文件" in cli("restore", "--from", vault).out
    assert contents(mailed) == after


def test_a_journal_that_differs_is_a_persons_decision(mailed: Home, vault: Path, cli: Cli):
    cli("backup", "--to", vault)
    before = contents(mailed)
    path = mailed.archive / "receipts" / f"{NOTICE_ID}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"size":', b'"siza":', 1))
    differing = path.read_bytes()
    said = cli("restore", "--from", vault)
    assert said.status == 1
    assert "--force" in said.err
    assert path.read_bytes() == differing, "nothing was touched"
    assert cli("restore", "--from", vault, "--force").status == 0
    assert contents(mailed) == before
    assert path.with_name(f"{path.name}.damaged-1").read_bytes() == differing


def test_a_damaged_object_keeps_nothing_else_from_being_backed_up(
    mailed: Home, vault: Path, cli: Cli, tmp_path: Path
):
    whole = contents(mailed)
    damage_object(mailed)
    said = cli("backup", "--to", vault)
    assert said.status == 1
    assert "内容与名字不符" in said.out
    other = Home(tmp_path / "other")
    cli("restore", "--from", vault, at=other)
    assert len(contents(other)) == len(whole) - 1
    assert contents(other).items() <= whole.items()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore", "--from", "{vault}"], "没有备份"),
        (["restore", "--from", "nowhere://x/y"], "备份地 nowhere://x/y 读写不成"),
        (["backup", "--to", "{file}/inside"], "读写不成"),
        (["backup", "--to", "/x", "--connection", "not_there"], "没有配置连接 not_there"),
    ],
    ids=["empty", "unknown protocol", "no folder", "no connection"],
)
def test_a_place_that_is_none_is_a_sentence(
    words: list[str], said: str, mailed: Home, vault: Path, cli: Cli, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    told = cli(*(word.format(vault=vault, file=tmp_path / "file") for word in words))
    assert told.status == 1
    assert said in told.err


def test_any_place_that_fsspec_reaches(mailed: Home, cli: Cli, tmp_path: Path):
    place = "memory://backups/notices"
    assert cli("backup", "--to", place, "--verify").status == 0
    other = Home(tmp_path / "other")
    assert cli("restore", "--from", place, at=other).status == 0
    assert contents(other) == contents(mailed)


def test_a_notice_that_the_program_lacks_is_laid_beside(
    mailed: Home, vault: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cli("backup", "--to", vault)
    tree = tmp_path / "tree"
    shutil.copytree(NOTICES, tree)
    shutil.rmtree(tree / "nx-canteen-safety-2020")
    monkeypatch.setattr("pipelines.archive.restore.NOTICES", tree)
    other = Home(tmp_path / "other")
    assert "nx-canteen-safety-2020" in cli("restore", "--from", vault, at=other).out
    brought = other.path / "notices" / "nx-canteen-safety-2020" / "notice.yaml"
    assert brought.read_bytes() == (NOTICES / "nx-canteen-safety-2020" / "notice.yaml").read_bytes()
    assert not (other.path / "notices" / NOTICE_ID).exists()


def test_a_newer_programs_backup_is_refused(mailed: Home, vault: Path, cli: Cli, tmp_path: Path):
    cli("backup", "--to", vault)
    (path,) = vault.glob("snapshots/*.json")
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 99}), "utf-8")
    said = cli("restore", "--from", vault, at=Home(tmp_path / "other"))
    assert said.status == 1
    assert "升级" in said.err


@pytest.mark.slow
def test_consistent_while_cycles_run(
    finished: Home, vault: Path, notice: Notice, inbox: Path, cli: Cli, tmp_path: Path
):
    """A cycle collects a file while one backup after the other is taken: each snapshot is a home without a fault."""
    put(
        notice, inbox, "教育厅收件/济南市教育局/新.csv", "2020-11-12T10:00:00", "11月12日,稿件,新,宣传活动,1,\n"
    )  # fmt: skip
    words = command(finished, "run", notice.id, "--inbox", inbox, "--now", NOW.isoformat())
    running = subprocess.Popen(
        words, env=cli_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    taken: list[Path] = []
    while running.poll() is None and len(taken) < MOST_TAKEN:
        taken.append(vault / str(len(taken)))
        assert cli("backup", "--to", taken[-1]).status == 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(0.4)
    assert running.wait(600) == 0
    assert taken
    for place in taken:
        other = Home(tmp_path / f"other{place.name}")
        assert cli("restore", "--from", place, at=other).status == 0
        assert check_home(other).findings == []
        assert len(Archive(other.archive).journal(notice.id).receipts) in (4, 5)


@pytest.mark.soak  # half a minute of processes starting; tests/operate/test_kills.py kills both at chosen system calls
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_killed_anywhere_it_is_done_again(
    what: str, mailed: Home, vault: Path, run_cli: RunCli, tmp_path: Path
):
    other, chance = Home(tmp_path / "other"), random.Random(12)
    if what == "restore":
        run_cli("backup", "--to", vault)
    words = ("backup", "--to", vault) if what == "backup" else ("restore", "--from", vault)
    at = mailed if what == "backup" else other
    for _ in range(6):
        process = subprocess.Popen(
            command(at, *words), env=cli_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.6, 2.5))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run_cli(*words, at=at)
    if what == "backup":
        run_cli("restore", "--from", vault, at=other)
    assert contents(other) == contents(mailed)
    assert [path for path in other.path.rglob("*.tmp") if path.is_file()] == []


def test_a_home_that_is_not_there_has_nothing_to_back_up(home: Home, vault: Path, cli: Cli):
    said = cli("backup", "--to", vault)
    assert said.status == 1
    assert "没有可备份的" in said.err
