"""A TCP proxy on the loopback that does to a connection what networks do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from pipelines.ground.connections import Connection


class Proxy:
    """Forwards to `target`; `fault` is refuse, cut or stall, after `after` bytes of answers in each connection."""

    def __init__(self, target: int) -> None:
        self.target, self.fault, self.after = target, "", 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.fault == "refuse":
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, to: socket.socket, is_answer: bool) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(4096):
                passed += len(data)
                if is_answer and self.fault in ("cut", "stall") and passed > self.after:
                    if self.fault == "stall":
                        continue
                    break
                to.sendall(data)
        for one in (source, to):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        for one in self._open:
            one.close()


@contextmanager
def through_proxy(connection: Connection, port: int) -> Iterator[tuple[Proxy, Connection]]:
    """The connection with a proxy before its server, which listens on `port`."""
    proxy = Proxy(port)
    extra = {
        name: value.replace(f":{port}", f":{proxy.port}") if isinstance(value, str) else value
        for name, value in connection.extra.items()
    }
    try:
        yield proxy, replace(connection, port=proxy.port if connection.port else None, extra=extra)
    finally:
        proxy.close()
