"""A web server that is really there, with pages as people's columns have them, and names that lead to it."""

import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address, ip_address

from pipelines.registry.public import PublicBackend, is_public

LOOPBACK = ip_address("127.0.0.1")
Page = tuple[int, dict[str, str], bytes]
Answer = Page | Callable[[BaseHTTPRequestHandler], None]


def page(title: str = "活动周专栏", status: int = 200, encoding: str = "utf-8", **headers: str) -> Page:
    body = f"<html><head><title>\n {title} </title></head><body>{'文' * 50}</body></html>".encode(encoding)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "text/html; charset=utf-8", **given}, body


def redirect(to: str, status: int = 302) -> Page:
    return status, {"Location": to}, b""


class Web:
    """`pages` holds an answer by host and path; `asked` what was asked for, with the moments of begin and end."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, float, float]] = []
        self.agents: set[str] = set()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                began = time.monotonic()
                place = f"{self.headers['Host'].partition(':')[0]}{self.path}"
                web.agents.add(self.headers["User-Agent"])
                answer = web.pages.get(place, page(status=404))
                if callable(answer):
                    answer(self)
                else:
                    status, headers, body = answer
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                web.asked.append((place, began, time.monotonic()))

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]

    def __enter__(self) -> "Web":
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str, host: str = "column.example.cn", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


class Names:
    """A name server: `known` leads a name to addresses, one list after another; every other name to the loopback."""

    def __init__(self) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        self.asked.append(host)
        if host == "nowhere.example.cn":
            raise OSError("unknown")
        answers = self.known.get(host, [["127.0.0.1"]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(one) for one in found]

    def backend(self, ends: float) -> PublicBackend:
        """The loopback stands for the public Internet, and for nothing else: what is private stays so."""
        return PublicBackend(ends, self.resolve, lambda one: one == LOOPBACK or is_public(one))
