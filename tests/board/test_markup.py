"""Every page that exists is tried with markup in what units write and are called: it is shown as text, and nothing of it runs.

A new route fails here until it says where markup can stand on it.
"""

import os
import re
import shutil
from datetime import timedelta
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from lxml import html

from pipelines import cycle
from pipelines.board.access import Access, make_token
from pipelines.board.app import make_app
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from pipelines.select.evening import make_evening
from pipelines.warehouse.snapshot import open_snapshot
from tests.board.conftest import HEADERS, LOGINS, NOW

MARK = '"><img src=x onerror=alert(7)>'
"""As it stands in a file's name too: without a slash."""
SHOWN = "onerror=alert(7)"
NOTICE = "sd-vocational-week-2020"
UNIT, CITY = "EDU-3701", "370100"
EVENING = NOW + timedelta(hours=8, minutes=30)
CELL = f'"{MARK.replace(chr(34), chr(34) * 2)}"'
ROWS = f"11月9日,稿件,{CELL},宣传活动,300,https://a.example.org/\n11月10日,海报,展板{MARK[1:]},宣传活动,20,\n"
PAGES = {
    "/": "",
    "/n/{dag_id}/": "",
    "/n/{dag_id}/cell": "unit={unit}&deliverable=materials&period=2020-11-09",
    "/n/{dag_id}/unit": "unit={unit}",
    "/n/{dag_id}/city": "city={city}",
    "/n/{dag_id}/trace": "city={city}&figure=participants",
    "/n/{dag_id}/file": "id={file}",
    "/n/{dag_id}/sheet": "id={file}",
    "/n/{dag_id}/desk": "",
    "/n/{dag_id}/decisions": "",
    "/n/{dag_id}/decide": "kind_of_decision=withdraw&path={mark}&reason={mark}",
    "/n/{dag_id}/select": "",
}
"""Where markup is shown, and what is asked for."""
NO_PAGES = {
    "/n/{dag_id}": "leads to the one with a slash",
    "/n/{dag_id}/stamp": "JSON of ours",
    "/n/{dag_id}/return": "a file to be kept",
    "/n/{dag_id}/scan": "a file to be kept",
}


@pytest.fixture(scope="module")
def marked(notice, tmp_path_factory):
    """The notice with a title, a city and a unit that are markup; and a home where that unit sent some."""
    named = notice.model_copy(
        update={
            "title": notice.title + MARK,
            "recipients": tuple(
                one.model_copy(update={"name": one.name + MARK, "aliases": (one.name + MARK, *one.aliases)})
                if one.code == UNIT
                else one
                for one in notice.recipients
            ),
            "areas": tuple(
                one.model_copy(update={"name": one.name + MARK}) if one.code == CITY else one
                for one in notice.areas
            ),
        }
    )
    home = Home(tmp_path_factory.mktemp("marked"))
    for folder in ("济南市教育局", f"无名{MARK}"):
        path = home.inbox(notice.id) / "教育厅收件" / folder / f"日报{MARK}.csv"
        path.parent.mkdir(parents=True)
        path.write_text(HEADERS + ROWS, "utf-8")
        stamp = NOW.replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (stamp, stamp))
    cycle.run(home, named, now=EVENING)
    make_evening(home, named, EVENING, EVENING)
    asked = Asked("settle", f"看过{MARK}", "li", EVENING)
    decide(home, named, asked, Given(subject=f"source:{MARK}"))
    return named, home


def tried(answer):
    """Whether markup stands on the page, as text; nothing of it may be more than that."""
    page = html.fromstring(answer.text)
    assert not page.xpath("//@onerror | //img[@src='x'] | //a[contains(@href, '<') or contains(@href, '\"')]")
    assert len(page.xpath("//script")) == len(page.xpath("//script[@nonce]")) == 1
    assert "script-src 'nonce-" in answer.headers["content-security-policy"]
    return SHOWN in page.text_content() or any(SHOWN in one for one in page.xpath("//@value"))


def test_no_route_is_forgotten():
    nobody = Access(lambda: None, lambda: None, lambda: "", lambda request, dag_id: False, "")
    found = [route for route in make_app(nobody).routes if isinstance(route, APIRoute)]
    assert {route.path for route in found if "GET" in route.methods} == PAGES.keys() | NO_PAGES.keys()
    assert {route.path for route in found if "POST" in route.methods} == {
        "/n/{dag_id}/decide",
        "/n/{dag_id}/select",
    }


def test_no_other_plugin_serves_pages(root):
    """The bulletins' documents are tried in tests/report, and kept from running in the reader's name by their policy."""
    told = "".join(path.read_text("utf-8") for path in (root / "plugins").glob("*.py"))
    assert set(re.findall(r'"url_prefix": "([^"]+)"', told)) == {"/board", "/bulletins"}


@pytest.mark.parametrize("role", ["operator", "viewer"])
@pytest.mark.parametrize("path", PAGES)
def test_markup_is_text(asks, marked, monkeypatch, path, role):
    named, home = marked
    monkeypatch.setattr("pipelines.board.board.load_notice", lambda notice_id: named)
    with open_snapshot(home.published) as snapshot:
        (file,) = snapshot.execute(
            "SELECT submission_id FROM marts.files WHERE recipient_code = $1", [UNIT]
        ).fetchone()
    asked = PAGES[path].format(unit=UNIT, city=CITY, file=file, mark=quote(MARK))
    client = asks(role, at=home, now=EVENING + timedelta(hours=1))
    answer = client.get(f"/board{path.format(dag_id=f'collect__{NOTICE}')}?{asked}")
    is_for_deciding = path.rpartition("/")[2] in ("sheet", "decide", "select")
    if role == "viewer" and is_for_deciding:
        assert answer.status_code == 403
    else:
        assert answer.status_code == 200, answer.text
        assert tried(answer), "no markup stands here: the page is not tried"


@pytest.mark.parametrize("place", ["decide", "select"])
def test_what_a_form_says_back_is_text(asks, marked, monkeypatch, tmp_path, place):
    named, home = marked
    monkeypatch.setattr("pipelines.board.board.load_notice", lambda notice_id: named)
    shutil.copytree(home.path, tmp_path / "own")
    client = asks("operator", at=Home(tmp_path / "own"), now=EVENING + timedelta(hours=1))
    kind = {"decide": "withdraw", "select": "select"}[place]
    fields = dict.fromkeys(("path", "sheet", "item", "reason", "day", "line", "shown", "row"), MARK)
    token = make_token("for tests", LOGINS["operator"], NOTICE)
    answer = client.post(
        f"/board/n/collect__{NOTICE}/{place}", data=fields | {"token": token, "kind_of_decision": kind}
    )
    assert answer.status_code == 200
    assert tried(answer)
