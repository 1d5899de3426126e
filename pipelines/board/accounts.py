"""What FAB is told of where an office keeps its accounts, from the environment and a file of groups: an LDAP directory
(NOTICES_ACCOUNTS=ldap), or a single sign-on that speaks OpenID Connect (NOTICES_ACCOUNTS=oidc).

A setting that is missing or wrong ends the start with a sentence: a page that lets in whom it should not is worse than none.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.ground.errors import NoticesError

Environment = Mapping[str, str]
ACCOUNTS = ("", "ldap", "oidc")
PROVIDER = "office"
"""The name of the single sign-on in this program's own addresses: /auth/oauth-authorized/office."""
DISCOVERY = "/.well-known/openid-configuration"
"""Where a provider says what it is, below its issuer."""
NOBODY = "Public"
"""FAB's role without a right: whoever is in none of the groups."""
_HOW = "见 docs/logins.md“用单位已有的账号”"
_SECONDS = 5
"""How long a provider is waited for that does not answer."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def find_accounts(env: Environment) -> str:
    """Who keeps the accounts: '' this program itself, 'ldap' a directory, 'oidc' a single sign-on."""
    said = env.get("NOTICES_ACCOUNTS", "")
    if said not in ACCOUNTS:
        raise NoticesError(f"NOTICES_ACCOUNTS={said}：只可不写，或写 ldap、oidc（{_HOW}）")
    return said


def of_accounts(env: Environment) -> dict[str, Any]:
    """FAB's settings for whoever keeps the accounts; none where it is this program."""
    match find_accounts(env):
        case "ldap":
            return of_directory(env)
        case "oidc":
            return of_provider(env)
        case _:
            return {}


def read_groups(env: Environment) -> dict[str, list[str]]:
    """The roles of each group, as NOTICES_GROUPS (a TOML file) says: at least one group, and each with roles."""
    file = Path(_needed(env, "NOTICES_GROUPS"))
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise NoticesError(f"读不到 NOTICES_GROUPS 写的文件 {file}：{error.strerror}") from error
    except ValueError as error:
        raise NoticesError(f"{file} 不是正确的 TOML：{error}。组名要加引号，{_HOW}") from error
    for group, roles in said.items():
        right = isinstance(roles, list) and roles and all(isinstance(one, str) and one for one in roles)
        if not right:
            raise NoticesError(
                f'{file} 里“{group}”要写成一个或几个角色的名称，如 ["数据员"]；组名里有点和等号，要加引号'
            )
    if not said:
        raise NoticesError(f"{file} 里一个组也没有：那样谁登录了也什么都看不到")
    return said


def of_directory(env: Environment) -> dict[str, Any]:
    """FAB's settings for an LDAP directory. Passwords travel: no plain ldap:// beyond this machine."""
    if find_spec("ldap") is None:
        raise NoticesError(f"这里没有装 python-ldap：再运行一次 tools/install.sh，加上 directory（{_HOW}）")
    server, searched = _needed(env, "NOTICES_LDAP_SERVER"), env.get("NOTICES_LDAP_FILTER", "")
    address = urlsplit(server)
    if address.scheme not in ("ldap", "ldaps") or not address.hostname:
        raise NoticesError(f"NOTICES_LDAP_SERVER={server}：要写成 ldaps://主机名（{_HOW}）")
    if address.scheme == "ldap" and address.hostname not in _LOOPBACK:
        raise NoticesError(f"NOTICES_LDAP_SERVER={server}：这样密码会明文经过网络，请改成 ldaps://")
    if searched and not (searched[0] + searched[-1] == "()" and searched.count("(") == searched.count(")")):
        raise NoticesError(f"NOTICES_LDAP_FILTER={searched}：要用括号括起来，如 (objectClass=person)")
    return {
        # Accounts come at the first login, and their roles are at each login what the groups say.
        "AUTH_USER_REGISTRATION": True,
        "AUTH_USER_REGISTRATION_ROLE": NOBODY,
        "AUTH_ROLES_SYNC_AT_LOGIN": True,
        "AUTH_ROLES_MAPPING": read_groups(env),
        "AUTH_LDAP_SERVER": server,
        "AUTH_LDAP_USE_TLS": False,
        "AUTH_LDAP_ALLOW_SELF_SIGNED": False,
        "AUTH_LDAP_TLS_DEMAND": True,
        "AUTH_LDAP_TLS_CACERTFILE": env.get("NOTICES_LDAP_CA", ""),
        "AUTH_LDAP_SEARCH": _needed(env, "NOTICES_LDAP_SEARCH"),
        "AUTH_LDAP_SEARCH_FILTER": searched,
        "AUTH_LDAP_UID_FIELD": env.get("NOTICES_LDAP_UID_FIELD") or "uid",
        "AUTH_LDAP_GROUP_FIELD": env.get("NOTICES_LDAP_GROUP_FIELD") or "memberOf",
        # Without an account of its own the search would go by the rights of whoever logs in, and in many directories find no groups.
        "AUTH_LDAP_BIND_USER": _needed(env, "NOTICES_LDAP_BIND_USER"),
        "AUTH_LDAP_BIND_PASSWORD": _needed(env, "NOTICES_LDAP_BIND_PASSWORD"),
    }


def of_provider(env: Environment) -> dict[str, Any]:
    """FAB's settings for a single sign-on. A secret and tokens travel: no plain http:// beyond this machine."""
    if find_spec("authlib") is None:
        raise NoticesError(f"这里没有装 authlib：再运行一次 tools/install.sh，加上 sso（{_HOW}）")
    issuer, scope = _needed(env, "NOTICES_OIDC_ISSUER"), env.get("NOTICES_OIDC_SCOPE") or "openid profile"
    address = urlsplit(issuer)
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
        raise NoticesError(f"NOTICES_OIDC_ISSUER={issuer}：要写成 https://主机名/…（{_HOW}）")
    if address.scheme == "http" and address.hostname not in _LOOPBACK:
        raise NoticesError(f"NOTICES_OIDC_ISSUER={issuer}：这样口令和令牌会明文经过网络，请改成 https://")
    if "openid" not in scope.split():
        raise NoticesError(f"NOTICES_OIDC_SCOPE={scope}：其中要有 openid，用空格隔开（{_HOW}）")
    remote = {
        "client_id": _needed(env, "NOTICES_OIDC_CLIENT"),
        "client_secret": _needed(env, "NOTICES_OIDC_SECRET"),
        "server_metadata_url": issuer.rstrip("/") + DISCOVERY,
        "client_kwargs": {
            "scope": scope,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
            "verify": _found(env, "NOTICES_OIDC_CA") or True,
        },
    }
    return {
        "AUTH_ROLES_SYNC_AT_LOGIN": True,
        "AUTH_ROLES_MAPPING": read_groups(env),
        "OAUTH_PROVIDERS": [{"name": PROVIDER, "remote_app": remote}],
        "OPENID_USER_FIELD": env.get("NOTICES_OIDC_USER_FIELD") or "preferred_username",
        "OPENID_GROUP_FIELD": env.get("NOTICES_OIDC_GROUP_FIELD") or "groups",
    }


def unknown_roles(groups: Mapping[str, list[str]], known: Collection[str]) -> Iterator[str]:
    """A sentence for each role that a group is to have and that there is none of: whoever is in it would see nothing."""
    for group, roles in groups.items():
        for role in roles:
            if role not in known:
                yield f"没有“{role}”这个角色，“{group}”里的人登录后会少了它：请改正 NOTICES_GROUPS 写的文件"


def _needed(env: Environment, name: str) -> str:
    if not env.get(name):
        raise NoticesError(f"设了 NOTICES_ACCOUNTS={env['NOTICES_ACCOUNTS']}，还要设 {name}（{_HOW}）")
    return env[name]


def _found(env: Environment, name: str) -> str:
    """The file that a setting names, or ''."""
    said = env.get(name, "")
    if said and not Path(said).is_file():
        raise NoticesError(f"读不到 {name} 写的文件 {said}")
    return said
