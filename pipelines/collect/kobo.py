"""KoboToolbox v2: all answers of an asset, page after page, since a row does not say when it was last touched."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipelines.collect.forms import Answer, Upload, expect, moment
from pipelines.collect.http import Api, token
from pipelines.ground.connections import Connection

PAGE = 1000
NAME = "KoboToolbox"
VOLATILE = ("_validation_status", "_attachments", "_status")
"""What changes though nobody changed the answer."""


class KoboAsset:
    """One asset. The connection's password is the account's API key."""

    cursor: str | None = None

    def __init__(self, connection: Connection, asset: str) -> None:
        self._api = Api(connection, token(connection, "Token"))
        self._data = f"/api/v2/assets/{asset}/data/"

    def pull(self, cursor: str | None) -> Iterator[Answer]:
        """In the order of arrival; a page that moves meanwhile shows an answer twice, never not at all."""
        url: str | None = self._data
        params: dict[str, Any] | None = {"format": "json", "limit": PAGE, "start": 0, "sort": '{"_id":1}'}
        while url:
            page = self._api.get_json(url, params)
            for row in expect(page, "results", list, NAME):
                yield self._answer(row)
            url, params = page.get("next"), None

    def _answer(self, row: dict[str, Any]) -> Answer:
        record = {name: value for name, value in row.items() if name not in VOLATILE}
        given = json.dumps(record, sort_keys=True, ensure_ascii=False).encode()
        answer_id = str(
            row.get("meta/rootUuid") or row.get("meta/instanceID") or expect(row, "_id", int, NAME)
        )
        uploads = tuple(
            Upload(
                str(one.get("media_file_basename") or one["filename"].rpartition("/")[2]),
                lambda url=one["download_url"]: self._api.get_bytes(url),  # type: ignore[misc]
            )
            for one in row.get("_attachments") or []
            if not one.get("is_deleted")
        )
        version = hashlib.sha256(given).hexdigest()[:16]
        return Answer(answer_id.removeprefix("uuid:"), version, self._arrived(row), record, uploads=uploads)

    @staticmethod
    def _arrived(row: dict[str, Any]) -> datetime | None:
        """An edit keeps the submission time of the first version: when it was made nobody says."""
        root, own = row.get("meta/rootUuid"), row.get("meta/instanceID")
        is_edit = bool(row.get("meta/deprecatedID")) or bool(root and own and root != own)
        return None if is_edit else moment(row.get("_submission_time"))
