"""An office's logins, through TLS and a proxy: each role sees and does what it is for, and whoever sees one city no more than that."""

import importlib.util
import re
from pathlib import Path

import httpx
import pytest
import yaml

from pipelines.board.people import DATA_STAFF, EDITOR, VIEWER, city_role
from tests.cluster.office import BOARD, NOTICE, make_home, office

pytestmark = [pytest.mark.soak, pytest.mark.airflow]
ROLES = {"shuju": DATA_STAFF, "bianji": EDITOR, "chakan": VIEWER, "jinan": city_role("济南市", "370100")}
MAY = {
    # place: who may
    BOARD: {*ROLES},
    f"{BOARD}unit?unit=EDU-3701": {*ROLES},
    f"{BOARD}unit?unit=EDU-3702": {"shuju", "bianji", "chakan"},
    f"{BOARD}city?city=370200": {"shuju", "bianji", "chakan"},
    f"{BOARD}desk": {*ROLES},
    f"{BOARD}decide?kind_of_decision=waive": {"shuju"},
    f"/board/n/select__{NOTICE}/decide?kind_of_decision=waive": {"shuju"},
    f"/board/n/select__{NOTICE}/select": {"shuju", "bianji"},
    "/bulletins/": {"shuju", "bianji", "chakan"},
    "/api/v2/dags": {"shuju", "bianji", "chakan"},
    "/api/v2/dags/~/dagRuns": {"shuju", "bianji", "chakan"},
    "/api/v2/eventLogs": set(),
    "/api/v2/connections": set(),
    "/api/v2/variables": set(),
    "/auth/users/list/": set(),
}
OPEN = {
    *("/api/v2/plugins", "/api/v2/plugins/importErrors", "/api/v2/monitor/health", "/api/v2/version"),
    *("/api/v2/auth/login", "/ui/auth/menus", "/ui/auth/me", "/ui/auth/token", "/ui/config"),
}
"""What Airflow answers to whoever is logged in at all: none of it speaks of a DAG's runs."""


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """An office with one user of each role."""
    for extra in ("airflow.providers.fab", "flask_appbuilder"):
        if importlib.util.find_spec(extra) is None:
            pytest.skip("the extra `office` is not installed")
    folder = tmp_path_factory.mktemp("office")
    home = make_home(folder / "home")
    with office(folder / "machine", home.path) as made:
        assert f"新建 {city_role('济南市', '370100')}" in made.run("tools/roles.py")
        assert made.run("tools/roles.py").strip().endswith("各角色都已是应有的样子")
        for name, role in ROLES.items():
            made.run(
                "tools/airflow_env.py", "users", "create", "--username", name, "--firstname", name, "--lastname", "x",
                "--email", f"{name}@example.org", "--role", role, "--password", f"word of {name}",
            )  # fmt: skip
        yield made


@pytest.fixture(scope="module")
def people(at):
    return {name: at.log_in(name, f"word of {name}") for name in ROLES}


@pytest.mark.parametrize("place", MAY)
def test_each_role_may_what_it_is_for(people, place):
    headers = {"accept": "application/json" if place.startswith("/api") else "text/html"}
    answers = {name: one.get(place, headers=headers) for name, one in people.items()}
    # Flask leads away from what one may not see; the pages and the API refuse it.
    may = {
        name
        for name, one in answers.items()
        if one.status_code == 200 and one.url.path == place.split("?")[0]
    }
    assert may == MAY[place], {name: (one.status_code, str(one.url)) for name, one in answers.items()}
    assert {one.status_code for name, one in answers.items() if name not in may} <= {200, 403, 404}


def paths() -> list[tuple[str, str]]:
    """Every route of Airflow's own API and of what its page asks, by method."""
    found = importlib.util.find_spec("airflow")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "api_fastapi" / "core_api" / "openapi"
    return [
        (method.upper(), path)
        for file in sorted(folder.glob("*.yaml"))
        for path, methods in yaml.safe_load(file.read_text("utf-8"))["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete") and not path.endswith("/logout")
    ]


def test_airflow_tells_whoever_sees_one_city_nothing_of_any_run(people):
    asked = paths()
    assert len(asked) > 100
    told = {}
    for method, path in asked:
        place = re.sub(r"\{dag_id\}", f"collect__{NOTICE}", path)
        place = re.sub(r"\{[^}]+\}", "1", place)
        body = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
        answer = people["jinan"].request(method, place, headers={"accept": "application/json"}, **body)
        if answer.status_code < 300 and path not in OPEN:
            told[method, path] = answer.text[:200]
    assert told == {}


def test_the_page_goes_by_tls_alone_and_its_cookies_too(at, people):
    plain = httpx.get(f"{at.plain}/board/?x=1", follow_redirects=False, timeout=300)
    assert (plain.status_code, plain.headers["location"]) == (301, "https://127.0.0.1/board/?x=1")
    answer = at.visit().get("/auth/login/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "登录" in answer.text
    for cookie in people["chakan"].cookies.jar:
        assert cookie.secure, cookie.name
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name
    assert at.visit().get("/execution/health").status_code == 404
    assert httpx.get(f"{at.inner}/execution/health", timeout=300).status_code == 200


def test_a_form_goes_through_the_proxy_and_a_wrong_or_strange_one_does_not(at, people):
    place = f"{BOARD}decide?kind_of_decision=waive"
    token = re.search(r'name="token" value="([^"]+)"', people["shuju"].get(place).text)
    assert token
    form = {"token": token[1], "kind_of_decision": "waive", "recipients": "EDU-3702", "deliverable": "plan",
            "reason": "停电", "step": "look"}  # fmt: skip
    assert "记下以后会变动的数" in people["shuju"].post(f"{BOARD}decide", data=form).text
    assert people["jinan"].post(f"{BOARD}decide", data=form).status_code == 403
    assert people["shuju"].post(f"{BOARD}decide", data=form | {"token": "x"}).status_code == 403
    assert at.announce(f"{BOARD}decide", 202 << 20) == 413, "nginx refuses what the program would refuse"
    login = at.visit().post("/auth/login/", data={"username": "shuju", "password": "word of shuju"})
    assert not login.cookies.get("_token"), "a login without the form's token is none"


def test_a_header_that_a_client_makes_up_changes_nothing(at):
    forged = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example.org",
        "X-Forwarded-Prefix": "/evil",
    }
    led = at.visit().get("/board/", headers=forged)
    assert str(led.url).startswith(f"{at.page}/auth/login/")
    assert "evil" not in led.text


@pytest.mark.parametrize(("dag", "may"), [("bulletin", {"shuju", "bianji"}), ("collect", {"shuju"})])
def test_signing_is_for_editors_and_nothing_else_of_a_flow(people, dag, may):
    """There is no such run: who may answer it is told that."""
    place, headers = f"/api/v2/dags/{dag}__{NOTICE}/dagRuns", {"accept": "application/json"}
    for name, one in people.items():
        task = f"{place}/x/taskInstances/sign/-1/hitlDetails"
        answers = (
            one.patch(task, json={"chosen_options": ["发出"]}, headers=headers),
            one.post(place, json={"logical_date": None}, headers=headers),
        )
        assert {answer.status_code for answer in answers} == {404 if name in may else 403}, name


def test_whoever_guesses_passwords_is_slowed_down(at):
    guesser, said = at.visit(), []
    while 429 not in said and len(said) < 200:
        said.append(
            guesser.post("/auth/token", json={"username": "shuju", "password": str(len(said))}).status_code
        )
    assert {*said[:-1]} == {401}
    assert said[-1] == 429


def test_what_somebody_added_to_a_role_is_taken_away_again(at):
    add = ("tools/airflow_env.py", "roles", "add-perms", ROLES["jinan"], "-a", "can_read", "-r", "DAGs")
    at.run(*add)
    assert f"改正 {ROLES['jinan']}" in at.run("tools/roles.py")
