"""ODK Central: answers over its OData service, taken in by the time at which they were sent or last touched.

The identity of an answer is `__id`; `meta.instanceID` is another one after each edit, and only then. Reviews and comments
touch `updatedAt` alone, so they make no new version.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from pipelines.collect.forms import Answer, Upload, expect, moment
from pipelines.collect.http import Api, base_url
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError

PAGE = 250
OVERLAP = timedelta(minutes=5)
"""Read again each time: a server's clock may step back, and answers may be committed out of order."""
NAME = "ODK Central"
log = logging.getLogger(__name__)


def open_api(connection: Connection) -> Api:
    """The server, with a session that is opened when it is first needed, and again when it has expired."""

    def login(client: httpx.Client) -> Mapping[str, str]:
        response = client.post(
            f"{base_url(connection)}/v1/sessions",
            json={"email": connection.login, "password": connection.password},
        )
        if response.status_code in (400, 401, 403):
            raise SourceError(f"连接 {connection.id}（{connection.host}）：{NAME} 不接受这个账号或密码")
        response.raise_for_status()
        return {"Authorization": f"Bearer {expect(response.json(), 'token', str, NAME)}"}

    return Api(connection, login)


def form_url(project: int, form: str) -> str:
    return f"/v1/projects/{project}/forms/{quote(form, safe='')}"


class OdkForm:
    """One form of a project. The connection's login and password are a web user's."""

    def __init__(self, connection: Connection, project: int, form: str) -> None:
        self.cursor: str | None = None
        self._api = open_api(connection)
        self._form = form_url(project, form)

    def pull(self, cursor: str | None) -> Iterator[Answer]:
        """Newest first, page after page. Answers whose files are still coming are left for the next time."""
        newest = since = moment(cursor) if cursor else None
        unfinished: list[datetime] = []
        for row in self._rows(since):
            system = expect(row, "__system", Mapping, NAME)
            touched = [
                at for name in ("submissionDate", "updatedAt") if (at := moment(system.get(name) or ""))
            ]
            if touched and (newest is None or max(touched) > newest):
                newest = max(touched)
            if system.get("status") is not None:
                log.warning("scan: %s 的答卷 %s 是加密的，收不了", self._form, row.get("__id"))
                continue
            if (system.get("attachmentsPresent") or 0) < (system.get("attachmentsExpected") or 0):
                unfinished += touched
                continue
            yield self._answer(row, system)
        behind = min([*unfinished, newest]) if newest else None
        self.cursor = (behind - OVERLAP).isoformat() if behind and newest else cursor

    def _rows(self, since: datetime | None) -> Iterator[dict[str, Any]]:
        params: dict[str, Any] | None = {"$top": PAGE, "$expand": "*"}
        if since:
            at = since.isoformat()
            assert params is not None
            params["$filter"] = f"__system/submissionDate ge {at} or __system/updatedAt ge {at}"
        url: str | None = f"{self._form}.svc/Submissions"
        while url:
            page = self._api.get_json(url, params)
            yield from expect(page, "value", list, NAME)
            url, params = page.get("@odata.nextLink"), None

    def _answer(self, row: dict[str, Any], system: Mapping[str, Any]) -> Answer:
        answer_id = expect(row, "__id", str, NAME)
        instance = str((row.get("meta") or {}).get("instanceID") or answer_id)
        arrived = moment(system.get("submissionDate"))
        if instance != answer_id:
            arrived = self._edited_at(answer_id, instance) or moment(system.get("updatedAt")) or arrived
        record = {name: value for name, value in row.items() if name != "__system"}
        record["__system"] = {
            name: system.get(name) for name in ("submissionDate", "submitterName", "formVersion")
        }
        uploads = self._uploads(answer_id) if system.get("attachmentsPresent") else ()
        return Answer(answer_id, instance, arrived, record, uploads=uploads)

    def _edited_at(self, answer_id: str, instance: str) -> datetime | None:
        """When this version was sent: `updatedAt` moves with every review as well."""
        versions = self._api.get_json(f"{self._form}/submissions/{quote(answer_id, safe='')}/versions")
        for version in versions if isinstance(versions, list) else []:
            if version.get("instanceId") == instance:
                return moment(version.get("createdAt"))
        return None

    def _uploads(self, answer_id: str) -> tuple[Upload, ...]:
        url = f"{self._form}/submissions/{quote(answer_id, safe='')}/attachments"
        listed = self._api.get_json(url)
        return tuple(
            Upload(one["name"], lambda name=one["name"]: self._api.get_bytes(f"{url}/{quote(name, safe='')}"))  # type: ignore[misc]
            for one in (listed if isinstance(listed, list) else [])
            if one.get("exists")
        )
