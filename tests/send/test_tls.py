"""Encryption and login: what a password may travel over, and what a certificate must prove."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipelines.ground.connections import Connection, MissingConnectionError
from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from pipelines.send.sender import send_due
from pipelines.send.smtp import RefusedError
from tests.send.letters import NOON, letter
from tests.send.post_office import PostOffice

Send = Callable[[Connection], Any]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def send(outbox: Outbox, notice: Notice, tmp_path: Path) -> Send:
    outbox.queue(notice, [letter()], NOON)
    return lambda connection: send_due(outbox, notice, lambda: NOON, connection, tmp_path)


def to(office: PostOffice, password: str = "right", **extra: Any) -> Connection:
    return Connection(
        "smtp_default", host="127.0.0.1", port=office.port, login="clerk", password=password, extra=extra
    )


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_tls_from_the_first_byte(
    send: Send, server: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with PostOffice(tls=server, login="clerk:right") as office:
        assert send(to(office)).counts["sent"] == 1
        assert office.seen_tls == [True]


def test_starttls(
    send: Send, server: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with PostOffice(starttls=server, login="clerk:right") as office:
        assert send(to(office, disable_ssl=True)).counts["sent"] == 1
        assert office.seen_tls == [True]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("extra", [{}, {"disable_ssl": True}], ids=["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for(
    extra: dict[str, bool], send: Send, server: ssl.SSLContext
) -> None:
    with PostOffice(**{"starttls" if extra else "tls": server}, login="clerk:right") as office:  # type: ignore[arg-type]
        with pytest.raises(RefusedError, match="证书"):
            send(to(office, **extra))
        assert not office.accepted


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_no_fall_back_to_plain_text(send: Send) -> None:
    with PostOffice(login="clerk:right") as office:
        with pytest.raises(RefusedError, match="加密"):
            send(to(office, disable_ssl=True))
        assert not office.accepted


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_fails_no_message(outbox: Outbox, send: Send) -> None:
    with PostOffice(login="clerk:right") as office:
        plain = {"disable_ssl": True, "disable_tls": True}
        with pytest.raises(RefusedError, match="授权码") as caught:
            send(to(office, "wrong", **plain))
        assert "wrong" not in str(caught.value)
        assert [(row.state, row.attempts) for row in outbox.rows()] == [("queued", 0)]
        assert send(to(office, **plain)).counts["sent"] == 1


UNSAFE = {
    "password_in_the_clear": ({"disable_ssl": True, "disable_tls": "true"}, "明文"),
    "unverified": ({"ssl_context": "none"}, "证书"),
    "no_host": ({}, "主机"),
    "oauth": ({"auth_type": "oauth2"}, "auth_type"),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_unsafe_settings_are_refused_before_anything_is_said(case: str, send: Send, outbox: Outbox) -> None:
    extra, words = UNSAFE[case]
    with pytest.raises(MissingConnectionError, match=words):
        send(
            Connection(
                "smtp_default",
                host="" if case == "no_host" else "smtp.example.org",
                port=25,
                login="clerk",
                password="right",
                extra=extra,
            )
        )
    assert outbox.rows()[0].attempts == 0
