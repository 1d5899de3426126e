"""PostgreSQL and Redis of this machine, started for one test below a folder of its own, and the parts of Airflow as deploy/ starts them."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_USER = "postgres"
"""PostgreSQL refuses to run as root."""


@contextmanager
def running(command: list[str], log: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, all of which ends with it."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **options
        )  # type: ignore[call-overload]
    try:
        yield process
    finally:
        end(process, signal.SIGTERM)


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Ends a process and all of its group; at the latest after half a minute by force."""
    for sign in (how, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            return
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(
    port: int, process: subprocess.Popen[bytes], said: Callable[[], str], seconds: float = 60
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"nothing listens on {port}: {said()}")


def end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-3000:]


def find_postgres() -> Path:
    """Where initdb and postgres are. Skips the test where they are not."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    return found[-1].parent


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database `airflow`, as SQLAlchemy wants it behind its `postgresql`."""
    programs = find_postgres()
    with tempfile.TemporaryDirectory(
        prefix="postgres-"
    ) as folder:  # pytest's folders are closed to PostgreSQL's user
        yield from _postgres(programs, Path(folder))


def _postgres(programs: Path, folder: Path) -> Iterator[str]:
    word, port = secrets.token_urlsafe(12), free_port()
    (folder / "word").write_text(word)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = [shutil.which("runuser") or "runuser", "-u", _USER, "--"]
        for path in (folder, folder / "word"):
            shutil.chown(path, _USER)
    data, log = folder / "data", folder / "postgres.log"
    subprocess.run(
        [*as_user, str(programs / "initdb"), "-D", str(data), "-U", "notices", "--pwfile", str(folder / "word"), "-A", "scram-sha-256", "-E", "UTF8"],
        check=True, capture_output=True,
    )  # fmt: skip
    command = [
        *as_user,
        str(programs / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
    ]
    with running(command, log) as process:
        wait_for_port(port, process, lambda: end_of(log))
        env = os.environ | {"PGPASSWORD": word}
        make = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "notices", "airflow"]
        for _ in range(50):  # it listens before it lets anybody in
            if subprocess.run(make, env=env, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.2)
        yield f"+psycopg2://notices:{word}@127.0.0.1:{port}/airflow"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """The address of an empty queue. Skips the test where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed (apt-get install redis-server)")
    folder.mkdir()
    port, word, log = free_port(), secrets.token_urlsafe(12), folder / "redis.log"
    command = [
        program,
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--requirepass",
        word,
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    with running(command, log) as process:
        wait_for_port(port, process, lambda: end_of(log))
        yield f"redis://:{word}@127.0.0.1:{port}/0"


@dataclass
class Cluster:
    """A main machine and workers, each with an Airflow folder of its own, and one home that all of them share, or a store."""

    home: Path
    folder: Path
    port: int
    settings: dict[str, str]
    is_apart: bool = False
    """Whether each machine has a home of its own."""
    stack: ExitStack = field(default_factory=ExitStack)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def home_of(self, machine: str) -> Path:
        return self.folder / machine / "home" if self.is_apart else self.home

    def start(self, part: str, machine: str) -> subprocess.Popen[bytes]:
        """A part as its unit in deploy/systemd says, on a machine."""
        unit = (ROOT / "deploy" / "systemd" / f"notices-{part}.service").read_text("utf-8")
        (said,) = re.findall(r"^ExecStart=(.+)$", unit, re.M)
        program, *words = said.split()
        assert program == "/opt/notices/.venv/bin/python"
        own = self.folder / machine
        own.mkdir(exist_ok=True)
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "NOTICES"))
        }
        env |= self.settings | {"NOTICES_AIRFLOW_HOME": str(own / "airflow"), "TMPDIR": str(own)}
        env["NOTICES_HOME"] = str(self.home_of(machine))
        process = self.stack.enter_context(
            running([sys.executable, *words], own / f"{part}.log", cwd=ROOT, env=env)
        )
        if part == "worker":
            self.workers.append(process)
        return process

    def said(self) -> str:
        """The end of what every part said."""
        return "\n".join(
            f"== {log.relative_to(self.folder)}\n{end_of(log)}" for log in sorted(self.folder.glob("*/*.log"))
        )


def fill_in(home: Path, port: int, database: str, queue: str) -> dict[str, str]:
    """The settings of deploy/notices.env with this machine's values in the places of what is to be filled in."""
    from cryptography.fernet import Fernet

    shipped = (ROOT / "deploy" / "notices.env").read_text("utf-8")
    found = dict(line.split("=", 1) for line in shipped.splitlines() if line and not line.startswith("#"))
    assert len(found["AIRFLOW__CORE__FERNET_KEY"]) > 2
    found |= {
        "NOTICES_HOME": str(home),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "airflow" / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(
            home / "airflow" / "logs" / "dag_processor"
        ),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql{database}",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql{database}",
        "AIRFLOW__CELERY__BROKER_URL": queue,
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        # The log servers of one machine must not meet; on machines of their own nothing asks for them.
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": "0",
    }
    assert not [name for name, value in found.items() if "<" in value], "all is filled in"
    return found


@contextmanager
def cluster(folder: Path, workers: int, store: dict[str, str] | None = None) -> Iterator[Cluster]:
    """The whole of it, from an empty database, until the page answers and the workers are up; with the settings of a store, machines
    share no home."""
    folder.mkdir()
    with postgres() as database, redis(folder / "redis") as queue:
        port = free_port()
        home = folder / "home"
        settings = fill_in(home, port, database, queue) | (store or {})
        made = Cluster(home, folder, port, settings, store is not None)
        with made.stack:
            page = made.start("api-server", "main")
            wait_for_port(port, page, made.said, seconds=240)
            for part in ("scheduler", "dag-processor", "triggerer"):
                made.start(part, "main")
            for number in range(1, workers + 1):
                made.start("worker", f"worker-{number}")
            yield made
