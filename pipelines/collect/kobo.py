"""KoboToolbox v2: all answers of an asset, page after page, since a row does not say when it was last touched."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipelines.archive.shapes import Questions
from pipelines.collect.http import Api, token
from pipelines.collect.service import (
    GONE,
    Answer,
    Gone,
    Known,
    Pages,
    Upload,
    expect,
    from_seconds,
    moment,
    reconcile,
    sort_out,
)
from pipelines.collect.source import ANSWER_MARK, Entry
from pipelines.ground.connections import Connection
from pipelines.ground.errors import RefusedError

PAGE = 1000
NAME = "KoboToolbox"
VOLATILE = ("_validation_status", "_attachments", "_status", "_tags", "_notes")
"""What changes though nobody changed the answer."""
REFUSED = "validation_status_not_approved"
_FILE = re.compile(
    r"[\w.-]+\.(?:jpe?g|png|gif|webp|mp4|3gp|mov|m4a|mp3|amr|wav|pdf|docx?|xlsx?|zip)", re.I | re.A
)
"""What a question that asks for a file is answered with: names that phones and browsers make."""


class KoboAsset:
    """One asset. The connection's password is the account's API key, its login the account's name.

    `wait`: how long an answer waits for files that never come. `is_told`: whether verdicts are written back, so that a
    status counts as a person's only where it names somebody else.
    """

    cursor: str | None = None
    is_hashed = True

    def __init__(
        self,
        connection: Connection,
        asset: str,
        wait: timedelta = timedelta(hours=24),
        *,
        is_told: bool = False,
    ) -> None:
        self._api = Api(connection, token(connection, "Token"))
        self._asset = f"/api/v2/assets/{asset}/"
        self._data = f"{self._asset}data/"
        self.questions: Questions | None = None
        self._wait, self._is_told, self._login = wait, is_told, connection.login
        self._total = 0
        self._totals: set[int] = set()
        """How many answers the pages of one listing said there were."""

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Gone | Entry]:
        """In the order of arrival; a page that moves meanwhile shows an answer twice. What is not shown is looked for once
        more: a row that was deleted meanwhile moves another one over the edge of a page."""
        self.questions = self._asked()
        live: set[str] = set()

        def take(row: dict[str, Any]) -> Iterator[Answer | Gone | Entry]:
            live.add(_name(row))
            yield from self._take(row, known, now)

        yield from sort_out(self._rows(), take, "_id", NAME)
        if len(self._totals) > 1:
            # One that was never seen may have slipped from a page that was to come to one that was read.
            yield from sort_out(self._rows(), take, "_id", NAME)
        standing = {one for one, versions in known.items() if not versions[-1].startswith(GONE)}
        if standing - live:
            names = sort_out(self._rows(), lambda row: [_name(row)], "_id", NAME)
            again = {one for one in names if isinstance(one, str)}
            live = live | again if len(again) == self._total else again
        yield from reconcile(known, live, max(self._total, len(live)), NAME)

    def _asked(self) -> Questions | None:
        """The form's questions by name; None where the account may see answers only."""
        try:
            asset = self._api.get_json(self._asset, {"format": "json"})
        except RefusedError:
            return None
        content = asset.get("content") if isinstance(asset, Mapping) else None
        if not isinstance(content, Mapping):
            return None
        choices: dict[str, list[str]] = {}
        for one in content.get("choices") or []:
            choices.setdefault(str(one.get("list_name")), []).append(_label(one))
        asked = {}
        for one in content.get("survey") or []:
            name, kind = one.get("name") or one.get("$autoname"), str(one.get("type"))
            if name and not kind.startswith(("begin", "end")):
                listed = str(one.get("select_from_list_name") or kind.partition(" ")[2])
                asked[str(name)] = [_label(one), *choices.get(listed, [])]
        return asked

    def _rows(self) -> Iterator[dict[str, Any]]:
        url: str | None = self._data
        params: dict[str, Any] | None = {"format": "json", "limit": PAGE, "start": 0, "sort": '{"_id":1}'}
        pages = Pages(NAME)
        self._totals = set()
        while url:
            page = self._api.get_json(url, params)
            self._total = int(page.get("count") or 0)
            self._totals.add(self._total)
            yield from expect(page, "results", list, NAME)
            url, params = pages.turn(page.get("next")), None

    def _take(self, row: dict[str, Any], known: Known, now: datetime) -> Iterator[Answer | Gone | Entry]:
        answer = self._answer(row)
        refused_at = self._refused_at(row)
        sent = moment(row.get("_submission_time")) or now
        lacking = _lacking(row)
        if lacking and now - sent < self._wait:
            hours = f"{self._wait.total_seconds() / 3600:g} 小时"
            sentence = (
                f"附件还没有传完（还缺 {lacking} 个），等它传完再收；{hours}后还没有传完的，先按已传的收"
            )
            key = f"{answer.id}@{answer.version}"
            yield Entry(key, f"{ANSWER_MARK}{answer.id}", 0, 0, answer.version, fault=sentence)
        elif not (refused_at and answer.version in known.get(answer.id, ())):
            # One that was received before, and of which only the form is another, is not received again to be withdrawn.
            yield replace(answer, is_past=refused_at is not None)
        if refused_at:
            yield Gone(answer.id, "rejected", refused_at)

    def _refused_at(self, row: dict[str, Any]) -> datetime | None:
        """When a person said that the answer does not count; None where nobody did, or it was us."""
        status = row.get("_validation_status") or {}
        if status.get("uid") != REFUSED:
            return None
        by = str(status.get("by_whom") or "")
        if self._is_told and not (self._login and by and by != self._login):
            return None
        return from_seconds(int(status.get("timestamp") or 0))

    def _answer(self, row: dict[str, Any]) -> Answer:
        record = {name: value for name, value in row.items() if name not in VOLATILE}
        given = json.dumps(record, sort_keys=True, ensure_ascii=False).encode()
        uploads = tuple(
            Upload(
                _file_name(one),
                lambda url=one["download_url"]: self._api.get_bytes(url),  # type: ignore[misc]
            )
            for one in row.get("_attachments") or []
            if not one.get("is_deleted")
        )
        version = hashlib.sha256(given).hexdigest()[:16]
        return Answer(_name(row), version, self._arrived(row), record, uploads=uploads)

    @staticmethod
    def _arrived(row: dict[str, Any]) -> datetime | None:
        """An edit keeps the submission time of the first version: when it was made nobody says."""
        root, own = row.get("meta/rootUuid"), row.get("meta/instanceID")
        is_edit = bool(row.get("meta/deprecatedID")) or bool(root and own and root != own)
        return None if is_edit else moment(row.get("_submission_time"))


def _label(about: Mapping[str, Any]) -> str:
    """What people see, in the form's first language; else its name."""
    label = about.get("label")
    first = next((one for one in label if one), None) if isinstance(label, list) else label
    return str(first or about.get("name") or about.get("$autoname") or "")


def _name(row: dict[str, Any]) -> str:
    named = row.get("meta/rootUuid") or row.get("meta/instanceID") or expect(row, "_id", int, NAME)
    return str(named).removeprefix("uuid:")


def _file_name(attachment: dict[str, Any]) -> str:
    return str(attachment.get("media_file_basename") or attachment["filename"].rpartition("/")[2])


def _lacking(row: dict[str, Any]) -> int:
    """How many files an answer names that have not come."""
    named = {value for value in _values(row) if _FILE.fullmatch(value)}
    return len(named - {_file_name(one) for one in row.get("_attachments") or []})


def _values(content: Any) -> Iterator[str]:
    """What was answered; the service's own fields begin with an underscore."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for one in content:
            yield from _values(one)
    elif isinstance(content, dict):
        for name, value in content.items():
            if not name.startswith("_"):
                yield from _values(value)
