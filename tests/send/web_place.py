"""An address on the loopback that takes pushes over HTTP, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipelines.ground.connections import Connection

HANG_UP = 0
"""As an answer: the request is read, and the line is cut."""


@dataclass
class WebPlace:
    """What came: (method, path, headers, body), in order; `answers` are used up one a request, then 201."""

    port: int = 0
    came: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def connection(self, **extra: object) -> Connection:
        address = f"http://127.0.0.1:{self.port}"
        return Connection("test_web", "http", address, password="only-for-tests", extra=extra)

    @property
    def taken(self) -> list[bytes]:
        """Bodies by Idempotency-Key, as a server that honours it keeps them."""
        sent = (one for one in self.came if one[0] != "DELETE")
        return list({headers["Idempotency-Key"]: body for _, _, headers, body in sent}.values())


@contextmanager
def web_place() -> Iterator[WebPlace]:
    place = WebPlace()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            place.came.append((self.command, self.path, dict(self.headers), body))
            status = place.answers.pop(0) if place.answers else 201
            if status == HANG_UP:
                self.close_connection = True
                return
            said = f"no. {len(place.came)}".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_PUT = do_DELETE = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    place.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
        thread.join(120)
