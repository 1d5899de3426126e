"""Any service that gives records as JSON over HTTP, by a mapping: where the list is, and what tells one from the next."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Literal

from pipelines.archive.shapes import Questions
from pipelines.collect.http import Api, Login, basic, token
from pipelines.collect.record_paths import find, names_in
from pipelines.collect.service import Answer, Known, Pages, StrangeError, from_seconds, sort_out
from pipelines.collect.source import Entry
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError

NAME = "表单服务"
MOST_IDLE = 2
"""Pages in a row that may hold nothing new."""


class JsonRecords:
    """One address. Its pages follow a link in the answer (`next_at`), or a number that counts up (`page_parameter`)."""

    cursor: str | None = None
    is_hashed = True
    OPTIONS = (
        "url",
        "records_at",
        "id_at",
        "submitted_at",
        "updated_at",
        "next_at",
        "page_parameter",
        "auth",
    )

    def __init__(
        self,
        connection: Connection,
        zone: tzinfo,
        *,
        url: str,
        records_at: str,
        id_at: str,
        submitted_at: str | None,
        updated_at: str | None,
        next_at: str | None,
        page_parameter: str | None,
        auth: Literal["none", "basic", "bearer", "token"],
    ) -> None:
        logins: dict[str, Login] = {
            "none": lambda client: {},
            "basic": basic(connection),
            "bearer": token(connection, "Bearer"),
            "token": token(connection, "Token"),
        }
        self._api, self._zone = Api(connection, logins[auth]), zone
        self._url, self._records_at, self._id_at = url, records_at, id_at
        self._submitted_at, self._updated_at = submitted_at, updated_at
        self._next_at, self._page_parameter = next_at, page_parameter
        self.questions: Questions | None = None

    def ask_again(self, answer: str) -> bool:
        return True

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Entry]:
        """All records that the service gives; it may give recent ones only, so none is ever taken for deleted."""
        answers: list[Answer | Entry] = []
        trouble: SourceError | None = None
        try:
            for one in sort_out(
                self._records(), lambda record: [self._answer(record, known)], self._id_at, NAME
            ):
                answers.append(one)
        except SourceError as error:
            trouble = error
        else:
            names = {name for one in answers if isinstance(one, Answer) for name in names_in(one.record)}
            self.questions = {name: [name] for name in sorted(names)}
        yield from answers
        if trouble:
            raise trouble

    def _records(self) -> Iterator[Any]:
        """Page after page."""
        url, number, seen, pages, idle = self._url, 1, set[str](), Pages(NAME), 0
        while url:
            page = self._api.get_json(url, {self._page_parameter: number} if self._page_parameter else None)
            records = find(page, self._records_at) if isinstance(page, Mapping) and self._records_at else page
            if not isinstance(records, list):
                raise SourceError(f"{NAME}的回答里“{self._records_at}”不是列表，接口可能变了。已收的不受影响")
            before = len(seen)
            seen |= {self._called(record) for record in records}
            yield from records
            number += 1
            following = pages.turn(
                find(page, self._next_at) if self._next_at and isinstance(page, Mapping) else None
            )
            idle = 0 if len(seen) > before else idle + 1
            # Answers that came meanwhile push those of one page to the next; a service that ignores the page number gives the
            # first page for ever.
            goes_on = self._page_parameter and records and idle < MOST_IDLE
            url = following if following else (url if goes_on else "")

    def _called(self, record: Any) -> str:
        """What tells a record from the others of its page, whether or not it is one."""
        named = find(record, self._id_at) if isinstance(record, Mapping) else None
        return json.dumps(named or record, sort_keys=True)

    def _answer(self, record: dict[str, Any], known: Known) -> Answer:
        answer_id = find(record, self._id_at)
        if answer_id in (None, ""):
            raise StrangeError(f"{NAME}的记录里没有“{self._id_at}”（id_at），认不出是哪一份答卷")
        given = json.dumps(record, sort_keys=True, ensure_ascii=False).encode()
        version = hashlib.sha256(given).hexdigest()[:16]
        is_edit = bool(known.get(str(answer_id))) and version not in known[str(answer_id)]
        return Answer(str(answer_id), version, self._arrived(record, is_edit=is_edit), record)

    def _arrived(self, record: dict[str, Any], *, is_edit: bool) -> datetime | None:
        """A time without a zone is in the notice's. An edit came after the first version did: where the service does not say
        when, nobody does."""
        for path in (self._updated_at, None if is_edit else self._submitted_at):
            value = find(record, path) if path else None
            if isinstance(value, int | float):
                return from_seconds(value / (1000 if value > 1e11 else 1))
            try:
                found = datetime.fromisoformat(str(value).replace("/", "-"))
            except ValueError:
                continue
            return found if found.tzinfo else found.replace(tzinfo=self._zone)
        return None
