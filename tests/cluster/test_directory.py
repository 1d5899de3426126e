"""An office whose accounts are in its LDAP directory: a group gives a role, and neither a wrong password nor a directory that is away lets in."""

import importlib.util
import re

import pytest

from pipelines.board.people import DATA_STAFF, city_role
from tests.cluster.directory import BASE, dn_of, entries, make_directory
from tests.cluster.office import make_certificate, make_home, office_with_accounts, sees

pytestmark = [pytest.mark.soak, pytest.mark.airflow]
JINAN = city_role("济南市", "370100")
GROUPS = f"""
"CN=data, OU=Groups, {BASE}" = ["{DATA_STAFF}"]
"cn=jinan,ou=groups,{BASE}" = ["{JINAN}"]
"cn=slip,ou=groups,{BASE}" = ["数据圆"]
"""
PEOPLE = {name: f"word of {name}" for name in ("shuju", "jinan", "moved", "nobody")}
MEMBERS = {"data": ["shuju"], "jinan": ["jinan", "moved"]}
AWAY, WRONG = "单位的账号目录现在连不上", "用户名或密码不对"


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    for extra in ("airflow.providers.fab", "flask_appbuilder", "ldap"):
        if importlib.util.find_spec(extra) is None:
            pytest.skip("the extras `office` and `directory` are not installed")
    made = make_directory(tmp_path_factory.mktemp("directory"), GROUPS)
    with made.up():
        # Of `moved` the directory tells no name and no mailbox: nothing but the groups.
        made.change(entries(PEOPLE, MEMBERS, bare="moved"))
    return made


@pytest.fixture(scope="module")
def at(tmp_path_factory, directory):
    folder = tmp_path_factory.mktemp("office")
    home = make_home(folder / "home")
    with office_with_accounts(folder / "machine", home.path, directory.settings) as made:
        yield made


def refusal(at, name, word):
    """What a browser is told that is not let in, and what a program is answered that asks for a token."""
    browser = at.visit()
    asked = browser.get("/auth/login/")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', asked.text)
    assert token
    came = browser.post(
        "/auth/login/", data={"csrf_token": token[1], "username": name, "password": word}, headers={"referer": str(asked.url)}
    )  # fmt: skip
    assert came.url.path == "/auth/login/", came.url
    assert not browser.cookies.get("_token")
    assert "Traceback" not in came.text
    answer = at.visit().post("/auth/token", json={"username": name, "password": word})
    return came.text, answer.status_code


def test_a_group_gives_its_role_and_takes_it_away(at, directory):
    with directory.up():
        assert sees(at.log_in("shuju", PEOPLE["shuju"])) == [200, 200, 200]
        for name in ("jinan", "moved"):
            assert sees(at.log_in(name, PEOPLE[name])) == [200, 200, 404], name
        directory.change(
            f"dn: cn=jinan,ou=groups,{BASE}\nchangetype: modify\ndelete: member\nmember: {dn_of('moved')}\n"
        )
        for name in ("moved", "nobody"):
            assert set(sees(at.log_in(name, PEOPLE[name]))) <= {403, 404}, name


@pytest.mark.parametrize(
    ("name", "word"),
    [
        pytest.param("jinan", "word", id="a wrong password"),
        pytest.param("none", "word", id="nobody of the directory"),
        pytest.param("old", "word of old", id="an account that this program had before"),
    ],
)
def test_a_wrong_login_is_told_so(at, directory, name, word):
    with directory.up():
        said, status = refusal(at, name, word)
        assert WRONG in said
        assert AWAY not in said
        assert status == 401
        assert at.visit().post("/auth/token", json={"username": name, "password": ""}).status_code == 400


def test_a_directory_that_is_away_is_our_fault_and_lets_nobody_in(at):
    said, status = refusal(at, "jinan", PEOPLE["jinan"])
    assert AWAY in said
    assert WRONG not in said
    assert status == 503
    for name in ("nobody", "old"):
        answer = at.visit().post("/auth/token", json={"username": name, "password": f"word of {name}"})
        assert (answer.status_code, AWAY in answer.text) == (503, True), name


def test_our_own_account_with_the_directory_is_nobody_else_s_fault(at, directory):
    with directory.up(word="another"):
        answer = at.visit().post("/auth/token", json={"username": "jinan", "password": PEOPLE["jinan"]})
        assert (answer.status_code, AWAY in answer.text) == (503, True)


def test_a_directory_whose_certificate_we_do_not_trust_is_told_no_password(at, directory):
    make_certificate(directory.folder)
    with directory.up():
        answer = at.visit().post("/auth/token", json={"username": "jinan", "password": PEOPLE["jinan"]})
        assert (answer.status_code, AWAY in answer.text) == (503, True)
