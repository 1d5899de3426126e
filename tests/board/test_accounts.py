"""An office's directory or single sign-on is told to FAB by settings; each that is missing or wrong is a sentence before anything starts."""

from importlib import util

import pytest

from pipelines.board import accounts
from pipelines.board.accounts import (
    NOBODY,
    find_accounts,
    of_accounts,
    of_directory,
    of_provider,
    read_groups,
    unknown_roles,
)
from pipelines.ground.errors import NoticesError

GROUP = "cn=data,ou=groups,dc=example,dc=org"


@pytest.fixture
def env(tmp_path, monkeypatch):
    """All that is needed, as where python-ldap is installed."""
    monkeypatch.setattr(accounts, "find_spec", lambda name: name)
    (tmp_path / "groups.toml").write_text(f'"{GROUP}" = ["数据员"]\n', "utf-8")
    return {
        "NOTICES_ACCOUNTS": "ldap",
        "NOTICES_LDAP_SERVER": "ldaps://ldap.example.org",
        "NOTICES_LDAP_SEARCH": "ou=people,dc=example,dc=org",
        "NOTICES_LDAP_BIND_USER": "cn=reader,dc=example,dc=org",
        "NOTICES_LDAP_BIND_PASSWORD": "word",
        "NOTICES_GROUPS": str(tmp_path / "groups.toml"),
    }


def test_a_directory_s_people_have_what_their_groups_give_and_nothing_else(env):
    said = of_directory(env)
    assert said["AUTH_ROLES_MAPPING"] == {GROUP: ["数据员"]}
    assert said["AUTH_USER_REGISTRATION_ROLE"] == NOBODY
    assert said["AUTH_ROLES_SYNC_AT_LOGIN"] is True
    assert said["AUTH_LDAP_TLS_DEMAND"] is True
    assert (said["AUTH_LDAP_UID_FIELD"], said["AUTH_LDAP_GROUP_FIELD"]) == ("uid", "memberOf")
    other = {"NOTICES_LDAP_UID_FIELD": "sAMAccountName", "NOTICES_LDAP_FILTER": "(objectClass=person)"}
    assert of_directory(env | other)["AUTH_LDAP_UID_FIELD"] == "sAMAccountName"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        *(
            pytest.param({name: ""}, f"还要设 {name}", id=name)
            for name in ("NOTICES_LDAP_SERVER", "NOTICES_LDAP_SEARCH", "NOTICES_LDAP_BIND_USER", "NOTICES_LDAP_BIND_PASSWORD", "NOTICES_GROUPS")
        ),
        pytest.param({"NOTICES_LDAP_SERVER": "ldap.example.org"}, "要写成 ldaps://主机名", id="no address"),
        pytest.param({"NOTICES_LDAP_SERVER": "ldap://ldap.example.org"}, "密码会明文经过网络", id="plain"),
        pytest.param({"NOTICES_LDAP_FILTER": "objectClass=person"}, "要用括号括起来", id="filter"),
        pytest.param({"NOTICES_LDAP_FILTER": "((a=b)"}, "要用括号括起来", id="brackets"),
        pytest.param({"NOTICES_GROUPS": "none.toml"}, "读不到 NOTICES_GROUPS", id="no file"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_a_sentence(env, changed, sentence):
    with pytest.raises(NoticesError, match=sentence):
        of_directory(env | changed)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        pytest.param("", "一个组也没有", id="empty"),
        pytest.param("cn=data,ou=groups = 1", "不是正确的 TOML", id="no quotes"),
        pytest.param('"cn=data" = "数据员"', "要写成一个或几个角色的名称", id="no list"),
        pytest.param('"cn=data" = []', "要写成一个或几个角色的名称", id="no role"),
    ],
)
def test_a_wrong_file_of_groups_is_a_sentence(env, tmp_path, written, sentence):
    (tmp_path / "groups.toml").write_text(written, "utf-8")
    with pytest.raises(NoticesError, match=sentence):
        read_groups(env)


def test_a_plain_directory_is_for_this_machine_alone(env):
    at = "ldap://127.0.0.1:1389"
    assert of_directory(env | {"NOTICES_LDAP_SERVER": at})["AUTH_LDAP_SERVER"] == at


def test_without_the_library_nothing_starts(env, monkeypatch):
    monkeypatch.setattr(accounts, "find_spec", lambda name: util.find_spec("no_such_module"))
    with pytest.raises(NoticesError, match="没有装 python-ldap"):
        of_directory(env)


@pytest.fixture
def sso(env):
    """All that a single sign-on needs, as where authlib is installed."""
    return {
        "NOTICES_ACCOUNTS": "oidc",
        "NOTICES_OIDC_ISSUER": "https://sso.example.org/realms/office",
        "NOTICES_OIDC_CLIENT": "notices",
        "NOTICES_OIDC_SECRET": "word",
        "NOTICES_GROUPS": env["NOTICES_GROUPS"],
    }


def test_a_single_sign_on_is_asked_safely_and_its_groups_give_the_roles(sso, tmp_path):
    said = of_accounts(sso)
    assert said["AUTH_ROLES_MAPPING"] == {GROUP: ["数据员"]}
    assert said["AUTH_ROLES_SYNC_AT_LOGIN"] is True
    assert "AUTH_USER_REGISTRATION" not in said, "FAB would let anybody ask for an account"
    assert (said["OPENID_USER_FIELD"], said["OPENID_GROUP_FIELD"]) == ("preferred_username", "groups")
    remote = said["OAUTH_PROVIDERS"][0]["remote_app"]
    assert remote["server_metadata_url"] == f"{sso['NOTICES_OIDC_ISSUER']}/.well-known/openid-configuration"
    assert remote["client_kwargs"]["code_challenge_method"] == "S256"
    assert remote["client_kwargs"]["verify"] is True
    own = {
        "NOTICES_OIDC_CA": str(tmp_path / "groups.toml"),
        "NOTICES_OIDC_GROUP_FIELD": "roles",
        "NOTICES_OIDC_SCOPE": "openid groups",
    }
    changed = of_accounts(sso | own)
    kwargs = changed["OAUTH_PROVIDERS"][0]["remote_app"]["client_kwargs"]
    assert (kwargs["verify"], kwargs["scope"]) == (own["NOTICES_OIDC_CA"], "openid groups")
    assert changed["OPENID_GROUP_FIELD"] == "roles"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        *(
            pytest.param({name: ""}, f"NOTICES_ACCOUNTS=oidc，还要设 {name}", id=name)
            for name in ("NOTICES_OIDC_ISSUER", "NOTICES_OIDC_CLIENT", "NOTICES_OIDC_SECRET", "NOTICES_GROUPS")
        ),
        pytest.param({"NOTICES_OIDC_ISSUER": "sso.example.org"}, "要写成 https://主机名", id="no address"),
        pytest.param({"NOTICES_OIDC_ISSUER": "https://sso.example.org/?a=b"}, "要写成 https://主机名", id="a question"),
        pytest.param({"NOTICES_OIDC_ISSUER": "http://sso.example.org"}, "会明文经过网络", id="plain"),
        pytest.param({"NOTICES_OIDC_SCOPE": "profile,openid"}, "其中要有 openid", id="scope"),
        pytest.param({"NOTICES_OIDC_CA": "none.pem"}, "读不到 NOTICES_OIDC_CA", id="no CA"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_a_single_sign_on_is_a_sentence(sso, changed, sentence):
    with pytest.raises(NoticesError, match=sentence):
        of_provider(sso | changed)


def test_without_authlib_nothing_starts(sso, monkeypatch):
    monkeypatch.setattr(accounts, "find_spec", lambda name: util.find_spec("no_such_module"))
    with pytest.raises(NoticesError, match="没有装 authlib"):
        of_provider(sso)


def test_accounts_are_this_program_s_own_unless_told():
    assert find_accounts({}) == ""
    assert of_accounts({}) == {}
    with pytest.raises(NoticesError, match="NOTICES_ACCOUNTS=LDAP"):
        find_accounts({"NOTICES_ACCOUNTS": "LDAP"})


def test_a_role_that_nobody_made_is_told():
    (said,) = unknown_roles({GROUP: ["数据员", "数据圆"]}, ["数据员"])
    assert "数据圆" in said
    assert GROUP in said
