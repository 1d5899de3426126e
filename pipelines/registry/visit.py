"""Visits one web address as a polite reader would: few redirects, little time, little of the page; says what it found."""

import re
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from email.message import Message

import httpcore
import httpx
from lxml import etree

from pipelines.registry.answered import Visit
from pipelines.registry.public import NotPublicError, PublicBackend
from pipelines.send.mailbox import plain

LIMITS = {"connect": 8.0, "read": 8.0, "write": 8.0, "pool": 8.0}
WHOLE_SECONDS = 20.0
"""Of one request; the single steps have their limits too."""
MOST_BYTES = 262_144
"""Of a page: its title stands at its beginning."""
MOST_TITLE = 500
"""Characters of a title that are kept."""
MOST_REDIRECTS = 5
AGENT = "notices-column-check/1 (one request per host at a time)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
"""Looked for in the first bytes only, and without a part that could be tried from many places."""


class Visitor:
    """Visits addresses over backends that open public ones only. `turn` is held while a host is asked."""

    def __init__(
        self,
        open_backend: Callable[[float], httpcore.NetworkBackend] = PublicBackend,
        context: ssl.SSLContext | None = None,
        turn: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._open_backend, self._turn = open_backend, turn
        self._context = context or ssl.create_default_context()

    def visit(self, url: str) -> Visit:
        """Never raises for what an address is or answers."""
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            parsed = _parse(here)
            if isinstance(parsed, str):
                return Visit(final_url=here if here != url else None, failure=parsed)
            with self._turn(parsed.host):
                found = self._ask(parsed)
            if isinstance(found, Visit):
                return found
            here = found
        return Visit(final_url=here, failure=f"跳转超过 {MOST_REDIRECTS} 次")

    def _ask(self, url: httpx.URL) -> Visit | str:
        """What this address answered, or where it redirects to."""
        try:
            with httpcore.ConnectionPool(
                ssl_context=self._context,
                network_backend=self._open_backend(time.monotonic() + WHOLE_SECONDS),
                retries=0,
            ) as pool:
                return self._read(pool, url)
        except NotPublicError:
            return Visit(final_url=str(url), failure="指向内网或本机地址，不访问")
        except httpcore.TimeoutException:
            return Visit(final_url=str(url), failure="超时没有答复")
        except httpcore.ConnectError as error:
            return Visit(final_url=str(url), failure=_explain(error))
        except (httpcore.ProtocolError, httpcore.NetworkError, ssl.SSLError, OSError):
            return Visit(final_url=str(url), failure="连接中断或答复不是网页")

    def _read(self, pool: httpcore.ConnectionPool, url: httpx.URL) -> Visit | str:
        headers = [
            ("Host", url.netloc.decode()),
            ("User-Agent", AGENT),
            ("Accept", "text/html,*/*;q=0.5"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        with pool.stream(
            "GET",
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=headers,
            extensions={"timeout": LIMITS},
        ) as response:
            given = {name.lower(): value for name, value in response.headers}
            target = given.get(b"location", b"").decode("latin-1").strip()
            if response.status in _REDIRECTS and target:
                return _join(url, target)
            content = b""
            for piece in response.iter_stream():
                content += piece
                if len(content) >= MOST_BYTES:
                    break
            return Visit(response.status, str(url), find_title(content[:MOST_BYTES], given))


def _parse(url: str) -> httpx.URL | str:
    """The address, or why it is not visited."""
    try:
        parsed = httpx.URL(url.strip())
        port = parsed.port
    except (httpx.InvalidURL, ValueError):
        return "不是合法的网址"
    if parsed.scheme not in ("http", "https") or not parsed.host:
        return "只访问 http 和 https 网址"
    if parsed.userinfo:
        return "网址里带有用户名或密码，不访问"
    if port is not None and port < 1024 and port not in (80, 443) and not 80 < port < 100:
        return f"端口 {port} 不是网页的端口，不访问"
    return parsed


def _join(url: httpx.URL, target: str) -> str:
    try:
        return str(url.join(target).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError):
        return target


def _explain(error: httpcore.ConnectError) -> str:
    causes, cause = [], error.__context__
    while cause is not None:
        causes.append(cause)
        cause = cause.__context__
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return "证书有误，浏览器会警告"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "加密连接不成功"
    return "域名解析不到" if str(error) == "unknown host" else "连不上"


def find_title(content: bytes, headers: dict[bytes, bytes]) -> str | None:
    """The page's title as one line; None where it has none, or is no page."""
    if headers.get(b"content-encoding", b"identity").lower() not in (b"identity", b""):
        return None
    message = Message()
    message["Content-Type"] = headers.get(b"content-type", b"text/html").decode("latin-1")
    if message.get_content_type() not in ("text/html", "application/xhtml+xml"):
        return None
    declared = _CHARSET.search(content[:4096])
    names = [message.get_content_charset(), declared[1].decode() if declared else None, "utf-8", "gb18030"]
    text = _decode(content, [name for name in names if name])
    return plain(_Title.of(text))[:MOST_TITLE] or None


class _Title:
    """What lxml's parser is told to build instead of a tree: the text of the first `title`."""

    def __init__(self) -> None:
        self._is_open, self._is_done = False, False
        self._parts: list[str] = []

    @classmethod
    def of(cls, text: str) -> str:
        parser = etree.HTMLParser(
            target=cls(),  # type: ignore[arg-type]
            encoding="utf-8",
            recover=True,
            no_network=True,
        )
        try:
            return str(etree.fromstring(text.encode("utf-8", "replace"), parser))
        except etree.LxmlError:
            return ""  # nothing in it is a page

    def start(self, tag: str, attributes: object) -> None:
        self._is_open = tag == "title" and not self._is_done

    def end(self, tag: str) -> None:
        self._is_done = self._is_done or (tag == "title" and self._is_open)
        self._is_open = False

    def data(self, text: str) -> None:
        if self._is_open:
            self._parts.append(text)

    def close(self) -> str:
        return "".join(self._parts)


def _decode(content: bytes, names: list[str]) -> str:
    for name in names:
        # GBK and GB2312 pages use letters of the wider set.
        wider = "gb18030" if name.lower() in ("gb2312", "gbk") else name
        try:
            return content.decode(wider)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")
