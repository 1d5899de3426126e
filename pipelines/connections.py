"""Where a server is and how to log in there: Airflow's connections, from the environment, without importing Airflow.

A connection `x` is read from AIRFLOW_CONN_X, as JSON or as a URI, just as Airflow itself reads it. Inside Airflow the
DAGs pass a `Connect` of their own, which asks Airflow and so knows those kept in its database or a secrets backend too.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.errors import NoticesError


class MissingConnectionError(NoticesError):
    """No connection of this name is configured."""


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


Connect = Callable[[str], Connection]
"""From a connection's id to the connection. Raises MissingConnectionError."""


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
    extra = given.get("extra") or {}
    return Connection(
        id=connection_id,
        scheme=given.get("conn_type") or "",
        host=given.get("host") or "",
        port=int(given["port"]) if given.get("port") else None,
        login=given.get("login") or "",
        password=given.get("password") or "",
        schema=given.get("schema") or "",
        extra=json.loads(extra) if isinstance(extra, str) else dict(extra),
    )


def _from_uri(connection_id: str, value: str) -> Connection:
    parts = urlsplit(value)
    if not parts.scheme:
        raise ValueError
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    extra = json.loads(given["__extra__"]) if "__extra__" in given else given
    return Connection(
        id=connection_id,
        scheme=parts.scheme,
        host=unquote(parts.hostname or ""),
        port=parts.port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path.lstrip("/")),
        extra=extra,
    )
