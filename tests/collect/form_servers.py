"""Stand-ins for form services on the loopback that page, filter, edit and refuse as the real ones were seen to do."""

import base64
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


Answer = tuple[int, Any]


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
            self._send(429, {}, {"Retry-After": "0"})
            return
        if fault in ("500", "503"):
            self._send(int(fault), {})
            return
        if fault == "expired":
            self.service.sessions.clear()
        status, content = type(self).respond(self.service, self)
        if fault == "login page":
            content = b"<html>please log in</html>"
        if fault == "schema":
            content = {"renamed": []}
        self._send(status, content, {}, cut=fault == "cut")

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


@contextmanager
def serve(service: Service, respond: Callable[[Service, _Handler], Answer]) -> Iterator[Connection]:
    handler = type("Handler", (_Handler,), {"service": service, "respond": staticmethod(respond)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield Connection("test_form", "http", "127.0.0.1", int(port), LOGIN, PASSWORD)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def odk(service: Service, request: _Handler) -> Answer:
    """ODK Central: newest first, `@odata.nextLink` with a skip token, filters on dates of `__system` only."""
    url = urlsplit(request.path)
    if url.path == "/v1/sessions":
        if json.loads(request.body) != {"email": LOGIN, "password": PASSWORD}:
            return 401, {"code": 401.2, "message": "no"}
        service.sessions.add(f"t{len(service.asked)}")
        return 200, {"token": f"t{len(service.asked)}"}
    if request.headers.get("Authorization", "").removeprefix("Bearer ") not in service.sessions:
        return 401, {"code": 401.2, "message": "no"}
    asked = parse_qs(url.query)
    if url.path.endswith(".svc/Submissions"):
        rows = sorted(service.rows, key=lambda row: row["__system"]["submissionDate"], reverse=True)
        if "$filter" in asked:
            limits = re.findall(r"__system/(\w+) ge (\S+)", asked["$filter"][0])
            if not limits or " eq " in asked["$filter"][0]:
                return 501, {"code": 501.5, "message": "fields not supported"}
            rows = [
                row for row in rows if any(_at(row["__system"].get(name), limit) for name, limit in limits)
            ]
        start = int(base64.b64decode(asked["$skiptoken"][0][2:])) if "$skiptoken" in asked else 0
        page = {"value": rows[start : start + service.page], "@odata.context": "x"}
        if start + service.page < len(rows):
            token = "01" + base64.b64encode(str(start + service.page).encode()).decode()
            kept = "&".join(
                f"{quote(name)}={quote(value[0])}" for name, value in asked.items() if name != "$skiptoken"
            )
            page["@odata.nextLink"] = (
                f"https://the-name-it-believes-in.example.org{url.path}?{kept}&%24skiptoken={quote(token)}"
            )
        return 200, page
    answer = unquote(url.path.split("/submissions/")[1].split("/")[0])
    row = next(row for row in service.rows if row["__id"] == answer)
    if url.path.endswith("/versions"):
        return 200, [{"instanceId": row["meta"]["instanceID"], "createdAt": row["edited"], "current": True}]
    if url.path.endswith("/attachments"):
        return 200, [{"name": name, "exists": True} for name in service.files.get(answer, {})]
    if url.path.endswith("/comments"):
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
    return 200, service.files[answer][unquote(url.path.rpartition("/")[2])]


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
    asked = parse_qs(url.query)
    start = int(asked["start"][0])
    size = min(int(asked["limit"][0]), service.page)
    end = start + size
    host = request.headers["Host"]
    following = (
        f"http://{host}{url.path}?format=json&limit={size}&start={end}" if end < len(service.rows) else None
    )
    return 200, {
        "count": len(service.rows),
        "next": following,
        "previous": None,
        "results": service.rows[start:end],
    }


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
    return 200, {"total": len(service.rows), "count": len(page), "data": page, "next": following}


def records(service: Service, request: _Handler) -> Answer:
    """Any other service: numbered pages of records below `data.items`."""
    if request.headers.get("Authorization") != f"Bearer {PASSWORD}":
        return 403, {}
    number = int(parse_qs(urlsplit(request.path).query)["page"][0])
    return 200, {"data": {"items": service.rows[(number - 1) * service.page : number * service.page]}}
