"""Asking a form service over HTTP: time limits, retries with backoff, and failures as Chinese sentences without secrets."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError

TIMEOUT = httpx.Timeout(30, connect=10)
ATTEMPTS = 4
LONGEST_WAIT = 60
"""Seconds that a service may ask to be left alone before its turn comes in the next cycle instead."""
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
log = logging.getLogger(__name__)
Login = Callable[[httpx.Client], Mapping[str, str]]
"""Gives the headers that let a request in; called again when the service says that they no longer do."""


class RefusedError(SourceError):
    """The service answered, and will not give this one thing: it may give the others."""


class Api:
    """One service. `login` is asked for headers before the first request and after each expired session."""

    def __init__(self, connection: Connection, login: Login, *, backoff: float = 1.0) -> None:
        self.connection, self._login, self._backoff = connection, login, backoff
        self.base = base_url(connection)
        verify = str(connection.extra.get("verify", True)).lower() != "false"
        self._client = httpx.Client(timeout=TIMEOUT, verify=verify, follow_redirects=False)
        self._headers: dict[str, str] | None = None

    def get_json(self, url: str, params: Mapping[str, Any] | None = None) -> Any:
        """The answer as JSON. `url` may be relative to the base. Raises SourceError."""
        response = self._send("GET", url, params=params)
        try:
            return response.json()
        except ValueError:
            raise self._trouble("回答不是 JSON，可能被登录页或代理截住了") from None

    def get_bytes(self, url: str) -> Iterator[bytes]:
        """A file's bytes. Raises SourceError."""
        yield self._send("GET", url).content

    def send_json(self, method: str, url: str, content: Any) -> None:
        """Writes something back. Raises SourceError."""
        self._send(method, url, json=content)

    def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        address = self._address(url)
        was_refused = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._headers is None:
                    self._headers = dict(self._login(self._client))
                response = self._client.request(method, address, headers=self._headers, **request)
                response.read()
            except httpx.HTTPError as error:
                if attempt == ATTEMPTS:
                    raise self._trouble(f"连不上或中途断开（{type(error).__name__}）") from None
                self._wait(attempt, None)
                continue
            except ValueError:
                raise self._trouble("登录的回答看不懂，可能被登录页或代理截住了") from None
            if response.status_code in (401, 403) and not was_refused:
                was_refused, self._headers = True, None
                continue
            if response.status_code in BUSY and attempt < ATTEMPTS:
                self._wait(attempt, response.headers.get("retry-after"))
                continue
            if response.is_success:
                return response
            raise RefusedError(str(self._trouble(_in_words(response))))
        raise self._trouble("登录之后仍被拒绝")

    def _address(self, url: str) -> httpx.URL:
        """Links in answers name the host that the service believes it has: path and query are followed verbatim, but on
        the host of the connection, and so the login goes to nobody else."""
        if not url.startswith(("http://", "https://")):
            return httpx.URL(f"{self.base}{url}")
        return httpx.URL(self.base).join(httpx.URL(url).raw_path.decode("ascii"))

    def _wait(self, attempt: int, asked: str | None) -> None:
        seconds = float(asked) if asked and asked.isdigit() else self._backoff * 2 ** (attempt - 1)
        if seconds > LONGEST_WAIT:
            raise self._trouble(f"服务要求 {seconds:.0f} 秒之后再来，下一轮再收")
        log.info("scan: %s 暂时没有应答，%.1f 秒后再试", self.connection.id, seconds)
        time.sleep(seconds)

    def _trouble(self, sentence: str) -> SourceError:
        return SourceError(f"连接 {self.connection.id}（{self.connection.host}）：{sentence}")


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
    return f"{said.get(response.status_code, '请求没有成功')}（HTTP {response.status_code}）"


def basic(connection: Connection) -> Login:
    auth = httpx.BasicAuth(connection.login, connection.password)

    def login(client: httpx.Client) -> Mapping[str, str]:
        request = next(auth.auth_flow(httpx.Request("GET", "https://example.com/")))
        return {"Authorization": request.headers["Authorization"]}

    return login


def token(connection: Connection, word: str) -> Login:
    return lambda client: {"Authorization": f"{word} {connection.password}"}
