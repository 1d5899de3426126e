"""A notice's forms on an ODK Central server: project, forms, one access key a unit, and a sheet with QR codes to hand out.

Reads the notice; writes to the server and one page into a folder. What is there already stays: a key that was handed out goes on
working, a form whose definition changed gets a new version.
"""

import base64
import html
import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno

from pipelines.collect.http import Api, base_url
from pipelines.collect.odk import form_url
from pipelines.collect.odk_session import NAME, open_api
from pipelines.collect.service import expect
from pipelines.ground.connections import Connection
from pipelines.notice.model import Notice, Recipient
from pipelines.templates.forms import form_id, form_lines, make_form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "分发表.html"


@dataclass(frozen=True)
class Form:
    """One form of one line, as the service knows it."""

    id: str
    deliverable: str
    line: str
    content: bytes


@dataclass(frozen=True)
class Provided:
    """What stands on the server now, and the lines of notice.yaml that read it."""

    project: int
    forms: list[str]
    units: int
    sheet: Path
    sources: list[str]


def provision(notice: Notice, connection: Connection, name: str, folder: Path) -> Provided:
    """Makes what is missing. Raises SourceError; running it again goes on where it stopped."""
    api, forms = open_api(connection), list_forms(notice)
    project = _project(api, notice.title)
    for form in forms:
        _publish(api, project, form, notice.fingerprint[:8])
    lines = {form.line for form in forms}
    units = [one for one in notice.recipients if one.line in lines and _owed(notice, one, forms)]
    keys = _keys(api, project, units)
    for form in forms:
        wanted = [keys[one.code][0] for one in units if form in _owed(notice, one, forms)]
        _assign(api, project, form.id, wanted)
    sheet = write_sheet(notice, connection, project, {one: keys[one.code][1] for one in units}, folder)
    return Provided(project, [one.id for one in forms], len(units), sheet, _sources(forms, project, name))


def list_forms(notice: Notice) -> list[Form]:
    """A form for each deliverable and each line whose units owe it."""
    found = []
    for deliverable in notice.deliverables:
        lines = form_lines(notice, deliverable)
        for line in lines:
            own = line if len(lines) > 1 else None
            content = make_form(notice, deliverable, own)
            found.append(Form(form_id(notice, deliverable, own), deliverable, line, content))
    return found


def _owed(notice: Notice, unit: Recipient, forms: list[Form]) -> list[Form]:
    return [
        one
        for one in forms
        if one.line == unit.line and unit.kind in notice.deliverables[one.deliverable].sent_by
    ]


def _project(api: Api, title: str) -> int:
    for one in api.get_json("/v1/projects"):
        if one.get("name") == title:
            return int(one["id"])
    return int(expect(api.post("/v1/projects", json={"name": title}), "id", int, NAME))


def _publish(api: Api, project: int, form: Form, version: str) -> None:
    """A new form, or a new version of one that is there in another."""
    there = {
        one["xmlFormId"]: str(one.get("version") or "")
        for one in api.get_json(f"/v1/projects/{project}/forms")
    }
    if form.id not in there:
        api.post(
            f"/v1/projects/{project}/forms?publish=true&ignoreWarnings=true", content=form.content, kind=XLSX
        )
    elif there[form.id] != version:
        url = f"{form_url(project, form.id)}/draft"
        api.post(f"{url}?ignoreWarnings=true", content=form.content, kind=XLSX)
        api.post(f"{url}/publish")


def _keys(api: Api, project: int, units: list[Recipient]) -> dict[str, tuple[int, str]]:
    """Unit -> its app user's number and key; one whose key was revoked gets a new one."""
    url = f"/v1/projects/{project}/app-users"
    there = {one["displayName"]: one for one in api.get_json(url) if one.get("token")}
    found = {}
    for unit in units:
        user: Any = there.get(unit.name) or api.post(url, json={"displayName": unit.name})
        found[unit.code] = (int(expect(user, "id", int, NAME)), str(expect(user, "token", str, NAME)))
    return found


def _assign(api: Api, project: int, form: str, users: list[int]) -> None:
    url = f"{form_url(project, form)}/assignments"
    there = {one["actorId"] for one in api.get_json(url)}
    for user in users:
        if user not in there:
            api.post(f"{url}/app-user/{user}")


def qr_content(connection: Connection, project: int, key: str, title: str) -> str:
    """What ODK Collect reads from the code: server and key, and that it fetches and sends by itself."""
    server = f"{base_url(connection)}/v1/key/{quote(key, safe='')}/projects/{project}"
    general = {"server_url": server, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"}
    settings = {"general": general, "project": {"name": title}, "admin": {}}
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode())).decode()


def write_sheet(
    notice: Notice, connection: Connection, project: int, keys: dict[Recipient, str], folder: Path
) -> Path:
    """A page to print, one unit on each; only its owner may read it, since whoever has a code may submit."""
    blocks = []
    for unit, key in keys.items():
        code = segno.make(qr_content(connection, project, key, notice.title), error="l")
        blocks.append(
            f"<section><h2>{html.escape(unit.name)}</h2>{code.svg_inline(scale=4)}"
            "<ol><li>手机上装 ODK Collect，打开后选“扫描二维码”，扫上面的码。</li>"
            "<li>选表单填写，填完发送；没有网络时会在有网时自动发出。</li>"
            "<li>这个码只供本单位使用，请勿转给别的单位。</li></ol></section>"
        )
    page = (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{html.escape(notice.title)}</title>'
        "<style>body{font-family:sans-serif}section{break-after:page;text-align:center}ol{text-align:left;max-width:30em;"
        "margin:1em auto}</style>" + "".join(blocks) + "</html>\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SHEET
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
    return path


def _sources(forms: list[Form], project: int, connection: str) -> list[str]:
    return [
        f"  - {{id: odk_{one.deliverable}_{one.line}, kind: odk_central, connection: {connection}, "
        f"project: {project}, form: {one.id}, path: 表单/{one.deliverable}_{one.line}, line: {one.line}}}"
        for one in forms
    ]
