"""A password leaves this machine encrypted, or because somebody wrote down that it need not be; files are never held whole."""

import http.server
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipelines.collect.http import Api, basic
from pipelines.collect.mailbox import MailboxSource
from pipelines.collect.protocols import in_words, open_remote
from pipelines.ground.connections import IN_CLEAR, Connection, UnsafeConnectionError, is_loopback
from pipelines.ground.errors import SourceError
from pipelines.notice.sources import MailboxSource as Definition

FAR = "192.0.2.1"
"""An address for documentation: nobody answers there, and nobody must be asked."""
DEFINITION = Definition(id="mail", kind="mailbox", connection="far", path="邮箱", line="education")


def _imap(**extra: Any) -> Callable[[], object]:
    source = MailboxSource(Connection("far", "imap", FAR, 143, "a", "secret", extra=extra), DEFINITION)
    return lambda: list(source.list_entries(None))


def _http(**extra: Any) -> Callable[[], object]:
    known = Connection("far", "http", FAR, 80, "a", "secret", extra=extra)
    return lambda: Api(known, basic(known))


def _webdav(**extra: Any) -> Callable[[], object]:
    known = Connection("far", "webdav", FAR, 80, "a", "secret", extra={"scheme": "http", **extra})
    return lambda: open_remote(known, "inbox")


IN_THE_CLEAR = {"imap": _imap(use_ssl=False), "http": _http(), "webdav": _webdav()}


@pytest.mark.parametrize("ask", IN_THE_CLEAR.values(), ids=IN_THE_CLEAR)
def test_a_password_in_clear_is_refused_before_anybody_is_asked(ask: Callable[[], object]) -> None:
    with pytest.raises(UnsafeConnectionError, match=IN_CLEAR) as raised:
        ask()
    assert "secret" not in str(raised.value)


def test_who_says_so_in_words_may(monkeypatch) -> None:
    known = Connection("far", "http", FAR, 80, "a", "secret", extra={IN_CLEAR: True})
    assert Api(known, basic(known)).base == f"http://{FAR}:80"
    nobody = Connection("far", "http", FAR, 80)
    assert Api(nobody, basic(nobody)).base == f"http://{FAR}:80"


@pytest.mark.parametrize(
    ("host", "stays"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True), (FAR, False), ("localhost.evil.net", False)],
)  # fmt: skip
def test_only_this_machine_is_this_machine(host: str, stays: bool) -> None:
    assert is_loopback(host) is stays


SIZE = 40_000_000


class Large(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE if self.path == "/file" else SIZE + 1))
        self.end_headers()
        for _ in range(SIZE // 1_000_000):
            self.wfile.write(b"x" * 1_000_000)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def large_server() -> Iterator[Connection]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Large)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield Connection("near", "http", "127.0.0.1", server.server_port, "a", "secret")
    finally:
        server.shutdown()
        server.server_close()


def test_an_uploaded_file_is_never_held_whole() -> None:
    with large_server() as known:
        api = Api(known, basic(known))
        tracemalloc.start()
        length = sum(len(chunk) for chunk in api.get_bytes("/file"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert length == SIZE
    assert peak < SIZE / 4


def test_a_file_that_breaks_off_is_an_error_of_the_source() -> None:
    with large_server() as known, pytest.raises(SourceError, match="传到一半断开"):
        list(Api(known, basic(known)).get_bytes("/cut"))


@pytest.mark.slow
def test_starttls_before_the_password(tmp_path: Path) -> None:
    """Against a server that answers STARTTLS, with a certificate of its own; one that does not is told nothing."""
    certificate, key = _make_certificate(tmp_path)
    server = StartTls(certificate, key)
    extra = {"use_ssl": False, "starttls": True, "ca_file": str(certificate)}
    known = Connection("near", "imap", "127.0.0.1", server.port, "a", "secret", extra=extra)
    list(MailboxSource(known, DEFINITION).list_entries(None))
    assert server.said_in_clear == ["STARTTLS"]
    assert "LOGIN" in server.said_inside
    server.offers = False
    server.said_in_clear.clear()
    with pytest.raises(SourceError):
        list(MailboxSource(known, DEFINITION).list_entries(None))
    assert "LOGIN" not in server.said_in_clear


class StartTls:
    """As much of an IMAP server as a login and an empty folder need."""

    def __init__(self, certificate: Path, key: Path) -> None:
        import socket

        self.offers, self.said_in_clear, self.said_inside = True, list[str](), list[str]()
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            peer, _ = self._socket.accept()
            self._talk(peer)

    def _talk(self, peer: Any) -> None:
        said, file = self.said_in_clear, peer.makefile("rwb")
        file.write(b"* OK ready\r\n")
        file.flush()
        while line := file.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            word = rest.split(" ", 1)[0].upper()
            if word == "CAPABILITY":
                file.write(f"* CAPABILITY IMAP4rev1{' STARTTLS' * self.offers}\r\n".encode())
            elif word == "SELECT" or word == "EXAMINE":
                file.write(b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n")
            elif word == "UID":
                file.write(b"* SEARCH\r\n")
            if word not in ("CAPABILITY", "LOGOUT"):
                said.append(word)
            file.write(f"{tag} OK done\r\n".encode())
            file.flush()
            if word == "STARTTLS":
                peer, said = self._context.wrap_socket(peer, server_side=True), self.said_inside
                file = peer.makefile("rwb")


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "certificate.pem", folder / "key.pem"


DENIED = {
    "bytes as a library shows them": Exception("b'[AUTHENTICATIONFAILED] Invalid credentials.'"),
    "bytes": Exception(b"LOGIN failed"),
    "SFTP": Exception("Authentication failed."),
    "WebDAV": Exception("received 401 (Not Authorized)"),
    "SMB": Exception("[Error 1] STATUS_LOGON_FAILURE 0xc000006d"),
}


@pytest.mark.parametrize("error", DENIED.values(), ids=DENIED)
def test_a_login_that_was_refused_is_said_so(error: Exception) -> None:
    said = in_words(error)
    assert said.startswith("账号或密码不对（")
    assert "b'" not in said


def test_what_is_no_refusal_is_said_as_it_is() -> None:
    assert in_words(OSError(111, "Connection refused")) == "[Errno 111] Connection refused"
