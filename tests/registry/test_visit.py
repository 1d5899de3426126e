"""What is said of a web address, and where a visit never goes."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipelines.registry import visit as module
from pipelines.registry.answered import Visit
from pipelines.registry.public import is_public, resolve
from pipelines.registry.visit import MOST_BYTES, MOST_REDIRECTS, Visitor
from tests.registry.web import Names, Web, page, redirect

PUBLIC = ["8.8.8.8", "202.102.134.68", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1"),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.fixture
def visitor(names: Names) -> Visitor:
    return Visitor(names.backend)


def test_a_column_that_answers(web: Web, visitor: Visitor) -> None:
    web.pages["column.example.cn/a?x=1"] = page("职业教育 活动周")
    url = web.url("/a?x=1")
    assert visitor.visit(url) == Visit(200, url, "职业教育 活动周", None)
    assert visitor.visit(url).is_ok
    assert web.agents == {module.AGENT}


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_page_is_not_ok(status: int, web: Web, visitor: Visitor) -> None:
    web.pages["column.example.cn/a"] = page("出错了", status)
    found = visitor.visit(web.url("/a"))
    assert (found.status, found.title, found.is_ok) == (status, "出错了", False)


TITLES = {
    "gb2312_in_meta": (
        '<meta charset="gb2312"><title>专栏镕</title>'.encode("gb18030"),
        "text/html",
        "专栏镕",
    ),
    "gbk_in_header": ("<title>专栏</title>".encode("gbk"), "text/html; charset=GBK", "专栏"),
    "nothing_declared": ("<title>专栏</title>".encode("gb18030"), "text/html", "专栏"),
    "utf8_undeclared": ("<title>专栏</title>".encode(), "text/html", "专栏"),
    "entities_and_lines": (b"<TITLE lang=zh>a &amp;\n  b</TITLE>", "text/html", "a & b"),
    "unknown_charset": ("<title>专栏</title>".encode(), "text/html; charset=x-unknown", "专栏"),
    "no_title": (b"<html></html>", "text/html", None),
    "empty_title": (b"<title> </title>", "text/html", None),
    "no_page": (b"<title>a</title>", "application/pdf", None),
    "hidden_letters": ("<title>专\u202e栏</title>".encode(), "text/html", "专 栏"),
}


@pytest.mark.parametrize(("body", "kind", "title"), TITLES.values(), ids=TITLES)
def test_titles(body: bytes, kind: str, title: str | None, web: Web, visitor: Visitor) -> None:
    web.pages["column.example.cn/"] = (200, {"Content-Type": kind}, body)
    found = visitor.visit(web.url("/"))
    assert (found.title, found.is_ok) == (title, True)


def test_redirects_are_followed_and_counted(web: Web, visitor: Visitor) -> None:
    web.pages["column.example.cn/a"] = redirect("/b", 301)
    web.pages["column.example.cn/b"] = redirect(web.url("/c#top", "other.example.cn"))
    web.pages["other.example.cn/c"] = page("新专栏")
    assert visitor.visit(web.url("/a")) == Visit(200, web.url("/c", "other.example.cn"), "新专栏")
    web.pages["column.example.cn/loop"] = redirect("/loop")
    assert visitor.visit(web.url("/loop")).failure == f"跳转超过 {MOST_REDIRECTS} 次"


REFUSED = {
    "file": "file:///etc/passwd",
    "ftp": "ftp://column.example.cn/",
    "script": "javascript:alert(1)",
    "no_host": "http:///a",
    "password": "http://user:secret@column.example.cn/",
    "mail_port": "http://column.example.cn:25/",
    "ssh_port": "http://column.example.cn:22/",
    "no_url": "建设中",
    "bad_port": "http://column.example.cn:99999/",
    "empty": "",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_what_is_no_web_address_is_not_visited(url: str, names: Names, visitor: Visitor, web: Web) -> None:
    found = visitor.visit(url)
    assert found.failure
    assert not found.is_ok
    web.pages["column.example.cn/a"] = redirect(url or "//:0")
    assert not visitor.visit(web.url("/a")).is_ok
    assert set(names.asked) <= {"column.example.cn"}


@pytest.mark.parametrize("address", ["127.0.0.2", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.2"])
def test_private_networks_are_not_visited_not_even_through_a_redirect(
    address: str, web: Web, names: Names, visitor: Visitor
) -> None:
    names.known["inside.example.cn"] = [[address]]
    assert visitor.visit("http://inside.example.cn/").failure == "指向内网或本机地址，不访问"
    names.known["both.example.cn"] = [["127.0.0.1", address]]
    assert visitor.visit(web.url("/", "both.example.cn")).failure == "指向内网或本机地址，不访问"
    web.pages["column.example.cn/a"] = redirect("http://inside.example.cn/")
    found = visitor.visit(web.url("/a"))
    assert (found.status, found.failure) == (None, "指向内网或本机地址，不访问")
    shown = f"[{address}]" if ":" in address else address
    names.known[address] = [[address]]
    assert visitor.visit(f"http://{shown}/").failure == "指向内网或本机地址，不访问"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_every_way_to_write_this_machine_is_refused(host: str, web: Web) -> None:
    """With the machine's own resolver."""
    found = Visitor().visit(f"http://{host}:{web.port}/")
    assert not found.is_ok
    assert found.status is None
    assert web.asked == []


def test_a_second_answer_of_the_name_server_leads_nowhere(web: Web, names: Names, visitor: Visitor) -> None:
    """The name is asked for once, and the connection goes to the address that was checked."""
    web.pages["turning.example.cn/"] = page("公开")
    names.known["turning.example.cn"] = [["127.0.0.1"], ["127.0.0.2"]]
    assert visitor.visit(web.url("/", "turning.example.cn")).title == "公开"
    assert names.asked == ["turning.example.cn"]
    assert visitor.visit(web.url("/", "turning.example.cn")).failure == "指向内网或本机地址，不访问"


def test_what_cannot_be_reached_says_why(web: Web, visitor: Visitor) -> None:
    assert visitor.visit("http://nowhere.example.cn/").failure == "域名解析不到"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert visitor.visit(f"http://column.example.cn:{port}/").failure == "连不上"
    web.pages["column.example.cn/cut"] = lambda handler: handler.connection.close()
    assert visitor.visit(web.url("/cut")).failure in ("连接中断或答复不是网页", "连不上")


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"X-Drip: 1\r\n")
        time.sleep(0.05)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>\xe5\xa4\xa7</title>")
    for _ in range(2000):
        handler.wfile.write(b"x" * 65536)


def test_time_and_size_have_limits(web: Web, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_SECONDS", 1.0)
    web.pages["column.example.cn/drip"] = drip
    assert visitor.visit(web.url("/drip")).failure == "超时没有答复"
    web.pages["column.example.cn/silent"] = lambda _: time.sleep(3)
    assert visitor.visit(web.url("/silent")).failure == "超时没有答复"
    monkeypatch.setattr(module, "WHOLE_SECONDS", 60.0)
    web.pages["column.example.cn/endless"] = endless
    assert visitor.visit(web.url("/endless")).title == "大"
    assert MOST_BYTES < 1_000_000


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for column.example.cn, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=column.example.cn")
    now, names = datetime.now(UTC), x509.SubjectAlternativeName([x509.DNSName("column.example.cn")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "web.pem"
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificates_are_checked_against_the_name(names: Names, certificate: Path) -> None:
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    server.load_cert_chain(certificate)
    client.load_verify_locations(certificate)
    with Web(server) as web:
        web.pages["column.example.cn/"] = page("加密")
        url = web.url("/", scheme="https")
        assert Visitor(names.backend).visit(url).failure == "证书有误，浏览器会警告"
        visitor = Visitor(names.backend, client)
        assert visitor.visit(url).title == "加密"
        assert visitor.visit(web.url("/", "other.example.cn", "https")).failure == "证书有误，浏览器会警告"
        assert visitor.visit(web.url("/")).is_ok is False


def test_the_machines_resolver_gives_every_address_once() -> None:
    found = resolve("localhost", 80)
    assert found
    assert len(found) == len(set(found))
    assert not any(map(is_public, found))
