"""`make ui`: Airflow's web page on this machine only, until Ctrl-C, which leaves no process behind."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO

from airflow_env import (
    PORT,
    USER,
    airflow,
    airflow_home,
    environment,
    has_office_logins,
    initialise,
    only_one,
    password,
)

PARTS = ("scheduler", "dag-processor", "triggerer")
"""Of Airflow, beside the page (api-server)."""
START_SECONDS = 600
"""Only a busy machine needs them: Airflow that ends is noticed at once."""
STOP_SECONDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="the page's port; the two after it serve logs")
    port = parser.parse_args().port
    for number in (port, port + 1, port + 2):
        require_free(number)
    env = environment(port)
    with only_one():
        initialise(env)
        user, word = ("docs/logins.md",) * 2 if has_office_logins() else (USER, password())
        log = airflow_home() / "logs" / "standalone.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        print("==> 正在启动 Airflow，约需半分钟 / starting Airflow, about half a minute", flush=True)
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # a shell's background job ignores it otherwise
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.default_int_handler)
        with log.open("ab") as out:
            server = start("api-server", env, out)
        parts: list[subprocess.Popen[bytes]] = []
        try:
            # What runs tasks starts once the page answers: tasks report to it, and the first ones would be lost.
            wait_until_ready(server, port, log)
            with log.open("ab") as out:
                parts += [start(part, env, out, beside=server) for part in PARTS]
            print(
                f"\n    网址 / page      http://127.0.0.1:{port}\n    用户名 / user    {user}\n    密码 / password  {word}\n"
                f"    日志 / log       {log}\n\n按 Ctrl-C 停止 / Ctrl-C stops it\n",
                flush=True,
            )
            while all(process.poll() is None for process in (server, *parts)):
                time.sleep(1)
            sys.exit(f"Airflow 自己停了，原因见 {log} / Airflow stopped by itself; the log says why")
        except KeyboardInterrupt:
            print("\n==> 正在停止 / stopping", flush=True)
        finally:
            stop(server, *parts)
    print("==> 已停止 / stopped", flush=True)


def start(
    part: str, env: dict[str, str], out: IO[bytes], beside: subprocess.Popen[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """One part of Airflow, in a process group of its own or in that of another part, so that all end together."""
    return subprocess.Popen(
        [airflow(), part],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        process_group=beside.pid if beside else 0,
    )


def require_free(port: int) -> None:
    """Ends with a sentence where something listens on this port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(
                f"端口 {port} 已被占用；请换一个，例如：make ui PORT={port + 10}\n"
                f"Port {port} is in use; choose another, such as: make ui PORT={port + 10}"
            )


def wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"Airflow 没有启动成功，原因见 {log} / Airflow did not start; the log says why")
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(1)
    sys.exit(
        f"Airflow {START_SECONDS} 秒内没有启动，见 {log} / Airflow did not start within {START_SECONDS} s; see the log"
    )


def stop(server: subprocess.Popen[bytes], *parts: subprocess.Popen[bytes]) -> None:
    """Ends Airflow with all its parts, a process group: ending the parent alone leaves them running on their ports.

    Each is asked how it ended: an ended one that nobody asked stays in the group, and would be waited for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            for one in (server, *parts):
                one.poll()
            os.killpg(server.pid, 0)
            time.sleep(0.2)
        os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
