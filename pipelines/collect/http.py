"""Asking a form service over HTTP: time limits, retries with backoff, and failures as Chinese sentences without secrets."""

import hashlib
import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import RefusedError, SourceError

TIMEOUT = httpx.Timeout(30, connect=10)
ATTEMPTS = 4
MOST_TURNS = 5
"""Times that one file may be said to lie elsewhere."""
LONGEST_WAIT = 60
"""Seconds that a service may ask to be left alone before its turn comes in the next cycle instead."""
CHUNK = 1 << 20
MOST_JSON = 256_000_000
"""Bytes of one page of answers; files that came with them are never held whole."""
DISTRUSTED = (
    "服务器的证书不是系统信任的机构签发的，或与主机名不符。请向服务器管理员要签发机构的证书（PEM），"
    "在连接的 extra 里写 ca_file: 证书文件的路径；不要关掉核对"
)
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
MOST_DIGITS = 4000
_HALVES = re.compile(rb"\\u[dD]|\xed[\xa0-\xbf]")
"""How UTF-8 may hold half a character of UTF-16: spelt out, or as three bytes that no text has."""
_MD5 = re.compile(r'(?:W/)?"([0-9a-f]{32})"')
log = logging.getLogger(__name__)
# It would log every address, and one that a file is kept at is signed: whoever reads it may fetch the file.
logging.getLogger("httpx").setLevel(logging.WARNING)
Login = Callable[[httpx.Client], Mapping[str, str]]
"""Gives the headers that let a request in; called again when the service says that they no longer do."""


class BrokenOffError(SourceError):
    """A body that began to come and did not come to its end."""


class Api:
    """One service. `login` is asked for headers before the first request and after each expired session."""

    def __init__(self, connection: Connection, login: Login, *, backoff: float = 1.0) -> None:
        self.connection, self._login, self._backoff = connection, login, backoff
        self.base = base_url(connection)
        address = httpx.URL(self.base)
        require_encryption(connection, address.host, address.scheme == "https")
        self._client = httpx.Client(timeout=TIMEOUT, verify=trusted(connection), follow_redirects=False)
        self._headers: dict[str, str] | None = None

    def get_json(self, url: str, params: Mapping[str, Any] | None = None) -> Any:
        """The answer as JSON. `url` may be relative to the base. Raises SourceError."""
        try:
            return read_json(self._read_whole(url, params))
        except (ValueError, RecursionError):
            raise self._trouble("回答不是 JSON，可能被登录页或代理截住了") from None

    def get_whole(self, url: str) -> bytes:
        """A small answer of any kind, whole. Raises SourceError."""
        return self._read_whole(url, None)

    def _read_whole(self, url: str, params: Mapping[str, Any] | None) -> bytes:
        for attempt in range(1, ATTEMPTS):
            with suppress(BrokenOffError):
                return b"".join(self._chunks(self._send("GET", url, params=params), most=MOST_JSON))
            self._wait(attempt, None)
        return b"".join(self._chunks(self._send("GET", url, params=params), most=MOST_JSON))

    def get_bytes(self, url: str, *, is_hashed: bool = False, turns: int = MOST_TURNS) -> Iterator[bytes]:
        """A file's bytes, piece by piece as they come, from wherever the service keeps it. `is_hashed`: its ETag is the MD5
        of the file. Raises SourceError, also in the middle of them; RefusedError where they are others than it says."""
        response = self._send("GET", url, is_file=True)
        stated = _MD5.fullmatch(response.headers.get("etag", "")) if is_hashed else None
        found = hashlib.md5(usedforsecurity=False)
        for chunk in self._follow(response, turns):
            found.update(chunk)
            yield chunk
        if stated and stated[1] != found.hexdigest():
            raise RefusedError(
                str(self._trouble("取到的文件与服务器记下的校验码（MD5）不符，没有收，下一轮再取"))
            )

    def get_linked(self, url: str, turns: int = MOST_TURNS) -> Iterator[bytes]:
        """A file that an answer links to: on the service itself as `get_bytes`; elsewhere, where services keep files, without
        the login, and only over a way that is as safe as the service's own. Raises SourceError; RefusedError where it is that
        other server which does not give it: the service itself is there."""
        there, own = httpx.URL(url), httpx.URL(self.base)
        if (there.host, there.port) == (own.host, own.port):
            yield from self.get_bytes(url, turns=turns)
            return
        if there.scheme != "https" and own.scheme == "https":
            raise RefusedError(str(self._trouble(f"文件的链接不是 https（{there.host}），没有取")))
        try:
            yield from self._follow(self._send("GET", url, is_file=True, is_elsewhere=True), turns)
        except RefusedError:
            raise
        except SourceError as error:
            raise RefusedError(f"文件放在 {there.host}，没有取到。{error}") from None

    def _follow(self, response: httpx.Response, turns: int) -> Iterator[bytes]:
        """What the response holds, or what lies where it points to."""
        if not response.has_redirect_location:
            yield from self._chunks(response)
            return
        response.close()
        if not turns:
            raise RefusedError(str(self._trouble("文件的链接转来转去，没有取到")))
        yield from self.get_linked(str(response.url.join(response.headers["location"])), turns - 1)

    def send_json(self, method: str, url: str, content: Any) -> None:
        """Writes something back. Raises SourceError."""
        self._send(method, url, json=content).close()

    def post(self, url: str, *, json: Any = None, content: bytes | None = None, kind: str = "") -> Any:
        """Makes something there: from JSON, or from bytes of a kind; the service's answer as JSON. Raises SourceError."""
        body: dict[str, Any] = {"json": json} if content is None else {"content": content}
        response = self._send("POST", url, kind=kind, **body)
        return _json(b"".join(self._chunks(response, most=MOST_JSON)))

    def _chunks(self, response: httpx.Response, most: int | None = None) -> Iterator[bytes]:
        """What the response holds; whoever keeps it in memory says how much that may be at `most`."""
        length = 0
        try:
            for chunk in response.iter_bytes(CHUNK):
                length += len(chunk)
                if most is not None and length > most:
                    raise self._trouble(f"回答超过 {most // 1_000_000} MB，没有读完")
                yield chunk
        except httpx.HTTPError as error:
            trouble = self._trouble(f"传到一半断开（{type(error).__name__}），下一轮再收")
            raise BrokenOffError(str(trouble)) from None
        finally:
            response.close()

    def _send(
        self,
        method: str,
        url: str,
        kind: str = "",
        *,
        is_elsewhere: bool = False,
        is_file: bool = False,
        **request: Any,
    ) -> httpx.Response:
        """A response that is a success, its body not read yet; of a file also one that says where it lies. Raises
        SourceError."""
        address = httpx.URL(url) if is_elsewhere else self._address(url)
        was_refused = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._headers is None and not is_elsewhere:
                    self._headers = dict(self._login(self._client))
                own = {} if is_elsewhere else self._headers or {}
                headers = {**own, **({"Content-Type": kind} if kind else {})}
                asked = self._client.build_request(method, address, headers=headers, **request)
                response = self._client.send(asked, stream=True)
            except httpx.HTTPStatusError as error:
                # Only a login raises it: a service that is busy is asked again when it said so.
                refused = error.response
                if refused.status_code not in BUSY or attempt == ATTEMPTS:
                    raise self._trouble(
                        f"登录没有成功{_moved(refused)}（HTTP {refused.status_code}）"
                    ) from None
                self._wait(attempt, refused.headers.get("retry-after"))
                continue
            except httpx.HTTPError as error:
                if _is_distrust(error):
                    raise self._trouble(DISTRUSTED) from None
                if attempt == ATTEMPTS:
                    raise self._trouble(f"连不上或中途断开（{type(error).__name__}）") from None
                self._wait(attempt, None)
                continue
            except ValueError:
                raise self._trouble("登录的回答看不懂，可能被登录页或代理截住了") from None
            if response.is_success or (is_file and response.has_redirect_location):
                return response
            response.close()
            if response.status_code in (401, 403) and not was_refused and not is_elsewhere:
                was_refused, self._headers = True, None
                continue
            if response.status_code in BUSY and attempt < ATTEMPTS:
                self._wait(attempt, response.headers.get("retry-after"))
                continue
            trouble = self._trouble(_in_words(response))
            if response.status_code in BUSY:
                raise trouble
            raise RefusedError(str(trouble), response.status_code)
        raise self._trouble("登录之后仍被拒绝")

    def _address(self, url: str) -> httpx.URL:
        """Links in answers name the host that the service believes it has: path and query are followed verbatim, but on
        the host of the connection, and so the login goes to nobody else."""
        if not url.startswith(("http://", "https://")):
            return httpx.URL(f"{self.base}{url}")
        return httpx.URL(self.base).join(httpx.URL(url).raw_path.decode("ascii"))

    def _wait(self, attempt: int, asked: str | None) -> None:
        seconds = _seconds(asked)
        seconds = self._backoff * 2 ** (attempt - 1) if seconds is None else seconds
        if seconds > LONGEST_WAIT:
            raise self._trouble(f"服务要求 {seconds:.0f} 秒之后再来，下一轮再收")
        log.info("scan: %s 暂时没有应答，%.1f 秒后再试", self.connection.id, seconds)
        time.sleep(seconds)

    def _trouble(self, sentence: str) -> SourceError:
        return SourceError(f"连接 {self.connection.id}（{self.connection.host}）：{sentence}")


def _seconds(asked: str | None) -> float | None:
    """What Retry-After says: seconds, or a moment; None where it says neither."""
    try:
        return max(float(asked or "-"), 0.0)
    except ValueError:
        with suppress(ValueError):
            until = parsedate_to_datetime(asked or "")
            return max((until - datetime.now(until.tzinfo)).total_seconds(), 0.0)
    return None


def read_json(content: bytes) -> Any:
    """JSON, with every half of a character that a phone cut in two replaced: no file or database takes one. A number of more digits
    than Python reads is their text."""
    try:
        found = json.loads(content)
    except ValueError:
        found = json.loads(content, parse_int=_read_int)
    is_plain = json.detect_encoding(content).startswith("utf-8") and not _HALVES.search(content)
    return found if is_plain else _whole(found)


def _read_int(digits: str) -> int | str:
    return int(digits) if len(digits) < MOST_DIGITS else digits


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


def _json(content: bytes) -> Any:
    """What was answered, None where nothing was."""
    return json.loads(content) if content.strip() else None


def trusted(connection: Connection) -> ssl.SSLContext | bool:
    """The certificates that are believed: the system's, and those in the connection's `ca_file`."""
    if str(connection.extra.get("verify", True)).lower() == "false":
        return False
    name = connection.extra.get("ca_file")
    if not name:
        return _system_context()
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=str(name))
    except (OSError, ssl.SSLError) as error:
        raise SourceError(
            f"连接 {connection.id}：extra 里的 ca_file（{name}）读不出证书：{error.strerror or '不是 PEM 格式'}"
        ) from None
    return context


@cache
def _system_context() -> ssl.SSLContext:
    """Some 150 certificates, read once a process: whoever brings something to ten places reads them once."""
    return ssl.create_default_context()


def _is_distrust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def base_url(connection: Connection) -> str:
    """https unless the connection's extra says `scheme: http`, or its host is written with a scheme."""
    if connection.host.startswith(("http://", "https://")):
        return connection.host.rstrip("/")
    scheme = connection.extra.get("scheme") or ("http" if connection.scheme == "http" else "https")
    port = f":{connection.port}" if connection.port else ""
    path = f"/{connection.schema.strip('/')}" if connection.schema and "/" in connection.schema else ""
    return f"{scheme}://{connection.host}{port}{path}"


def _in_words(response: httpx.Response) -> str:
    said = {401: "账号或密码不对", 403: "账号没有权限", 404: "找不到这个表单，请检查编号"}
    words = said.get(response.status_code, f"请求没有成功{_moved(response)}")
    return f"{words}（HTTP {response.status_code}）"


def _moved(response: httpx.Response) -> str:
    """Where the service says that it is instead; '' where it says nothing of the kind."""
    if not response.has_redirect_location:
        return ""
    there = response.url.join(response.headers["location"])
    return f"，服务器要求改用 {there.scheme}://{there.host}，请核对连接里的地址"


def basic(connection: Connection) -> Login:
    auth = httpx.BasicAuth(connection.login, connection.password)

    def login(client: httpx.Client) -> Mapping[str, str]:
        request = next(auth.auth_flow(httpx.Request("GET", "https://example.com/")))
        return {"Authorization": request.headers["Authorization"]}

    return login


def token(connection: Connection, word: str) -> Login:
    return lambda client: {"Authorization": f"{word} {connection.password}"}
