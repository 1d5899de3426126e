"""No page without a login, none without a policy, and nothing that a unit wrote runs or breaks out of its cell."""

from html import escape

import pytest
from fastapi.routing import APIRoute
from lxml import html

from pipelines.board.access import Access, is_genuine, make_token
from pipelines.board.app import make_app
from tests.board.conftest import MARKUP

DAG = "collect__sd-vocational-week-2020"
BOARD = f"/board/n/{DAG}/"


def routes():
    nobody = Access(lambda: None, lambda: None, lambda: "", lambda request, dag_id: False, "")
    found = [route for route in make_app(nobody).routes if isinstance(route, APIRoute)]
    assert len(found) >= 10
    return [(method, route.path) for route in found for method in sorted(route.methods)]


@pytest.mark.parametrize(("method", "path"), routes())
def test_no_route_answers_without_a_login(asks, method, path):
    client = asks("")
    answer = client.request(
        method, "/board" + path.format(dag_id=DAG), headers={"accept": "application/json"}
    )
    assert answer.status_code == 401, path
    if method == "GET":
        led = client.get("/board" + path.format(dag_id=DAG))
        assert led.status_code == 302
        assert led.headers["location"].startswith("/auth/login?next=/board/")


def pages_of(client):
    """One page of each kind and more, by place: what the board of two units leads to, and what that leads to."""
    found = {}
    start = BOARD + "?words=市教育局&city=370100"
    for depth in range(3):
        for place in [start] if not depth else _links(found):
            if place not in found:
                found[place] = client.get(place)
    return found


def _links(pages):
    """The links of pages to others, a few of each kind."""
    kinds = {}
    for place, answer in pages.items():
        if "text/html" not in answer.headers["content-type"]:
            continue
        page = html.fromstring(answer.text)
        page.make_links_absolute("http://localhost" + place)
        for link in page.xpath("//main//a/@href[not(contains(., '#'))]"):
            path = link.removeprefix("http://localhost")
            kinds.setdefault(path.split("?")[0], []).append(path)
    # Each drawing takes a process of its own: one of them.
    most = {kind: 1 if kind.endswith("/sheet") else 3 for kind in kinds}
    return [
        link
        for kind, links in kinds.items()
        for link in dict.fromkeys(links[: most[kind]] + links[most[kind] :][-1:])
    ]


def test_what_units_wrote_is_shown_as_text_on_every_page(asks):
    client = asks("operator")
    seen = pages_of(client)
    for place in (
        "city?city=370100",
        "trace?city=370100&figure=participants",
        "unit?unit=EDU-3702",
        "decisions",
    ):
        seen[BOARD + place] = client.get(BOARD + place)
    pages = {place: answer for place, answer in seen.items() if "text/html" in answer.headers["content-type"]}
    kinds = {place.split("?")[0].removeprefix(BOARD) for place in pages}
    assert kinds >= {"", "cell", "unit", "file", "sheet", "city", "trace", "decisions"}
    assert {answer.status_code for answer in seen.values()} == {200}
    for place, answer in pages.items():
        page = html.fromstring(answer.text)
        nonces = set(page.xpath("//script/@nonce | //style/@nonce"))
        assert len(nonces) == 1, place
        assert len(page.xpath("//script")) == len(page.xpath("//script[@nonce]")) == 1, place
        policy = answer.headers["content-security-policy"]
        assert f"script-src 'nonce-{nonces.pop()}'" in policy
        assert "default-src 'none'" in policy
        assert not page.xpath("//img | //*[@onclick] | //*[@onerror] | //*[@style]"), place
    assert (
        sum(escape(MARKUP, quote=False) in answer.text.replace("&#34;", '"') for answer in pages.values())
        >= 1
    )
    assert any("&lt;img src=x onerror=alert(2)&gt;日报.csv" in answer.text for answer in pages.values())


def test_a_token_is_good_for_one_person_and_notice():
    token = make_token("secret", "li", "a-notice")
    assert is_genuine("secret", token, "li", "a-notice")
    for forged in (("other", token, "li", "a-notice"), ("secret", token, "wang", "a-notice"),
                   ("secret", token, "li", "another"), ("secret", "x." + token.split(".")[1], "li", "a-notice"),
                   ("secret", "", "li", "a-notice")):  # fmt: skip
        assert not is_genuine(*forged)
    assert make_token("secret", "li", "a-notice") != token
