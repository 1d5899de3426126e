"""Airflow on this machine: its settings, its secrets and its database, all below the home's `airflow/`.

As a program it runs any Airflow command with these settings: `.venv/bin/python tools/airflow_env.py dags list`.
"""

import contextlib
import fcntl
import json
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from pipelines.board.accounts import find_accounts, of_accounts
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import ROOT, Home
from pipelines.ground.private import keep_private

PORT = 8080
USER = "admin"
POOLS = (
    ("warehouse", "1", "DuckDB 一次只能由一个任务写入：入库与发布在此排队"),
    ("mail", "1", "发件箱一次只能由一个任务发送"),
)
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
SINGLE_SIGN_ON = "pipelines.board.leaving.OpenIDAuthManager"

LOCKED_TRIES = 60
"""How often a migration that another machine holds up is tried, every five seconds."""


def has_office_logins() -> bool:
    """NOTICES_LOGINS=office: people have accounts and roles in Airflow's database (FAB). Else the one user of this machine."""
    said = os.environ.get("NOTICES_LOGINS", "")
    if said not in ("", "office"):
        sys.exit(f"NOTICES_LOGINS={said}：只可不写，或写 office（docs/logins.md）")
    return said == "office"


def airflow_home() -> Path:
    """NOTICES_AIRFLOW_HOME, else below the home; closed to everybody else: whoever asks for it makes files that are, too.

    Machines that share a home have one each, for their logs and what Airflow writes beside its database.
    """
    keep_private()
    own = os.environ.get("NOTICES_AIRFLOW_HOME")
    return Path(own).absolute() if own else Home.default().path / "airflow"


def environment(port: int = PORT) -> dict[str, str]:
    """This process's environment with Airflow's settings in it; what is already set as AIRFLOW__* stays."""
    base = f"http://127.0.0.1:{port}"
    keys = _secrets()
    # A transaction that reads first and writes later is refused at once where another wrote meanwhile: it begins as a writer.
    database = f"sqlite:///{airflow_home()}/airflow.db?timeout=60&isolation_level=IMMEDIATE"
    defaults = {
        "NOTICES_HOME": str(Home.default().path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        # Five seconds, the default, are not enough where many parts write at once on a busy machine.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        # For `tidy` alone: Airflow hides its own setting from tasks.
        "NOTICES_AIRFLOW_DB": os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", database),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet_key"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow_home() / "passwords.json"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": base,
        "AIRFLOW__API__SECRET_KEY": keys["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt_secret"],
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(port + 1),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(port + 2),
        "AIRFLOW_CONN_NOTICES": json.dumps({"conn_type": "duckdb", "host": str(Home.default().published)}),
        "GX_ANALYTICS_ENABLED": "false",
        # Every Airflow command warns about a missing graphviz, also in front of JSON.
        "PYTHONWARNINGS": "ignore",
    }
    if has_office_logins():
        _check_accounts()
        defaults |= _office_logins(os.environ.get("AIRFLOW__API__BASE_URL", base))
    # Another Airflow's home in the user's environment must never be written to.
    return defaults | os.environ | {"AIRFLOW_HOME": str(airflow_home())} | _on_path()


def _check_accounts() -> None:
    """Ends with a sentence where the settings of the office's directory or single sign-on are not right."""
    try:
        of_accounts(os.environ)
    except NoticesError as error:
        sys.exit(str(error))


def _office_logins(base: str) -> dict[str, str]:
    """What turns FAB on. The page's cookies go by https only, once its address is an https one."""
    return {
        "AIRFLOW__CORE__AUTH_MANAGER": SINGLE_SIGN_ON if find_accounts(os.environ) == "oidc" else FAB,
        "AIRFLOW__FAB__CONFIG_FILE": str(ROOT / "deploy" / "webserver_config.py"),
        "AIRFLOW__FAB__COOKIE_SECURE": str(base.startswith("https://")),
        "AIRFLOW__FAB__COOKIE_SAMESITE": "Lax",
        # A working day, in minutes and in seconds: whoever goes home is asked anew.
        "AIRFLOW__FAB__SESSION_LIFETIME_MINUTES": "600",
        # Counted from the login, whatever is looked at meanwhile: roles are read from the office's groups at logins alone.
        "AIRFLOW__FAB__SESSION_MAX_LIFETIME_MINUTES": "600",
        "AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME": "36000",
    }


def initialise(env: dict[str, str]) -> None:
    """The metadata database and the pools exist afterwards; does nothing where this version made them before."""
    done = airflow_home() / "initialised"
    pools = ", ".join(f"pool {name} {slots}" for name, slots, _ in POOLS)
    logins = f", logins by FAB {version('apache-airflow-providers-fab')}" if has_office_logins() else ""
    wanted = f"airflow {version('apache-airflow')}, {pools}, write-ahead log{logins}\n"
    if done.is_file() and done.read_text("utf-8") == wanted:
        return
    print(f"==> making Airflow's database in {_short(airflow_home())} (about 10 s, once)", flush=True)
    log = airflow_home() / "logs" / "initialise.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    # One start of Airflow for all pools: each is some seconds of importing.
    named = log.with_name("pools.json")
    slots_of = {name: {"slots": int(slots), "description": what} for name, slots, what in POOLS}
    named.write_text(json.dumps(slots_of), "utf-8")
    for command in (["db", "migrate"], ["pools", "import", str(named)]):
        if not _airflow_did(command, env, log):
            sys.exit(f"airflow {' '.join(command)} failed; its output is in {log}")
    if (airflow_home() / "airflow.db").exists():
        _write_ahead()
    done.write_text(wanted, "utf-8")


def _airflow_did(command: Sequence[str], env: Mapping[str, str], log: Path) -> bool:
    """Whether it ended well. Where another machine migrates the same database, this waits for it: Airflow itself gives up after 1.8 s
    (it counts seconds, PostgreSQL milliseconds), and a worker that starts beside the scheduler would not come up."""
    for _ in range(LOCKED_TRIES):
        with log.open("ab") as out:
            begins = out.tell()
            done = subprocess.run([airflow(), *command], env=env, stdout=out, stderr=out, check=False)
        if done.returncode == 0:
            return True
        if b"LockNotAvailable" not in log.read_bytes()[begins:]:
            return False
        time.sleep(5)
    return False


def _write_ahead() -> None:
    """Airflow's SQLite keeps a write-ahead log from now on: whoever reads never locks out who writes, nor the other way round.

    How long a writer waits for another stands in the address (timeout) of the database.
    """
    base = sqlite3.connect(airflow_home() / "airflow.db", timeout=60)
    try:
        base.execute("PRAGMA journal_mode = WAL")
    finally:
        base.close()


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Ends where this home's Airflow is at work already: two schedulers on one database run each other's tasks."""
    airflow_home().mkdir(parents=True, exist_ok=True)
    with (airflow_home() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(
                "这里的 Airflow 已在运行（make ui 或另一个 make run）：请在网页上触发，或先停止它。\n"
                "Airflow is at work here already (make ui, or another make run): use its page, or stop it first."
            )
        yield


def airflow() -> str:
    """The command that stands beside this Python."""
    return str(Path(sys.executable).with_name("airflow"))


def password() -> str:
    """The password of the web page's one user, the same at every start."""
    file = airflow_home() / "passwords.json"
    if not file.is_file():
        _write_private(file, {USER: secrets.token_urlsafe(12)})
    return str(json.loads(file.read_text("utf-8"))[USER])


def _secrets() -> dict[str, str]:
    """Airflow's three keys, made once: sessions and stored connections outlive a restart."""
    file = airflow_home() / "secrets.json"
    if not file.is_file():
        made = {name: secrets.token_urlsafe(32) for name in ("secret_key", "jwt_secret")}
        _write_private(file, {**made, "fernet_key": urlsafe_b64encode(secrets.token_bytes(32)).decode()})
    return dict(json.loads(file.read_text("utf-8")))


def _write_private(file: Path, values: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(values, out)


def _on_path() -> dict[str, str]:
    """Airflow starts its parts by their name, so the environment's commands come first."""
    return {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])}


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    env = environment()
    initialise(env)
    os.execve(airflow(), ["airflow", *sys.argv[1:]], env)
