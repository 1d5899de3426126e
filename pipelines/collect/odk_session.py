"""ODK Central's sessions: several sources with one server and one account log in once, as long as this process lives."""

from collections.abc import Mapping

import httpx

from pipelines.collect.http import Api, base_url
from pipelines.collect.service import expect
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError

NAME = "ODK Central"
_OPEN: dict[tuple[str, str, str], Mapping[str, str]] = {}
"""(server, login, password) -> the headers of the session that was opened last."""


def open_api(connection: Connection) -> Api:
    """The server, with a session that is opened when it is first needed, and again when it has expired."""
    key = (base_url(connection), connection.login, connection.password)
    given: Mapping[str, str] | None = None

    def login(client: httpx.Client) -> Mapping[str, str]:
        # Asked again, the session that was given is no longer good; another source may have opened a new one since.
        nonlocal given
        if key not in _OPEN or _OPEN[key] is given:
            _OPEN.pop(key, None)
            _OPEN[key] = _log_in(connection, client)
        given = _OPEN[key]
        return given

    return Api(connection, login)


def _log_in(connection: Connection, client: httpx.Client) -> Mapping[str, str]:
    response = client.post(
        f"{base_url(connection)}/v1/sessions",
        json={"email": connection.login, "password": connection.password},
    )
    if response.status_code in (400, 401, 403):
        raise SourceError(
            f"连接 {connection.id}（{connection.host}）：{NAME} 不接受这个账号或密码（HTTP {response.status_code}）"
        )
    response.raise_for_status()
    return {"Authorization": f"Bearer {expect(response.json(), 'token', str, NAME)}"}
