"""What a hostile child cannot do, and whose fault its end is."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import pytest

from pipelines.ground.errors import ArchiveFault, ReadingFault
from pipelines.ground.settings import MIB, Settings
from pipelines.notice.model import Notice
from pipelines.read.pool import READER, open_files
from pipelines.read.sandbox import LAYERS, available
from pipelines.read.submission import Job, Submission
from pipelines.read.wire import Contradiction
from tests.faults.conftest import Put, descendants, keep
from tests.faults.hostile import ATTEMPTS, LIAR, LIES, Ending, Scribbler, Thief
from tests.read.habits.case import materials
from tests.read.habits.write import text

Told = tuple[Callable[[str], Job], list[Submission]]
ONE = Settings(readers=1, child_memory_bytes=512 * MIB)


@pytest.fixture(scope="module")
def held() -> set[str]:
    """The layers that this machine has; a test of one that it has not is skipped by name."""
    return {layer.name for layer in available(ONE, None)[0]}


@dataclass(frozen=True)
class Raid:
    """What came of every attempt, by its name, in a child of each worker."""

    said: dict[str, dict[str, str]]
    treasure: Path
    left: list[str]


@pytest.fixture(scope="module")
def raid(held: set[str], notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Raid:
    if not {"landlock", "seccomp"} <= held:
        pytest.skip(f"this machine has only {held}")
    folder = tmp_path_factory.mktemp("raid")
    treasure = folder / "home" / "private.duckdb"
    treasure.parent.mkdir()
    treasure.write_bytes(b"personal")
    on_treasure = (
        "read the home",
        "append to a file",
        "remove a file",
        "rename a file",
        "make a folder",
        "change a mode",
    )
    said = {}
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_MAIL", "smtp://user:geheim@example.org")
        targets = {
            "connect": server.getsockname()[1],
            "write a file": folder / "new",
            **dict.fromkeys(on_treasure, treasure),
        }
        for worker in (Thief, Scribbler):
            names = [name for name in ATTEMPTS if worker is Thief or name != "change a mode"]
            jobs = [keep(folder, name, name.encode(), targets.get(name, os.getpid())) for name in names]
            said[worker.__name__] = dict(open_files(worker, notice, ONE, jobs))
    return Raid(said, treasure, sorted(path.name for path in folder.iterdir()))


def test_the_environment_of_a_child_holds_no_secret(raid: Raid) -> None:
    for said in raid.said.values():
        assert said["environment"].startswith("did")
        assert "PYTHONPATH" in said["environment"]
        assert "geheim" not in said["environment"]
        assert "AIRFLOW" not in said["environment"]


@pytest.mark.parametrize("name", [name for name in ATTEMPTS if name != "environment"])
def test_a_hostile_child_cannot(name: str, raid: Raid) -> None:
    """Landlock does not know modes: the mode of a file is its owner's to change, so only a reader is asked for that."""
    said = {worker: found[name] for worker, found in raid.said.items() if name in found}
    assert set(said.values()) <= {"EPERM", "EACCES"}, said
    assert "Thief" in said
    assert raid.treasure.read_bytes() == b"personal"
    assert raid.left == ["home", "objects"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_own_uid_leaves_root_behind(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    (layer,) = [one for one in LAYERS if one.name == "own_uid"]
    pid = os.fork()
    if pid == 0:
        layer.shut(ONE, None)
        can = os.getuid() == 0 or os.getgroups() != []
        try:
            secret.read_bytes()
            can = True
        except PermissionError:
            pass
        os._exit(int(can))
    assert os.waitpid(pid, 0)[1] == 0


def test_an_answer_that_would_run_code_is_only_bytes(notice: Notice, put: Put, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    found = dict(open_files(Ending, notice, ONE, [put("forge", target=trap), put("read", b"next")]))
    assert found == {"forge": "unreadable", "read": "next"}
    assert not trap.exists()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, notice: Notice) -> Told:
    """Makes a receipt of a name, and what an honest reader says of it."""
    folder = tmp_path_factory.mktemp("told")

    def job(name: str) -> Job:
        path = f"教育厅收件/济南市教育局/{name}.csv"
        kept = keep(folder, path, text(materials()) + name.encode())
        digest = Path(kept.object_path).parent.name + Path(kept.object_path).name
        return Job(name, "education_folder", path, kept.object_path, digest, 9, datetime(2020, 11, 9, 12))

    (said,) = open_files(READER, notice, ONE, [job("honest")])
    return job, said


@pytest.mark.parametrize("name", LIES)
def test_what_cannot_be_true_of_a_receipt_is_not_believed(notice: Notice, told: Told, name: str) -> None:
    job, said = told
    require = READER.required(notice)
    require(job("honest"), said)
    with pytest.raises(Contradiction):
        require(job("honest"), [LIES[name](said[0])])


def test_an_answer_that_cannot_be_true_twice_is_a_fault_of_ours(
    notice: Notice, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    """It names the file, no other one suffers, and it is no verdict: our reader may err."""
    job, _ = told
    found: list[Submission] = []
    names = ("honest", "a column too short", "honest too")
    read = chain.from_iterable(open_files(LIAR, notice, ONE, map(job, names)))
    with pytest.raises(ReadingFault, match=r"a column too short\.csv.*不是文件的问题"):
        found.extend(read)
    assert [(one.receipt_id, one.outcome) for one in found] == [("honest", "read"), ("honest too", "read")]
    assert caplog.text.count("的答复对不上") == 1


ENDS = {
    "abort": "unreadable",
    "segmentation fault": "unreadable",
    "exit": "unreadable",
    "close": "unreadable",
    "broken": "unreadable",
    "panic": "unreadable",
    "nested": "unreadable",
    "found out": "encrypted",
    "memory": "too_large",
    "compute": "too_large",
}


def test_what_a_file_does_is_its_own_end_and_no_other_file_s(notice: Notice, put: Put) -> None:
    settings = Settings(readers=2, child_memory_bytes=512 * MIB, file_seconds=1)
    jobs = [job for end in ENDS for job in (put("read", end.encode()), put(end))]
    found = list(open_files(Ending, notice, settings, jobs))
    assert sorted(found) == sorted([*ENDS.items(), *(("read", end) for end in ENDS)])


@pytest.mark.parametrize("end", ["module", "shut out", "no space"])
def test_what_the_machine_says_is_ours(end: str, notice: Notice, put: Put) -> None:
    with pytest.raises(ReadingFault, match="不是文件的问题"):
        list(open_files(Ending, notice, ONE, [put("read", b"before"), put(end)]))


@pytest.mark.parametrize("end", ["mistake", "deep mistake", "panic of ours", "no answer"])
def test_a_mistake_of_the_program_is_ours(
    end: str, notice: Notice, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    """It is no file's end, whoever reads the sentence learns which file it was and where the program erred, and is not sent to
    look for memory or disks."""
    found, read = [], open_files(Ending, notice, ONE, [put(end), put("read", b"other")])
    with pytest.raises(ReadingFault, match=f"程序读 {end}（对象 .*自己出了错.*不是文件的问题") as raised:
        found.extend(read)
    said = str(raised.value)
    assert found == [("read", "other")]
    assert all(one in said for one in ("没有判定", "日志", "维护人员", "第 12 节"))
    assert not any(one in said for one in ("内存", "磁盘", "NOTICES_", "Traceback"))
    assert end == "no answer" or "a mistake of ours" in said
    assert caplog.text.count("Traceback") == 1, "it stands in the log, once"
    assert raised.value.record.startswith("Traceback")


def test_what_could_not_be_opened_is_told_with_its_file(
    notice: Notice, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be a mistake in our own walking of a file: whoever looks for it finds where."""
    assert list(open_files(Ending, notice, ONE, [put("broken")])) == [("broken", "unreadable")]
    assert "read: broken：" in caplog.text
    assert "ArithmeticError: a broken file" in caplog.text


def test_a_machine_without_memory_is_ours(notice: Notice, put: Put) -> None:
    """It cannot give what the limit grants, so that a child ran out of memory says nothing of the file."""
    settings = Settings(readers=1, child_memory_bytes=1 << 55)
    with pytest.raises(ReadingFault, match="机器内存不够"):
        list(open_files(Ending, notice, settings, [put("abort")]))


class Killer(threading.Thread):
    """Sends a signal to the children of this process's nurseries as they come, so many times."""

    def __init__(self, number: int, times: int) -> None:
        super().__init__(daemon=True)
        self.number, self.times, self.hit = number, times, set[int]()

    def run(self) -> None:
        while len(self.hit) < self.times:
            below = descendants(os.getpid())
            nurseries = {process for process, parent in below if parent == os.getpid()}
            for process, parent in below:
                # Its first second is the door's: what is to be interrupted is the reading.
                if parent in nurseries and process not in self.hit and _is_waiting(process):
                    os.kill(process, self.number)
                    self.hit.add(process)
                    break
            time.sleep(0.02)


def _is_waiting(process: int) -> bool:
    """Whether it is inside `time.sleep`, which nothing else in a child calls."""
    try:
        return "nanosleep" in Path(f"/proc/{process}/wchan").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_a_child_that_is_killed_twice_is_ours(number: signal.Signals, notice: Notice, put: Put) -> None:
    killer = Killer(number, 2)
    killer.start()
    with pytest.raises(ReadingFault, match=f"两次被 {number.name} 终止"):
        list(open_files(Ending, notice, ONE, [put("wait")]))
    killer.join(60)
    assert len(killer.hit) == 2


def test_a_child_that_is_stopped_is_ours(notice: Notice, put: Put) -> None:
    settings = Settings(readers=1, file_seconds=1)
    with pytest.raises(ReadingFault, match="像是卡住了"):
        list(open_files(Ending, notice, settings, [put("wait")]))


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "truncated": lambda path: path.write_bytes(b""),
    "garbled": lambda path: path.write_bytes(b"Content"),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "moved away": lambda path: path.parent.parent.rename(path.parent.parent.with_name("away")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_object_that_is_not_what_its_name_says_is_ours(damage: str, notice: Notice, put: Put) -> None:
    jobs = [put("read", b"before"), put("read", b"content"), put("read", b"after")]
    DAMAGE[damage](Path(jobs[1].object_path))
    place = Path(jobs[0 if damage == "moved away" else 1].object_path)
    with pytest.raises(ArchiveFault) as raised:
        list(open_files(Ending, notice, ONE, jobs))
    assert place.parent.name + place.name in str(raised.value)


def test_nothing_is_left_running_or_lying_about(
    notice: Notice, put: Put, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    jobs = [put("environment"), put("open a socket", b"other")]
    (tmp_path / "tmp" / "notices-tmp-read-left").mkdir()
    before = descendants(os.getpid())  # what DAGs are forked from, where one ran in this process
    found = open_files(Scribbler, notice, ONE, jobs)
    next(found)
    assert descendants(os.getpid()) != before
    (scratch,) = (tmp_path / "tmp").iterdir()
    assert not scratch.name.endswith("left"), "what a killed one left is taken away"
    assert scratch.stat().st_mode & 0o066 == 0
    (own,) = scratch.iterdir()
    assert own.stat().st_mode & 0o077 == 0
    found.close()
    assert descendants(os.getpid()) == before
    assert list((tmp_path / "tmp").iterdir()) == []
