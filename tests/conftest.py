"""What all tests share: the tree, a home of one's own, the notice, the command line, and the shared worlds."""

import fcntl
import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ground.home import ROOT, Home
from pipelines.notice import Notice, load_notice
from pipelines.read.children import keep_nurseries
from tests.durations import Recorder, sort_and_mark
from tests.stores import asked_for, make_store

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of processes start in these tests: the code is compiled once, whatever the machine's habit is."""
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell lets what it starts in the background ignore Ctrl-C, and whatever that starts: some of it is to be stopped so here."""

NOTICE_ID = "sd-vocational-week-2020"
SHARED = Path(os.environ.get("NOTICES_SHARED") or ROOT.parent / "shared")
SAMPLES = sorted((SHARED / "samples").glob("world-*.tar.gz"))
"""Whole worlds of submissions with the truth about them; they lie beside the tree, not in it."""

RunCli = Callable[..., subprocess.CompletedProcess[str]]
MakeOnce = Callable[[str, Callable[[Path], object]], Path]


def pytest_configure(config: pytest.Config) -> None:
    """NOTICES_DURATIONS names a file that is told how long each test took; `make test` always asks for one."""
    to = os.environ.get("NOTICES_DURATIONS")
    if to and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Recorder(Path(to)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sort_and_mark(items)


def pytest_collection_finish() -> None:
    """Six thousand tests and all that they import stay until the end: Python's collector of cycles looks through them no more."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class World:
    """One unpacked world: what arrived, at which moment it is scanned, and what must come of it."""

    folder: Path

    now = "2020-12-01T00:00:00"

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def truth(self) -> Path:
        return self.folder / "truth"

    @property
    def moments(self) -> list[datetime]:
        """The moments that the truth has figures of, in order."""
        names = [path.stem.removeprefix("metrics-") for path in self.truth.glob("metrics-*.csv")]
        return sorted(datetime.strptime(name, "%Y-%m-%dT%H%M%S") for name in names)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project tree."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _same_nurseries() -> Iterator[None]:
    """Cycles in this process start their children from the same nurseries; `notices` in one of its own starts its own."""
    with keep_nurseries():
        yield


@pytest.fixture(scope="session", autouse=True)
def _same_cache(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """All workers, and `notices` in processes of its own, begin with the same empty warehouse, made once; nobody's own cache is
    touched."""
    base = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_CACHE", str((base if worker_id == "master" else base.parent) / "cache"))
        yield


@pytest.fixture(autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """`NOTICES_TEST_STORE=folder pytest …` (or s3) runs tests as they are over a store; without it there is none."""
    if kind := asked_for():
        make_store(kind, tmp_path_factory.mktemp("store") / "store", monkeypatch)


@pytest.fixture(autouse=True)
def _own_umask() -> Iterator[None]:
    """A command that runs in this process closes what it makes from then on: the next test starts as the user would."""
    mask = os.umask(0o022)
    os.umask(mask)
    yield
    os.umask(mask)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home that only this test uses."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def notice() -> Notice:
    """The first notice."""
    return load_notice(NOTICE_ID)


@pytest.fixture
def run_cli(home: Home) -> RunCli:
    """Runs `notices` in a process of its own, on this test's home unless another is named; `status` must be its exit status."""

    def run(
        *arguments: object, at: Home = home, status: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command(at, *arguments), env=cli_environment(**environment), text=True, capture_output=True
        )
        assert done.returncode == status, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    return run


def command(home: Home, *arguments: object) -> list[str]:
    """The words that start `notices` of this tree on a home."""
    return [sys.executable, "-m", "pipelines.cli", "--home", str(home.path), *map(str, arguments)]


def cli_environment(**more: str) -> dict[str, str]:
    """The environment in which `notices` finds this tree, and its output is the same on every machine."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "100"} | more


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> MakeOnce:
    """Fills a folder of this name once for all workers: who comes first fills it, the others wait. Nobody writes into it
    afterwards: whoever wants to, copies it."""
    base = tmp_path_factory.getbasetemp()
    to = (base if worker_id == "master" else base.parent) / "once"
    to.mkdir(exist_ok=True)

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = to / name, to / f"{name}.done"
        with (to / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what was left half filled
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def worlds(make_once: MakeOnce) -> list[World]:
    """The shared worlds, unpacked once for all workers; whoever writes into one works on a copy."""
    if not SAMPLES:
        pytest.skip(f"needs the sample worlds in {SHARED / 'samples'} (NOTICES_SHARED names another folder)")
    return [unpack(sample, make_once) for sample in SAMPLES]


@pytest.fixture(scope="session")
def collected_world(worlds: list[World], make_once: MakeOnce) -> Callable[[int], Home]:
    """The home of a shared world, by its place, after one cycle over all of it; made once for all tests that only read it."""

    def collected(number: int) -> Home:
        world, notice = worlds[number], load_notice(NOTICE_ID)

        def run(folder: Path) -> None:
            cycle.run(Home(folder / "home"), notice, world.inbox, datetime.fromisoformat(world.now))

        return Home(make_once(f"collected-{number}", run) / "home")

    return collected


def unpack(sample: Path, make_once: MakeOnce) -> World:
    """The world of an archive; tar keeps the modification times, which are the moments of arrival."""
    name = sample.name.removesuffix(".tar.gz")
    folder = make_once(name, lambda to: subprocess.run(["tar", "xzf", sample, "-C", to], check=True))
    (truth,) = [path for path in (folder, *folder.iterdir()) if (path / "truth").is_dir()]
    return World(truth)
