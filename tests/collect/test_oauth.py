"""Logging in to mail with a token, against servers that speak just enough IMAP and SMTP to refuse a wrong one."""

import base64
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from pipelines.collect.mailbox import MailboxSource
from pipelines.collect.oauth import access_token
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError
from pipelines.notice.sources import MailboxSource as Definition
from pipelines.send.smtp import RefusedError, Session

LOGIN, TOKEN, SECRET = "week@example.org", "good-token", "client-secret"
SAID = f"user={LOGIN}\x01auth=Bearer {TOKEN}\x01\x01"


@contextmanager
def running(server: Any) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(120)


@pytest.fixture
def tokens() -> Iterator[str]:
    """Gives the token to whoever shows the right refresh token or secret."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            is_good = asked.get("refresh_token") == ["good"] or asked.get("client_secret") == [SECRET]
            body = json.dumps({"access_token": TOKEN} if is_good else {"error": "invalid_grant"}).encode()
            self.send_response(200 if is_good else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/token"


class Lines(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def hear(self) -> str:
        return self.rfile.readline().decode().strip()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close = True, False


class Imap(Lines):
    """Knows nobody's password."""

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.hear():
            tag, _, rest = line.partition(" ")
            command = rest.upper()
            if command.startswith("AUTHENTICATE XOAUTH2"):
                self.say("+ ")
                is_good = base64.b64decode(self.hear()).decode() == SAID
                self.say(f"{tag} {'OK in' if is_good else 'NO who'}")
                continue
            if command.startswith("LOGIN"):
                self.say(f"{tag} NO passwords are not taken")
                continue
            if command.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
            if command.startswith("EXAMINE"):
                self.say("* 0 EXISTS")
                self.say("* OK [UIDVALIDITY 5] x")
            if "SEARCH" in command:
                self.say("* SEARCH")
            self.say(f"{tag} OK done")


class Smtp(Lines):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.hear():
            if line.upper().startswith("EHLO"):
                self.say("250-here")
                self.say("250 AUTH XOAUTH2")
            elif line.upper().startswith("AUTH XOAUTH2"):
                is_good = base64.b64decode(line.split()[2]).decode() == SAID
                self.say("235 in" if is_good else "535 who")
            else:
                self.say("221 bye" if line.upper() == "QUIT" else "500 what")


def imap(connection: Connection) -> None:
    source = MailboxSource(
        connection, Definition(id="mail", kind="mailbox", connection="m", path="邮箱", line="education")
    )
    try:
        assert list(source.list_entries(None)) == []
        assert source.cursor == "5:0"
    finally:
        source.close()


def smtp(connection: Connection) -> None:
    with Session(connection) as session:
        session.open()
        assert session.is_open


SERVERS = {"imap": (Imap, imap), "smtp": (Smtp, smtp)}


@pytest.mark.parametrize(("handler", "use"), SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize(
    "shown", [{"refresh_token": "good"}, {"client_secret": SECRET}], ids=["refresh", "application"]
)
def test_a_token_opens_the_mailbox(
    handler: type[Lines], use: Callable[[Connection], None], shown: dict[str, str], tokens: str
) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(running(Server(("127.0.0.1", 0), handler)))
        use(connection(port, tokens, **shown))


@pytest.mark.parametrize(("handler", "use"), SERVERS.values(), ids=SERVERS)
def test_a_token_that_is_not_given_is_said_without_secrets(
    handler: type[Lines], use: Callable[[Connection], None], tokens: str
) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(running(Server(("127.0.0.1", 0), handler)))
        with pytest.raises((SourceError, RefusedError), match="invalid_grant") as raised:
            use(connection(port, tokens, refresh_token="stale-secret"))
        assert "stale-secret" not in str(raised.value)


def test_what_is_missing_in_the_connection_is_named() -> None:
    with pytest.raises(SourceError, match="token_url、client_id"):
        access_token(Connection("m", "imap", "imap.example.org", extra={"auth_type": "oauth2"}))


def connection(port: int, tokens: str, **shown: str) -> Connection:
    extra = {
        "auth_type": "oauth2", "token_url": tokens, "client_id": "id", "use_ssl": False,
        "disable_ssl": True, "disable_tls": True, **shown,
    }  # fmt: skip
    return Connection("m", "imap", "127.0.0.1", port, LOGIN, "", extra=extra)
