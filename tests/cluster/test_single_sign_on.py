"""An office whose accounts are in its single sign-on (OpenID Connect): each group sees what its role sees, and nobody else comes in."""

import importlib.util
import re
import sqlite3
from urllib.parse import parse_qs

import pytest

from pipelines.board.people import DATA_STAFF, EDITOR, VIEWER, city_role
from tests.cluster.office import BOARD, make_certificate, make_home, office_with_accounts, sees
from tests.cluster.provider import ask_for, fill_in, log_in, make_provider

pytestmark = [pytest.mark.soak, pytest.mark.airflow]
JINAN = city_role("济南市", "370100")
GROUPS = f"""
"/notices/data" = ["{DATA_STAFF}"]
"/notices/edit" = ["{EDITOR}"]
"/notices/look" = ["{VIEWER}"]
"/notices/jinan" = ["{JINAN}"]
"/notices/slip" = ["数据圆"]
"""
PEOPLE = {
    "shuju": ["/everybody", "/notices/data"],
    "bianji": ["/notices/edit"],
    "chakan": ["/notices/look"],
    "jinan": ["/notices/jinan", "/everybody"],
    "moved": ["/notices/jinan"],
    "stopped": ["/notices/data"],
    "nobody": ["/everybody"],
    "slip": ["/notices/slip"],
    "old": [],
}
AWAY, AGAIN = "单位的统一身份认证现在没有接通", "这次登录没有完成"
NO_ROLE, STOPPED = "在本系统里没有角色", "您在本系统里的账号已停用"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    for extra in ("airflow.providers.fab", "flask_appbuilder", "authlib"):
        if importlib.util.find_spec(extra.split(".")[0]) is None or importlib.util.find_spec(extra) is None:
            pytest.skip("the extras `office` and `sso` are not installed")
    made = make_provider(tmp_path_factory.mktemp("provider"), GROUPS)
    made.tell(PEOPLE)
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("office") / "home")


@pytest.fixture(scope="module")
def at(tmp_path_factory, home, provider):
    folder = tmp_path_factory.mktemp("machine")
    # Whatever the environment trusts, the provider's own CA counts.
    make_certificate(folder)
    settings = provider.settings | {"REQUESTS_CA_BUNDLE": str(folder / "cert.pem")}
    with office_with_accounts(folder / "machine", home.path, settings) as made:
        yield made


@pytest.fixture
def browser(at, provider):
    with provider.browser(at) as made:
        yield made


def is_out(browser):
    """Whether whoever has this browser is nobody to the page."""
    return not browser.cookies.get("_token") and browser.get("/board/").url.path == "/auth/login/"


@pytest.mark.parametrize(
    "conform", [pytest.param(True, id="by userinfo"), pytest.param(False, id="in the ID token")]
)
def test_each_group_sees_what_its_role_sees(at, provider, conform):
    with provider.up(at, conformIdTokenClaims=conform):
        seen = {}
        for name in ("shuju", "bianji", "chakan", "jinan"):
            with provider.browser(at) as browser:
                came = log_in(browser, name, BOARD)
                assert (came.url.path, came.status_code) == (BOARD, 200), (name, came.url)
                decides = browser.get(f"{BOARD}decide?kind_of_decision=waive").status_code == 200
                flows = browser.get("/api/v2/dags", headers={"accept": "application/json"}).status_code
                seen[name] = (*sees(browser), decides, flows)
    assert seen == {
        "shuju": (200, 200, 200, True, 200),
        "bianji": (200, 200, 200, False, 200),
        "chakan": (200, 200, 200, False, 200),
        "jinan": (200, 200, 404, False, 403),
    }


def test_whoever_left_the_groups_is_refused_and_has_no_role_left(at, provider, browser):
    with provider.up(at), provider.browser(at) as other:
        log_in(browser, "moved")
        assert sees(browser) == [200, 200, 404]
        provider.tell(PEOPLE | {"moved": ["/everybody"]})
        came = log_in(other, "moved")
        provider.tell(PEOPLE)
        assert (came.status_code, NO_ROLE in came.text) == (403, True)
        assert is_out(other)
        assert set(sees(browser)) <= {403, 404}, "nor where they were still in"


@pytest.mark.parametrize("name", ["nobody", "slip", "old"])
def test_whoever_has_no_role_is_told_so_and_gets_no_account(at, provider, browser, name):
    with provider.up(at):
        came = log_in(browser, name)
    assert (came.status_code, NO_ROLE in came.text) == (403, True)
    assert is_out(browser)
    listed = at.run("tools/airflow_env.py", "users", "list", "--output", "json")
    assert (f'"{name}"' in listed) == (name == "old")
    assert at.visit().get("/auth/register/form").status_code == 404, "nobody asks for an account either"


def test_a_stopped_account_stays_out(at, provider, home, browser):
    with provider.up(at), provider.browser(at) as other:
        assert log_in(other, "stopped").status_code == 200
        with sqlite3.connect(home.path / "airflow" / "airflow.db", timeout=60) as base:
            assert base.execute("UPDATE ab_user SET active = 0 WHERE username = 'stopped'").rowcount == 1
        came = log_in(browser, "stopped")
    assert (came.status_code, STOPPED in came.text) == (403, True)
    assert is_out(browser)


def test_a_password_of_this_program_s_own_counts_no_more(at):
    for word in ("word of old", "x"):
        answer = at.visit().post("/auth/token", json={"username": "old", "password": word})
        assert answer.status_code == 401


def test_a_login_goes_out_with_state_nonce_and_pkce_and_nobody_else_s_comes_in(at, provider, browser):
    with provider.up(at), provider.browser(at) as other:
        asked = parse_qs(ask_for(browser).history[0].headers["location"].split("?")[1])
        assert asked["redirect_uri"] == [f"{at.page}/auth/oauth-authorized/office"]
        assert asked["code_challenge_method"] == ["S256"]
        assert all(asked[name][0] for name in ("state", "nonce", "code_challenge"))
        # The address by which somebody comes back, opened in another's browser, logs nobody in.
        page = fill_in(other, ask_for(other), prompt="login", login="shuju", password="word")
        other.follow_redirects = False
        came = fill_in(other, page, prompt="consent")
        while not (back := came.headers["location"]).startswith(at.page):
            came = other.get(back)
        for place in (back, "/auth/oauth-authorized/office?code=x&state=x", "/auth/oauth-authorized/office"):
            refused = browser.get(place)
            assert (refused.status_code, AGAIN in refused.text) == (403, True), place
            assert is_out(browser)
        assert other.get(back).headers["location"] == f"{at.page}/board/"
        assert AGAIN in provider.browser(at).get(back).text, "nor twice"


@pytest.mark.parametrize(
    "to", ["https://evil.example.org/", "//evil.example.org/", "javascript:alert(1)", "/\\evil.example.org"]
)
def test_a_login_leads_to_no_other_site(at, provider, browser, to):
    with provider.up(at):
        page = browser.get("/auth/login/office", params={"next": to})
        page = fill_in(browser, page, prompt="login", login="shuju", password="word")
        browser.follow_redirects = False
        came = fill_in(browser, page, prompt="consent")
        while "/auth/oauth-authorized/" not in (back := came.headers["location"]):
            came = browser.get(back)
        led = browser.get(back)
    assert led.status_code == 302
    assert led.next_request.url.netloc == browser.base_url.netloc, led.headers["location"]


def test_whoever_turns_back_at_the_provider_is_not_in(at, provider, browser):
    with provider.up(at):
        page = ask_for(browser)
        cancel = re.search(r'href="([^"]+)">\[ Cancel \]', page.text)
        came = browser.get(cancel[1])
    assert (came.status_code, AGAIN in came.text) == (403, True)
    assert is_out(browser)


def test_leaving_is_leaving_the_provider_too(at, provider, browser):
    with provider.up(at):
        log_in(browser, "chakan")
        assert "login" not in ask_again(browser).text, "until then the provider asks nothing"
        page = browser.get("/api/v2/auth/logout")
        assert page.url.port == provider.port
        came = fill_in(browser, page, logout="yes")
        assert str(came.url).startswith(f"{at.page}/auth/login/")
        assert is_out(browser)
        assert 'name="login"' in ask_for(browser).text


def ask_again(browser):
    """The page that the provider leads to, for whoever it knows and this page no more."""
    kept = {name: browser.cookies.get(name) for name in ("session", "_token")}
    for name in kept:
        browser.cookies.delete(name)
    return ask_for(browser)


def test_a_provider_that_is_away_is_nobody_else_s_fault(at, provider, browser):
    with provider.up(at):
        page = fill_in(browser, ask_for(browser), prompt="login", login="shuju", password="word")
        browser.follow_redirects = False
        came = fill_in(browser, page, prompt="consent")
        while not (back := came.headers["location"]).startswith(at.page):
            came = browser.get(back)
    for answer in (browser.get(back), browser.get("/auth/login/office")):
        assert (answer.status_code, AWAY in answer.text) == (503, True)
        assert "Traceback" not in answer.text


def test_our_own_secret_is_nobody_else_s_fault(at, provider, browser):
    with provider.up(at, secret="another"):
        came = log_in(browser, "shuju")
    assert (came.status_code, AWAY in came.text) == (503, True)
    assert is_out(browser)


def test_a_provider_whose_certificate_we_do_not_trust_is_not_asked(at, provider):
    make_certificate(provider.folder)
    with provider.up(at):
        came = at.visit().get("/auth/login/office")
    assert (came.status_code, AWAY in came.text) == (503, True)
