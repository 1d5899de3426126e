"""Stand-ins for form services on the loopback that page, filter, edit and refuse as the real ones were seen to do."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from pipelines.ground.connections import Connection

LOGIN, PASSWORD = "clerk@example.org", "only-for-tests"


@dataclass
class Service:
    """What a stand-in holds, what it was asked, and the faults that its next answers have."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    page: int = 2
    logins: int = 0
    version: str | None = None
    """The form's newest version (ODK)."""
    asks: Any = None
    """What the form's own description says that it asks: KoboToolbox's content, ODK's list of fields."""
    questions: frozenset[str] | None = None
    """What the newest version asks: OData shows nothing else of an answer (ODK). None: all there is."""
    retry_after: str = "0"
    after: list[Callable[[], Any]] = field(default_factory=list)
    """What happens on the service after each of its next pages."""
    hidden: int = 0
    """Answers that it counts and does not show."""
    damaged: set[str] = field(default_factory=set)
    """Files whose bytes are others than those that their checksum is of (ODK)."""
    elsewhere: str = ""
    """The server on which it keeps files itself (ODK)."""
    forgotten: set[str] = field(default_factory=set)
    """Versions of answers that it lists and does not give (ODK)."""


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


class _Handler(BaseHTTPRequestHandler):
    service: Service
    respond: Callable[[Service, "_Handler"], Answer]

    def log_message(self, *_: object) -> None:
        pass

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.service.asked.append(f"{self.command} {unquote(self.path)}")
        fault = self.service.faults.pop(0) if self.service.faults else ""
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "busy":
            self._send(429, {}, {"Retry-After": self.service.retry_after})
            return
        if fault in ("500", "503"):
            self._send(int(fault), {})
            return
        if fault == "expired":
            self.service.sessions.clear()
        status, content, *headers = type(self).respond(self.service, self)
        if fault == "short":
            content = _shortened(content)
        if fault == "login page":
            content = b"<html>please log in</html>"
        if fault == "schema":
            content = {"renamed": []}
        self._send(status, content, headers[0] if headers else {}, cut=fault == "cut")

    do_GET = do_POST = do_PATCH = _handle

    def _send(
        self, status: int, content: Any, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True


def _shortened(page: dict[str, Any]) -> dict[str, Any]:
    """A page that says that it is the last one, and holds one row less."""
    rows = {name: value[:-1] for name, value in page.items() if name in ("value", "results", "data")}
    return page | rows | {"next": None, "@odata.nextLink": None}


@contextmanager
def serve(service: Service, respond: Callable[[Service, _Handler], Answer]) -> Iterator[Connection]:
    handler = type("Handler", (_Handler,), {"service": service, "respond": staticmethod(respond)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield Connection("test_form", "http", "127.0.0.1", int(port), LOGIN, PASSWORD)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(120)


def odk(service: Service, request: _Handler) -> Answer:
    """ODK Central: newest first, `@odata.nextLink` with a skip token, filters on dates of `__system` only."""
    url = urlsplit(request.path)
    if url.path == "/v1/sessions":
        service.logins += 1
        if json.loads(request.body) != {"email": LOGIN, "password": PASSWORD}:
            return 401, {"code": 401.2, "message": "no"}
        service.sessions.add(f"t{len(service.asked)}")
        return 200, {"token": f"t{len(service.asked)}"}
    if request.headers.get("Authorization", "").removeprefix("Bearer ") not in service.sessions:
        return 401, {"code": 401.2, "message": "no"}
    asked = parse_qs(url.query)
    if url.path.endswith(".svc/Submissions"):
        return _table(service, url.path, asked)
    if url.path.endswith("/fields"):
        return (200, service.asks) if service.asks is not None else (404, {"code": 404.1})
    if "/submissions/" not in url.path:
        return 200, {"xmlFormId": "week form", "version": service.version or ""}
    answer = unquote(url.path.split("/submissions/")[1].split("/")[0]).removesuffix(".xml")
    row = next((row for row in service.rows if row["__id"] == answer), None)
    if row is None or row["__system"].get("deletedAt"):
        return 404, {"code": 404.1, "message": "Could not find the resource you were looking for."}
    return _submission(service, request, row, url.path)


def _table(service: Service, path: str, asked: dict[str, list[str]]) -> Answer:
    """The rows of a form: without a filter on `deletedAt` those that were not deleted, newest first."""
    wanted = asked.get("$filter", [""])[0]
    rows = sorted(service.rows, key=_place, reverse=True)
    rows = [row for row in rows if bool(row["__system"].get("deletedAt")) == ("deletedAt" in wanted)]
    if wanted:
        limits = re.findall(r"__system/(\w+) ge (\S+)", wanted)
        named = re.findall(r"__id eq '([^']+)'", wanted)
        if len(limits) + len(named) != len(wanted.split(" or ")):
            return 501, {"code": 501.5, "message": "fields not supported"}
        rows = [
            row
            for row in rows
            if row["__id"] in named or any(_at(row["__system"].get(name), limit) for name, limit in limits)
        ]
    if asked.get("$top") == ["0"]:
        return 200, {"value": [], "@odata.context": "x", "@odata.count": len(rows)}
    if "$skiptoken" in asked:
        # Behind the last answer that was shown, wherever others came or went meanwhile.
        last = json.loads(base64.b64decode(asked["$skiptoken"][0][2:]))["instanceId"]
        edge = next((_place(row) for row in service.rows if row["__id"] == last), ("", ""))
        rows = [row for row in rows if _place(row) < edge]
    shown = [_shown(service, row) for row in rows[: service.page]]
    page = {"value": shown, "@odata.context": "x"}
    if service.page < len(rows):
        token = "01" + base64.b64encode(json.dumps({"instanceId": shown[-1]["__id"]}).encode()).decode()
        kept = "&".join(
            f"{quote(name)}={quote(value[0])}" for name, value in asked.items() if name != "$skiptoken"
        )
        page["@odata.nextLink"] = (
            f"https://the-name-it-believes-in.example.org{path}?{kept}&%24skiptoken={quote(token)}"
        )
    if service.after:
        service.after.pop(0)()
    return 200, page


def _place(row: dict[str, Any]) -> tuple[str, str]:
    """Where a row stands: the newest first, as they were sent; edits move none."""
    return row["__system"]["submissionDate"], row["__id"]


OWN = ("edited", "past", "comments")
"""What a row of the stand-in holds that OData does not show."""


def _shown(service: Service, row: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if name not in OWN}
    if service.questions is not None:
        found["group"] = {name: value for name, value in row["group"].items() if name in service.questions}
    return found


def _submission(service: Service, request: _Handler, row: dict[str, Any], path: str) -> Answer:
    """One answer: its versions, their XML, its files, its comments and its review state."""
    answer, instance = row["__id"], row["meta"]["instanceID"]
    past: dict[str, tuple[str, dict[str, Any]]] = row.get("past", {})
    if path.endswith("/versions"):
        older = {answer: row["__system"]["submissionDate"]} | {name: at for name, (at, _) in past.items()}
        listed = [
            {"instanceId": name, "createdAt": at, "current": False}
            for name, at in older.items()
            if name != instance
        ]
        own = {
            "instanceId": instance,
            "createdAt": row["edited"] or row["__system"]["submissionDate"],
            "current": True,
        }
        return 200, [own, *listed]
    if path.endswith(".xml"):
        name = unquote(path.rpartition("/")[2]).removesuffix(".xml")
        if name in service.forgotten:
            return 404, {"code": 404.1}
        _, group = past.get(name, ("", row["group"]))
        return 200, _xml(group, name)
    if path.endswith("/attachments"):
        return 200, [{"name": name, "exists": True} for name in service.files.get(answer, {})]
    if path.endswith("/comments"):
        comments = row.setdefault("comments", [])
        if request.command == "POST":
            comments.append(json.loads(request.body))
        return 200, comments
    if request.command == "PATCH":
        row["__system"] |= {
            "reviewState": json.loads(request.body).get("reviewState"),
            "updatedAt": "2020-11-30T00:00:00Z",
        }
        return 200, {}
    if "/attachments/" in path:
        name = unquote(path.rpartition("/")[2])
        return _attachment(service, answer, name)
    state = {"instanceId": answer, "reviewState": row["__system"]["reviewState"]}
    return 200, state | {"currentVersion": {"instanceId": instance}}


def _attachment(service: Service, answer: str, name: str) -> Answer:
    """A file, or where it lies; its ETag is its MD5 either way."""
    content = service.files.get(answer, {}).get(name)
    if not content:
        return 404, {"code": 404.1}
    headers = {"ETag": f'"{hashlib.md5(content).hexdigest()}"'}
    if service.elsewhere:
        return 307, {}, headers | {"Location": f"{service.elsewhere}/{quote(answer)}/{quote(name)}?signed=1"}
    return 200, content[:-1] if name in service.damaged else content, headers


def _xml(group: dict[str, Any], instance: str) -> bytes:
    inner = "".join(
        "".join(f"<{name}>{_inner(one)}</{name}>" for one in (value if isinstance(value, list) else [value]))
        for name, value in group.items()
    )
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="week form" version="1"><group>{inner}</group>'
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    ).encode()


def _inner(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_inner(one)}</{name}>" for name, one in value.items())
    return "" if value is None else escape(str(value))


def _at(value: str | None, limit: str) -> bool:
    return bool(value) and datetime.fromisoformat(str(value)) >= datetime.fromisoformat(limit)


def kobo(service: Service, request: _Handler) -> Answer:
    """KoboToolbox v2: `start` and `limit`, a whole `next` link, never more than the page size."""
    if request.headers.get("Authorization") != f"Token {PASSWORD}":
        return 401, {"detail": "no"}
    url = urlsplit(request.path)
    if "/attachments/" in url.path:
        answer, name = url.path.split("/")[-2:]
        return 200, service.files[answer][unquote(name)]
    if request.command == "PATCH":
        number = int(url.path.split("/data/")[1].split("/")[0])
        row = next(row for row in service.rows if row["_id"] == number)
        row["_validation_status"] = {"uid": json.loads(request.body)["validation_status.uid"]}
        return 200, row["_validation_status"]
    single = re.search(r"/data/(\d+)/$", url.path)
    if single:
        found = [row for row in service.rows if row["_id"] == int(single[1])]
        return (200, found[0]) if found else (404, {"detail": "Not found."})
    if re.fullmatch(r"/api/v2/assets/\w+/", url.path):
        return 200, {"uid": "aXY", "content": service.asks or {}}
    asked = parse_qs(url.query)
    start = int(asked["start"][0])
    size = min(int(asked["limit"][0]), service.page)
    end = start + size
    host = request.headers["Host"]
    following = (
        f"http://{host}{url.path}?format=json&limit={size}&start={end}" if end < len(service.rows) else None
    )
    page = {
        "count": len(service.rows),
        "next": following,
        "previous": None,
        "results": service.rows[start:end],
    }
    if service.after:
        service.after.pop(0)()
    return 200, page


def jinshuju(service: Service, request: _Handler) -> Answer:
    """金数据: `next` is a serial number; the questions stand with the form and not with the entries."""
    expected = "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    if request.headers.get("Authorization") != expected:
        return 401, {"error": "no"}
    url = urlsplit(request.path)
    if not url.path.endswith("/entries"):
        return 200, {"name": "form", "fields": service.files["labels"]}
    after = int(parse_qs(url.query).get("next", ["0"])[0])
    rows = sorted(
        (row for row in service.rows if row["serial_number"] > after), key=lambda row: row["serial_number"]
    )
    page = rows[: service.page]
    following = page[-1]["serial_number"] if len(rows) > len(page) else None
    shown = {
        "total": len(service.rows) + service.hidden,
        "count": len(page),
        "data": page,
        "next": following,
    }
    if service.after:
        service.after.pop(0)()
    return 200, shown


def records(service: Service, request: _Handler) -> Answer:
    """Any other service: numbered pages of records below `data.items`."""
    if request.headers.get("Authorization") != f"Bearer {PASSWORD}":
        return 403, {}
    number = int(parse_qs(urlsplit(request.path).query)["page"][0])
    shown = service.rows[(number - 1) * service.page : number * service.page]
    if service.after:
        service.after.pop(0)()
    return 200, {"data": {"items": shown}}


def elsewhere(service: Service, request: _Handler) -> Answer:
    """A server that keeps files for another one, and must not be told its password."""
    assert not request.headers.get("Authorization")
    answer, name = unquote(request.path.partition("?")[0]).strip("/").split("/")
    found = service.files[answer].get(name)
    return (200, found) if found else (404, {})
