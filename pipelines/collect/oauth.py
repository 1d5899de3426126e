"""OAuth2 for mail (XOAUTH2): a connection that says `auth_type: oauth2` logs in with a token instead of a password.

The token is asked for anew for each session, from the address that the connection's extra names; it is never written down.
"""

from typing import Any

import httpx

from pipelines.collect.http import trusted
from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import SourceError

TIMEOUT = 30
NEEDED = ("token_url", "client_id")


def uses_oauth(connection: Connection) -> bool:
    return str(connection.extra.get("auth_type") or "").lower() == "oauth2"


def missing_extras(connection: Connection) -> list[str]:
    return [name for name in NEEDED if not connection.extra.get(name)]


def access_token(connection: Connection) -> str:
    """A token that is good now: by `refresh_token` where there is one, else as the application itself. Raises SourceError,
    whose sentence holds no secret."""
    extra = connection.extra
    if missing := missing_extras(connection):
        raise SourceError(f"连接 {connection.id} 的 auth_type 是 oauth2，extra 里还要写 {'、'.join(missing)}")
    url = httpx.URL(str(extra["token_url"]))
    require_encryption(connection, url.host, url.scheme == "https")
    asked: dict[str, Any] = {
        name: extra[name] for name in ("client_id", "client_secret", "scope") if extra.get(name)
    }
    if refresh := extra.get("refresh_token"):
        asked |= {"grant_type": "refresh_token", "refresh_token": refresh}
    else:
        asked |= {"grant_type": "client_credentials"}
    try:
        response = httpx.post(url, data=asked, timeout=TIMEOUT, verify=trusted(connection))
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise SourceError(
            f"连接 {connection.id}（{url.host}）：换不到令牌（{type(error).__name__}）"
        ) from None
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not response.is_success or not token:
        said = str(answer.get("error") or "")[:60] if isinstance(answer, dict) else ""
        raise SourceError(
            f"连接 {connection.id}（{url.host}）：换不到令牌（HTTP {response.status_code} {said}）。"
            "请核对 client_id、client_secret、refresh_token 是否还有效"
        )
    return str(token)


def sasl(connection: Connection, token: str) -> str:
    """What XOAUTH2 sends, before it is coded."""
    return f"user={connection.login}\x01auth=Bearer {token}\x01\x01"
