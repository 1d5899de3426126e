"""A home that is looked after, one notice that is open at NOW, and group robots that are really there."""

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.alarms.letters import PURPOSE
from pipelines.alarms.watch import Round, watch
from pipelines.ground.connections import Connection, MissingConnectionError
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.send.outbox import Outbox
from pipelines.send.sender import send_due

NOTICE = "sd-vocational-week-2020"
NOW = datetime(2020, 11, 10, 4, tzinfo=UTC)
"""Noon in the notice's zone, on the third day of its event."""
KEYS = {"alarm_wecom": "wecom-key-1", "alarm_dingtalk": "ding-token-2", "alarm_feishu": "feishu-hook-3"}
SECRETS = {"alarm_dingtalk": "SEC-ding", "alarm_feishu": "feishu-secret"}
PATHS = {
    "alarm_wecom": "/cgi-bin/webhook/send",
    "alarm_dingtalk": "/robot/send",
    "alarm_feishu": "/open-apis/bot/v2/hook/",
}
OLDEST_SIGNATURE = 3600


@dataclass
class Groups:
    """The three services in one: each checks path, key, format and signature as its documents say, and counts a minute."""

    clock: Callable[[], datetime]
    port: int = 0
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(robot, body) of what was taken."""
    asked: list[str] = field(default_factory=list)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    hang_up_on: set[str] = field(default_factory=set)
    """Robots whose service takes the message and never answers."""

    def address(self, name: str) -> str:
        key = KEYS[name]
        tail = {"alarm_wecom": f"?key={key}", "alarm_dingtalk": f"?access_token={key}", "alarm_feishu": key}[
            name
        ]
        return f"http://127.0.0.1:{self.port}{PATHS[name]}{tail}"

    def connect(self, *names: str) -> Callable[[str], Connection]:
        def find(name: str) -> Connection:
            if name not in names:
                raise MissingConnectionError(f"没有配置连接 {name}")
            extra = {"secret": SECRETS[name]} if name in SECRETS else {}
            return Connection(name, password=self.address(name), extra=extra)

        return find

    def answer(self, path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Who was meant, and what is said."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name = next(one for one, start in PATHS.items() if parts.path.startswith(start))
        code, words = self.refuse.get(name) or getattr(self, f"_judge_{name}")(parts.path, query, body)
        if not code and sum(one == name for one in self.asked) >= 20:
            code, words = (
                {"alarm_wecom": 45009, "alarm_dingtalk": 130101, "alarm_feishu": 11232}[name],
                "too many",
            )
        self.asked.append(name)
        if code == 0:
            self.heard.append((name, body))
        if name == "alarm_feishu":
            return name, {"code": code, "msg": words, "data": {}}
        return name, {"errcode": code, "errmsg": words}

    def _judge_alarm_wecom(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, str]:
        if query.get("key") != KEYS["alarm_wecom"]:
            return 93000, "invalid webhook url"
        content = body[body["msgtype"]]["content"]
        return (40058, "content too long") if len(content.encode()) > 4096 else (0, "ok")

    def _judge_alarm_dingtalk(
        self, path: str, query: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, str]:
        if query.get("access_token") != KEYS["alarm_dingtalk"]:
            return 300005, "token is not exist"
        secret, at = SECRETS["alarm_dingtalk"], query.get("timestamp", "0")
        made = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
        is_old = abs(int(at) / 1000 - self.clock().timestamp()) > OLDEST_SIGNATURE
        if is_old or query.get("sign") != base64.b64encode(made).decode():
            return 310000, "sign not match"
        return (0, "ok") if body["msgtype"] == "markdown" and body["markdown"]["title"] else (40035, "bad")

    def _judge_alarm_feishu(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, str]:
        if not path.endswith("/" + KEYS["alarm_feishu"]):
            return 19001, "param invalid: incoming webhook access token invalid"
        at = str(body.get("timestamp", ""))
        made = hmac.new(f"{at}\n{SECRETS['alarm_feishu']}".encode(), b"", hashlib.sha256).digest()
        is_old = not at.isdigit() or abs(int(at) - self.clock().timestamp()) > OLDEST_SIGNATURE
        if is_old or body.get("sign") != base64.b64encode(made).decode():
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        return (0, "success") if body["msg_type"] == "interactive" and body["card"] else (9499, "Bad Request")


@pytest.fixture
def groups() -> Iterator[Groups]:
    served = Groups(lambda: NOW)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            name, said = served.answer(self.path, body)
            if name in served.hang_up_on:
                self.close_connection = True
                return
            content = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Not a word."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_port
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def notices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one notice; nobody writes to it."""
    folder = tmp_path_factory.mktemp("notices")
    shutil.copytree(NOTICES / NOTICE, folder / NOTICE)
    shutil.copy(NOTICES / "words.yaml", folder)
    return folder


def nowhere(name: str) -> Connection:
    raise MissingConnectionError(f"没有配置连接 {name}")


Look = Callable[..., Round]


@pytest.fixture
def looks(home: Home, notices: Path, groups: Groups, monkeypatch: pytest.MonkeyPatch) -> Look:
    """One round, `minutes` after NOW; then mail leaves, as files, unless it is told to stay. How full this machine's disk is says
    nothing here."""
    monkeypatch.setenv("NOTICES_LOW_DISK_BYTES", "1")

    def run(
        minutes: float = 0,
        connect: Callable[[str], Connection] = nowhere,
        folder: Path = notices,
        mail_stays: bool = False,
    ) -> Round:
        now = NOW + timedelta(minutes=minutes)
        groups.clock = lambda: now
        done = watch(home, groups.clock, connect, folder)
        if done.mails_of and not mail_stays:
            notice = load_notice(NOTICE, folder)
            with Outbox(home.mail) as outbox:
                send_due(outbox, notice, lambda: notice.local(now), None, home.eml, PURPOSE)
        return done

    return run
