"""Forms and keys on a server that answers as ODK Central does."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from pipelines.ground.connections import Connection
from pipelines.notice import Notice
from pipelines.notice.sources import OdkSource
from pipelines.templates.provision import provision, qr_content
from tests.collect.form_servers import LOGIN, PASSWORD, Service, serve


@dataclass
class Central:
    """What the server holds."""

    projects: list[dict[str, Any]] = field(default_factory=list)
    forms: dict[str, bytes] = field(default_factory=dict)
    version: str = ""
    drafts: list[str] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)
    assigned: set[tuple[str, int]] = field(default_factory=set)

    def respond(self, service: Service, request: Any) -> tuple[int, Any]:
        path, is_post = urlsplit(request.path).path, request.command == "POST"
        if path == "/v1/sessions":
            given = json.loads(request.body)
            return (200, {"token": "t"}) if given == {"email": LOGIN, "password": PASSWORD} else (401, {})
        if request.headers.get("Authorization") != "Bearer t":
            return 401, {}
        if path == "/v1/projects":
            if is_post:
                self.projects.append({"id": 7, **json.loads(request.body)})
                return 200, self.projects[-1]
            return 200, self.projects
        if path == "/v1/projects/7/forms":
            if is_post:
                assert request.headers["Content-Type"].endswith("spreadsheetml.sheet")
                self.forms[f"form{len(self.forms)}"] = request.body
                return 200, {}
            return 200, [{"xmlFormId": one, "version": self.version} for one in self.forms]
        if path == "/v1/projects/7/app-users":
            if is_post:
                number = len(self.users) + 100
                self.users.append({"id": number, "token": f"key{number}", **json.loads(request.body)})
                return 200, self.users[-1]
            return 200, self.users
        form = path.split("/")[5]
        if path.endswith("/draft"):
            self.drafts.append(form)
            return 200, {"success": True}
        if path.endswith("/publish"):
            return 200, {"success": True}
        if path.endswith("/assignments"):
            return 200, [{"actorId": user} for known, user in self.assigned if known == form]
        key = (form, int(path.rpartition("/")[2]))
        if key in self.assigned:
            return 409, {"code": 409.3}
        self.assigned.add(key)
        return 200, {"success": True}


@pytest.fixture
def central() -> Central:
    return Central()


@pytest.fixture
def connection(central: Central) -> Iterator[Connection]:
    with serve(Service(), central.respond) as found:
        yield found


@pytest.fixture
def few(notice: Notice) -> Notice:
    """Two units of each line that owes something."""
    found = [
        one
        for line in ("education", "human_resources")
        for one in [
            one
            for one in notice.recipients
            if one.line == line and any(one.kind in item.owed_by for item in notice.deliverables.values())
        ][:2]
    ]
    return notice.model_copy(update={"recipients": tuple(found)})


def test_everything_is_made_once(
    few: Notice, central: Central, connection: Connection, tmp_path: Path
) -> None:
    made = provision(few, connection, "odk", tmp_path)
    assert (made.project, made.units) == (7, 4)
    assert len(central.forms) == len(made.forms) == 5, "materials for two lines, and three more"
    assert [one["displayName"] for one in central.users] == [one.name for one in few.recipients]
    central.forms = dict.fromkeys(made.forms, b"")
    central.version = few.fingerprint[:8]
    keys = [one["token"] for one in central.users]
    again = provision(few, connection, "odk", tmp_path)
    assert [one["token"] for one in central.users] == keys, "codes that were handed out go on working"
    assert (len(central.projects), len(central.forms), central.drafts) == (1, 5, [])
    assert again.sources == made.sources


def test_a_changed_form_gets_a_new_version(
    few: Notice, central: Central, connection: Connection, tmp_path: Path
) -> None:
    made = provision(few, connection, "odk", tmp_path)
    central.forms, central.version = dict.fromkeys(made.forms, b""), "older"
    provision(few, connection, "odk", tmp_path)
    assert sorted(central.drafts) == sorted(made.forms)


def test_the_lines_to_copy_are_sources(few: Notice, connection: Connection, tmp_path: Path) -> None:
    made = provision(few, connection, "odk", tmp_path)
    found = [OdkSource.model_validate(one) for one in yaml.safe_load("\n".join(made.sources))]
    assert len({one.id for one in found}) == len({one.path for one in found}) == 5
    assert [one.form for one in found] == made.forms


def test_the_sheet_has_a_code_a_unit_and_is_for_its_owner(
    few: Notice, connection: Connection, tmp_path: Path
) -> None:
    sheet = provision(few, connection, "odk", tmp_path / "out").sheet
    text = sheet.read_text("utf-8")
    assert len(re.findall("<svg", text)) == 4
    assert all(one.name in text for one in few.recipients)
    assert sheet.stat().st_mode & 0o077 == 0


def test_a_code_says_server_and_key(connection: Connection) -> None:
    found = json.loads(zlib.decompress(base64.b64decode(qr_content(connection, 7, "k/1", "周"))))
    assert found["general"]["server_url"].endswith("/v1/key/k%2F1/projects/7")
    assert found["project"] == {"name": "周"}
