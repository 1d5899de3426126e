"""What the roles of an office may, as tools/roles.py means them: nobody sees a run for seeing a city, and nobody gets at passwords."""

import sys

import pytest

from pipelines.board.people import CITY_VIEWER, DATA_STAFF, EDITOR, VIEWER, cities_of, rank_of
from pipelines.notice import load_notice
from tests.cluster.services import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from airflow_env import environment, has_office_logins
from roles import find_roles, strangers

NOTICES = ("sd-vocational-week-2020", "nx-canteen-safety-2020")


@pytest.fixture(scope="module")
def roles():
    return find_roles([load_notice(one) for one in NOTICES])


def test_each_city_of_every_notice_has_a_role_that_limits_to_it(roles):
    cities = {city.code for one in NOTICES for city in load_notice(one).cities}
    assert {code for name in roles for code in cities_of([name]) or ()} == cities
    assert len([name for name in roles if name.startswith(CITY_VIEWER)]) == len(cities)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("市级查看：济南市（370200）", "名称和代码对不上：市级查看：济南市（370200）。它按代码给人看的是 市级查看：青岛市（370200）"),
        ("市级查看：某市（999900）", "没有哪个通知再有这个市"), ("市级查看：济南市", "没有哪个通知再有这个市"),
    ],
)  # fmt: skip
def test_a_role_that_somebody_wrote_otherwise_is_told(roles, written, said):
    (sentence,) = strangers([*roles, written, "Admin"], roles)
    assert said in sentence


def test_whoever_sees_a_city_has_no_right_to_anything_of_airflow(roles):
    for name, rights in roles.items():
        if name.startswith(CITY_VIEWER):
            assert {thing for _, thing in rights} == {"Website", "Plugins", "My Password", "My Profile"}, name


def test_each_role_may_what_the_one_below_may_and_nobody_gets_at_passwords_or_users(roles):
    assert roles[VIEWER] < roles[EDITOR]
    assert roles[VIEWER] < roles[DATA_STAFF]
    assert [rank_of([one]) for one in (VIEWER, EDITOR, DATA_STAFF)] == ["Viewer", "User", "Op"]
    for name, rights in roles.items():
        assert not {thing for _, thing in rights} & {
            "Connections",
            "Variables",
            "Users",
            "Roles",
            "Audit Logs",
        }, name
    assert {thing for action, thing in roles[VIEWER] if action not in ("can_read", "menu_access")} == {
        "My Password",
        "My Profile",
    }
    assert not {thing for _, thing in roles[EDITOR]} & {"Task Logs", "XComs"}


def test_editors_may_edit_the_flows_of_signing_and_selecting_alone(roles):
    edited = {thing for action, thing in roles[EDITOR] if action == "can_edit" and thing.startswith("DAG")}
    assert edited == {f"DAG:{prefix}__{one}" for prefix in ("bulletin", "select") for one in NOTICES}


def test_the_switch_is_one_word_and_off_without_it(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTICES_HOME", str(tmp_path))
    monkeypatch.delenv("NOTICES_LOGINS", raising=False)
    assert "AIRFLOW__CORE__AUTH_MANAGER" not in environment()
    monkeypatch.setenv("NOTICES_LOGINS", "office")
    assert environment()["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert environment()["AIRFLOW__FAB__COOKIE_SECURE"] == "False"
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://notices.example.org")
    assert environment()["AIRFLOW__FAB__COOKIE_SECURE"] == "True"
    monkeypatch.setenv("NOTICES_LOGINS", "Office")
    with pytest.raises(SystemExit, match="只可不写，或写 office"):
        has_office_logins()
