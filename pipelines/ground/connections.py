"""Where a server is and how to log in there: Airflow's connections, from the environment, without importing Airflow.

A connection `x` is read from AIRFLOW_CONN_X, as JSON or as a URI, just as Airflow itself reads it. Inside Airflow the
DAGs pass a `Connect` of their own, which asks Airflow and so knows those kept in its database or a secrets backend too.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.ground.errors import NoticesError


class MissingConnectionError(NoticesError):
    """No connection of this name is configured."""


class UnsafeConnectionError(MissingConnectionError):
    """A connection as it is written would send its password for everybody on the way to read."""


@dataclass(frozen=True)
class Connection:
    """One server. What is secret never shows in a log: neither password nor `extra` is part of its repr."""

    id: str
    scheme: str = ""
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    schema: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def flag(self, name: str) -> bool:
        """An extra that is on or off: a URI can only say it as text, where "false" and "0" are off."""
        value = self.extra.get(name, False)
        return (
            value.strip().lower() not in ("", "0", "false", "no") if isinstance(value, str) else bool(value)
        )


Connect = Callable[[str], Connection]
"""From a connection's id to the connection. Raises MissingConnectionError."""


def is_configured(connection_id: str) -> bool:
    """Whether the environment describes this connection at all; an empty value is none."""
    return bool(os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}", "").strip())


IN_CLEAR = "allow_cleartext_password"
"""The extra by which a connection says in words that its password may travel unencrypted."""


def require_encryption(connection: Connection, host: str, is_encrypted: bool) -> None:
    """Raises UnsafeConnectionError where a password would leave this machine unencrypted and nobody said that it may."""
    is_secret = bool(connection.password)
    if is_encrypted or not is_secret or is_loopback(host) or connection.flag(IN_CLEAR):
        return
    raise UnsafeConnectionError(
        f"连接 {connection.id}（{host}）没有加密，密码会明文走网络，已停止连接。请改用加密的地址或端口（https、SSL、STARTTLS）；"
        f"确知可以明文的，在连接的 extra 里写 {IN_CLEAR}: true"
    )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def from_airflow(connection_id: str, found: Any) -> Connection:
    """What Airflow's own BaseHook.get_connection found, for a task to hand over."""
    return Connection(
        id=connection_id,
        scheme=found.conn_type or "",
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        schema=found.schema or "",
        extra=found.extra_dejson,
    )


def from_environment(connection_id: str) -> Connection:
    """The connection that AIRFLOW_CONN_<ID> describes. Raises MissingConnectionError where it is not set or no sense."""
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    value = os.environ.get(variable, "").strip()
    if not value:
        raise MissingConnectionError(
            f"没有配置连接 {connection_id}。请在 Airflow 页面“管理 → 连接”里新建，或设置环境变量 {variable}"
        )
    try:
        return _from_json(connection_id, value) if value.startswith("{") else _from_uri(connection_id, value)
    except (ValueError, TypeError, AttributeError):
        # The value holds a password: it must not be quoted, nor kept as the error's cause.
        raise MissingConnectionError(f"环境变量 {variable} 不是有效的连接：应为 JSON 或 URI 写法") from None


def _from_json(connection_id: str, value: str) -> Connection:
    given = json.loads(value)
    return Connection(
        id=connection_id,
        scheme=given.get("conn_type") or "",
        host=given.get("host") or "",
        port=int(given["port"]) if given.get("port") else None,
        login=given.get("login") or "",
        password=given.get("password") or "",
        schema=given.get("schema") or "",
        extra=_read_extra(given.get("extra") or {}),
    )


def _from_uri(connection_id: str, value: str) -> Connection:
    """As Airflow reads it: every part percent-encoded, extras as the query or whole under `__extra__`."""
    scheme, mark, rest = value.partition("://")
    if not scheme or not mark:
        raise ValueError
    inner, mark, place = rest.partition("://")
    # type://https://host: the service's own scheme belongs to its host.
    is_inner = bool(mark) and "@" not in inner and "/" not in inner
    parts = urlsplit(f"//{place if is_inner else rest}")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = unquote(parts.hostname or "")
    return Connection(
        id=connection_id,
        scheme=scheme,
        host=f"{inner}://{host}" if is_inner else host,
        port=parts.port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path[1:]),
        extra=_read_extra(given.get("__extra__", given)),
    )


def _read_extra(given: Any) -> Mapping[str, Any]:
    found = json.loads(given) if isinstance(given, str) else given
    if not isinstance(found, dict):
        raise ValueError
    return found
