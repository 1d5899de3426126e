"""ODK Central: answers over its OData service, taken in by the time at which they were sent or last touched.

The identity of an answer is `__id`; `meta.instanceID` is another one after each edit, and only then. Every version that the
server keeps is taken in, with its own moment. Reviews and comments touch `updatedAt` alone, so they make no new version;
restoring a deleted answer touches nothing, so the server's count is compared each time.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from pipelines.archive.shapes import Questions
from pipelines.collect.odk_session import NAME, open_api
from pipelines.collect.odk_xml import read_xml, repeats_in
from pipelines.collect.service import (
    GONE,
    STRANGE_ANSWER,
    Answer,
    Gone,
    Known,
    Pages,
    StrangeError,
    Upload,
    expect,
    moment,
    reconcile,
    sort_out,
)
from pipelines.collect.source import ANSWER_MARK, Entry
from pipelines.ground.connections import Connection
from pipelines.ground.errors import RefusedError

PAGE = 250
ASKED = 20
"""Answers asked for by name at once."""
OVERLAP = timedelta(minutes=5)
"""Read again each time: a server's clock may step back, and answers may be committed out of order."""
RECONCILED = timedelta(hours=24)
"""After this long everything is listed again and compared."""
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger(__name__)


def form_url(project: int, form: str) -> str:
    return f"/v1/projects/{project}/forms/{quote(form, safe='')}"


@dataclass
class State:
    """What one scan leaves for the next."""

    since: datetime | None = None
    whole_at: datetime | None = None
    """When everything was last listed and compared."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Answers that are asked for by name each time, as their files are still coming or they cannot be read, and since when."""

    @classmethod
    def read(cls, cursor: str | None) -> "State":
        """An empty one from a cursor of an earlier program: everything is listed once more."""
        try:
            content = json.loads(cursor or "{}")
            return cls(moment(content["since"]), moment(content["whole_at"]), dict(content["waiting"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def write(self) -> str:
        at = {name: one.isoformat() if one else None for name, one in vars(self).items() if name != "waiting"}
        return json.dumps({**at, "waiting": dict(sorted(self.waiting.items()))})


class OdkForm:
    """One form of a project. The connection's login and password are a web user's. `wait`: how long an answer waits for
    files that were announced and never came, before it is judged without them."""

    def __init__(
        self, connection: Connection, project: int, form: str, wait: timedelta = timedelta(hours=24)
    ) -> None:
        self._api = open_api(connection)
        self._form, self._wait = form_url(project, form), wait
        self.questions: Questions | None = None
        self._now = FIRST
        self._known: Known = {}
        self._version: str | None = None
        self._newest: datetime | None = None
        self._since: datetime | None = None
        self._whole_at: datetime | None = None
        self._waited: dict[str, str] = {}
        """Since when answers have waited, as the last scan left it."""
        self._waiting: dict[str, str] = {}
        self._live: set[str] = set()
        """Answers that this scan saw standing on the server."""
        self._deleted: set[str] = set()

    is_hashed = False

    @property
    def cursor(self) -> str | None:
        newest = self._newest - OVERLAP if self._newest else None
        since = max((at for at in (newest, self._since) if at), default=None)
        # A server whose clock was ahead and was put right must not hide what comes before it is as late there.
        since = min(since, self._now - OVERLAP) if since else None
        return State(since, self._whole_at, self._waiting).write()

    def ask_again(self, answer: str) -> bool:
        self._wait_for(answer)
        return True

    def _wait_for(self, answer: str) -> datetime:
        """Asks for the answer again next time; since when it has been asked for."""
        self._waiting[answer] = self._waited.get(answer, self._now.isoformat())
        return moment(self._waiting[answer]) or self._now

    def pull(self, cursor: str | None, known: Known, now: datetime) -> Iterator[Answer | Gone | Entry]:
        state = State.read(cursor)
        self._known, self._now, self._waited = known, now, state.waiting
        self._since, self._whole_at = state.since, state.whole_at
        is_due = state.since is None or state.whole_at is None or now - state.whole_at >= RECONCILED
        yield from self._touched(None if is_due else state.since)
        if not is_due:
            yield from self._named(sorted(set(state.waiting) - self._live))
        yield from self._gone(None if is_due else state.since)
        if not is_due and self._count() != len(self._standing()):
            log.info("scan: %s 的答卷份数与服务器不符，全部核对一遍", self._form)
            self._live.clear()
            yield from self._touched(None)
            yield from self._gone(None)
            is_due = True
        if is_due:
            # Those that the server says were deleted are withdrawn by now: what is left has no trace there.
            yield from reconcile(self._known, self._live, self._count(), NAME)
            self._whole_at = now
            self.questions = self._asked()

    def _asked(self) -> Questions | None:
        """The form's questions, groups left out; asked for when everything is listed."""
        try:
            listed = self._api.get_json(f"{self._form}/fields", {"odata": "false"})
        except RefusedError:
            return None
        if not isinstance(listed, list):
            return None
        return {
            str(one["path"]).strip("/").replace("/", "."): [str(one["name"])]
            for one in listed
            if one.get("type") not in ("structure", "repeat") and not str(one["path"]).startswith("/meta/")
        }

    def _standing(self) -> set[str]:
        """Answers that the server should count: all that were received or wait, without those that were deleted."""
        kept = {
            answer
            for answer, versions in self._known.items()
            if not versions[-1].startswith(GONE) or versions[-1].startswith(f"{GONE}rejected")
        }
        return (kept | self._live | set(self._waiting)) - self._deleted

    def _count(self) -> int:
        page = self._api.get_json(f"{self._form}.svc/Submissions", {"$top": 0, "$count": "true"})
        return int(expect(page, "@odata.count", int, NAME))

    def _touched(self, since: datetime | None) -> Iterator[Answer | Gone | Entry]:
        """Newest first, page after page."""
        at = since.isoformat() if since else ""
        wanted = f"__system/submissionDate ge {at} or __system/updatedAt ge {at}" if since else None
        yield from self._sort_out(wanted, self._take, is_whole=since is None)

    def _named(self, answers: list[str]) -> Iterator[Answer | Gone | Entry]:
        for start in range(0, len(answers), ASKED):
            asked = " or ".join(f"__id eq '{one}'" for one in answers[start : start + ASKED])
            yield from self._sort_out(asked, self._take)

    def _gone(self, since: datetime | None) -> Iterator[Answer | Gone | Entry]:
        """Deleted answers are hidden unless they are asked for. One that was never received is received first."""
        yield from self._sort_out(f"__system/deletedAt ge {(since or FIRST).isoformat()}", self._take_deleted)

    def _take_deleted(self, row: dict[str, Any]) -> Iterator[Answer | Gone | Entry]:
        system, answer_id = expect(row, "__system", Mapping, NAME), expect(row, "__id", str, NAME)
        self._deleted.add(answer_id)
        self._live.discard(answer_id)
        if answer_id not in self._known and system.get("status") is None:
            yield self._answer(row, system, _instance(row), moment(system.get("submissionDate")))
        yield Gone(answer_id, "deleted", moment(system.get("deletedAt")))

    def _sort_out(
        self,
        wanted: str | None,
        take: Callable[[dict[str, Any]], Iterator[Answer | Gone | Entry]],
        *,
        is_whole: bool = False,
    ) -> Iterator[Answer | Gone | Entry]:
        """What the rows give. One that makes no sense is asked for by its name next time; one without a name fails the
        source, because the next listing may begin behind it."""

        def ask_again(row: dict[str, Any]) -> list[Answer | Gone | Entry]:
            try:
                return list(take(row))
            except STRANGE_ANSWER:
                self._wait_for(row["__id"])
                raise

        rows = (row for row in self._rows(wanted) if expect(row, "__id", str, NAME))
        yield from sort_out(rows, ask_again, "__id", NAME, is_whole=is_whole)

    def _rows(self, wanted: str | None) -> Iterator[dict[str, Any]]:
        params: dict[str, Any] | None = {"$top": PAGE, "$expand": "*"} | (
            {"$filter": wanted} if wanted else {}
        )
        url: str | None = f"{self._form}.svc/Submissions"
        pages = Pages(NAME)
        while url:
            page = self._api.get_json(url, params)
            yield from expect(page, "value", list, NAME)
            url, params = pages.turn(page.get("@odata.nextLink")), None

    def _take(self, row: dict[str, Any]) -> Iterator[Answer | Gone | Entry]:
        system, answer_id = expect(row, "__system", Mapping, NAME), expect(row, "__id", str, NAME)
        self._live.add(answer_id)
        for name in ("submissionDate", "updatedAt"):
            at = moment(system.get(name) or "")
            if at and (self._newest is None or at > self._newest):
                self._newest = at
        if system.get("status") is not None:
            yield self._hold(row, "答卷是加密的，收不了。请在 ODK Central 关闭表单的加密后重新填报")
            return
        is_rejected = system.get("reviewState") == "rejected"
        instance, sent = _instance(row), moment(system.get("submissionDate"))
        if instance != answer_id:
            sent = moment(system.get("updatedAt")) or sent
        for version, at in self._past_versions(row, system):
            if version == instance:
                sent = at
            else:
                yield self._past(row, system, version, at)
        if not (is_rejected and instance in self._known.get(answer_id, ())):
            lacking = self._lacking(row, system)
            if lacking and self._now - self._wait_for(answer_id) < self._wait:
                yield self._hold(
                    row,
                    f"附件还没有传完（{lacking}），等它传完再收；{_hours(self._wait)}后还没有传完的，先按已传的收",
                )
            else:
                yield self._answer(row, system, instance, sent)
        if is_rejected:
            yield Gone(answer_id, "rejected", moment(system.get("updatedAt")))

    def _hold(self, row: Mapping[str, Any], sentence: str) -> Entry:
        answer_id = str(row["__id"])
        self._wait_for(answer_id)
        key = f"{answer_id}@{_instance(row)}"
        return Entry(key, f"{ANSWER_MARK}{answer_id}", 0, 0, _instance(row), fault=sentence)

    def _lacking(self, row: Mapping[str, Any], system: Mapping[str, Any]) -> str:
        """How many files were announced and are not there."""
        lacking = int(system.get("attachmentsExpected") or 0) - int(system.get("attachmentsPresent") or 0)
        return f"还缺 {lacking} 个" if lacking > 0 else ""

    def _past_versions(
        self, row: Mapping[str, Any], system: Mapping[str, Any]
    ) -> list[tuple[str, datetime | None]]:
        """(instance, when it was sent) of an edited answer's versions that were not received yet, oldest first."""
        answer_id = str(row["__id"])
        received = [
            one for one in self._known.get(answer_id, ()) if not one.startswith(GONE) and "~" not in one
        ]
        is_edited = _instance(row) != answer_id or bool(system.get("edits"))
        if not is_edited or (_instance(row) in received and len(received) > int(system.get("edits") or 0)):
            return []
        listed = self._api.get_json(f"{self._form}/submissions/{quote(answer_id, safe='')}/versions")
        found = [
            (str(one.get("instanceId")), moment(one.get("createdAt")))
            for one in (listed if isinstance(listed, list) else [])
        ]
        # One that was edited once more since the row was listed is listed anew, with that version as its own.
        own = next((at for name, at in found if name == _instance(row)), None)
        earlier = ((name, at) for name, at in found if not (own and at and at > own))
        return sorted((one for one in earlier if one[0] not in received), key=lambda one: one[1] or FIRST)

    def _past(
        self, row: Mapping[str, Any], system: Mapping[str, Any], version: str, at: datetime | None
    ) -> Answer | Entry:
        """A version that another one replaced; where the server does not give it, it waits alone, and not the present one."""
        answer_id = str(row["__id"])
        url = f"{self._form}/submissions/{quote(answer_id, safe='')}/versions/{quote(version, safe='')}.xml"
        try:
            record = read_xml(self._api.get_whole(url), repeats_in(row))
        except (RefusedError, StrangeError) as error:
            self._wait_for(answer_id)
            fault = f"答卷以前的一版没有收（{error}）。现在的一版不受影响，下一轮再取"
            return Entry(f"{answer_id}@{version}", f"{ANSWER_MARK}{answer_id}", 0, 0, version, fault=fault)
        return Answer(answer_id, version, at, _with_system(record, answer_id, system), is_past=True)

    def _answer(
        self, row: dict[str, Any], system: Mapping[str, Any], instance: str, at: datetime | None
    ) -> Answer:
        answer_id = str(row["__id"])
        url = f"{self._form}/submissions/{quote(answer_id, safe='')}"
        record: Mapping[str, Any] = {name: value for name, value in row.items() if name != "__system"}
        is_new = instance not in self._known.get(answer_id, ())
        is_there = not system.get("deletedAt")
        if is_new and is_there and self._is_of_old_form(system):
            record = read_xml(self._api.get_whole(f"{url}.xml"), repeats_in(row))
        uploads = self._uploads(url) if system.get("attachmentsPresent") and is_there else ()
        return Answer(answer_id, instance, at, _with_system(record, answer_id, system), uploads=uploads)

    def _is_of_old_form(self, system: Mapping[str, Any]) -> bool:
        """Whether it answers the questions of a version of the form that is no longer the newest."""
        given = system.get("formVersion")
        if given is None:
            return False
        if self._version is None:
            self._version = str(self._api.get_json(self._form).get("version") or "")
        return str(given) != self._version

    def _uploads(self, url: str) -> tuple[Upload, ...]:
        listed = self._api.get_json(f"{url}/attachments")
        return tuple(
            Upload(
                one["name"],
                partial(
                    self._api.get_bytes, f"{url}/attachments/{quote(one['name'], safe='')}", is_hashed=True
                ),
            )
            for one in (listed if isinstance(listed, list) else [])
            if one.get("exists")
        )


def _instance(row: Mapping[str, Any]) -> str:
    return str((row.get("meta") or {}).get("instanceID") or row["__id"])


def _with_system(record: Mapping[str, Any], answer_id: str, system: Mapping[str, Any]) -> dict[str, Any]:
    """What is archived: whose phone it was is evidence; what changes though nobody changed the answer is left out."""
    about = {name: system.get(name) for name in ("submissionDate", "submitterName", "formVersion")}
    return {**record, "__id": answer_id, "__system": about}


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} 小时"
