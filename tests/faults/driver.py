"""Carries out stages in children of its own, each of which may be killed at a system call (shim.c); imports once for all.

`python -m tests.faults.driver SHIM` reads one JSON request a line and answers each with one.
"""

import ctypes
import gc
import json
import os
import sys
import traceback
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from pipelines import cycle
from pipelines.archive.backup import back_up
from pipelines.archive.restore import restore
from pipelines.archive.vault import Vault
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.rebuild import rebuild
from pipelines.remind import deliver, remind
from pipelines.returns.write import write_returns
from tests.conftest import NOTICE_ID

NOW = datetime(2020, 11, 12, 16, 30)
UNITS = ("EDU-3701", "HVC-003", "HVC-004", "EDU-3702")


def the_notice() -> Notice:
    """The first notice with four of its units, all of whom can be written to, and no pause between mails."""
    notice = load_notice(NOTICE_ID)
    assert notice.mail
    recipients = tuple(
        one.model_copy(update={"email": f"{one.code.lower()}@example.org"})
        for one in notice.recipients
        if one.code in UNITS
    )
    mail = notice.mail.model_copy(update={"per_minute": 1_000_000, "per_day": 1_000_000})
    return notice.model_copy(update={"recipients": recipients, "mail": mail})


def _do(stage: str, home: Home, notice: Notice, inbox: Path, port: int) -> None:
    if stage == "run":
        cycle.run(home, notice, inbox, NOW)
    elif stage == "rebuild":
        rebuild(home)
    elif stage == "publish":
        cycle.publish(home, notice, "cli")
    elif stage == "returns":
        write_returns(home, notice, inbox)
    elif stage == "remind":
        remind(home, notice, NOW)
    elif stage == "send":
        extra = {"disable_ssl": True, "disable_tls": True, "timeout": 5}
        deliver(
            home, notice, lambda: NOW, Connection("smtp_default", host="127.0.0.1", port=port, extra=extra)
        )
    elif stage == "backup":
        back_up(home, Vault(str(home.path.parent / "vault")), NOW)
    elif stage == "restore":
        restore(Home(home.path.parent / "restored"), Vault(str(home.path.parent / "vault")))
    else:
        raise KeyError(stage)


def _live(shim: Any, request: dict[str, Any], notice: Notice, answer: int) -> None:
    """A child's whole life; 0 done, 1 with what was raised."""
    said = ""
    try:
        home, inbox = Home(Path(request["home"])), Path(request["inbox"])
        root = os.fsencode(str(home.path.parent))
        shim.fault_arm(
            request["at"], request["mode"], request["error"], int(request["stage"] == "send"), root
        )
        _do(request["stage"], home, notice, inbox, request["port"])
    except BaseException as error:
        said = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
    finally:
        shim.fault_rest()
        os.write(answer, said.encode("utf-8", "replace"))
        os._exit(bool(said))


def main() -> None:
    # Loaded before everything else by LD_PRELOAD: this is the same library again.
    shim = ctypes.CDLL(sys.argv[1])
    shim.fault_calls.restype = ctypes.c_long
    shim.fault_arm.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_char_p)
    for late in ("page", "validate"):  # what a stage imports late, imported before the forks
        import_module(f"pipelines.check.{late}")
    notice = the_notice()
    # A rebuild takes its notices from the folder, where this one has all its units.
    rebuilding = sys.modules["pipelines.rebuild"]
    vars(rebuilding).update(load_notice=lambda _: notice, list_notices=lambda: [notice.id])
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _live(shim, request, notice, writer)
        os.close(writer)
        with open(reader, encoding="utf-8") as file:
            said = file.read()
        _, status = os.waitpid(pid, 0)
        found = {"signal": os.WTERMSIG(status), "code": os.WEXITSTATUS(status), "said": said}
        print(json.dumps({**found, "calls": shim.fault_calls()}), flush=True)


if __name__ == "__main__":
    main()
