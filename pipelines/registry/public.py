"""Connects to public addresses only: a unit's link must never reach this machine or a network behind it.

A name is resolved once a connection; every address it has must be public, and the connection goes to one of those that
were checked, so that no second answer of a name server can lead it elsewhere.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[Address]]
"""From a host and a port to its addresses. Raises OSError where it has none."""
_NAT64 = IPv6Network("64:ff9b::/96")


class NotPublicError(httpcore.ConnectError):
    """The host has an address that is not public."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public Internet, also seen through the addresses that hold another one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo or (inner and not is_public(inner)):
            return False
        if inner:
            return True
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a host, each once. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(one) for one in dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)]


class PublicBackend(httpcore.SyncBackend):
    """httpcore's own sockets, opened only to addresses that may be visited, and for so long only."""

    def __init__(
        self,
        ends: float,
        resolve: Resolve = resolve,
        may_visit: Callable[[Address], bool] = is_public,
    ) -> None:
        """`ends` is when (time.monotonic) all reading and writing is over, however slowly a server drips."""
        super().__init__()
        self._ends, self._resolve, self._may_visit = ends, resolve, may_visit

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """TLS, where there is any, still checks the certificate against the host's name: httpcore passes that on."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("unknown host") from error
        if not addresses or not all(map(self._may_visit, addresses)):
            raise NotPublicError("not public")
        stream = super().connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)
        return _EndingStream(stream, self._ends)


class _EndingStream(httpcore.NetworkStream):
    """A stream that times out at a moment, whatever the single steps may take."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def _left(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise error("the whole visit took too long")
        return min(left, timeout) if timeout else left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _EndingStream(self._stream.start_tls(ssl_context, server_hostname, left), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()
