"""FAB's users where a directory keeps them: a directory that is away is our fault and said so, and no password but the directory's counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ldap
import ldap.dn
from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from fastapi import HTTPException
from flask import g
from flask_appbuilder.security.views import AuthLDAPView

AWAY = "单位的账号目录现在连不上或不让查，不是您的密码错了，请稍后再试，或告诉管机器的人。"
WRONG = "用户名或密码不对，或者您没有账号，请再试。"
_SECONDS = 5
"""How long a directory is waited for that does not answer."""


class DirectoryLoginView(AuthLDAPView):
    """The login page, which tells a wrong password from a directory that is away."""

    @property
    def invalid_login_message(self) -> str:
        return AWAY if _is_away() else WRONG


class DirectoryManager(FabAirflowSecurityManagerOverride):
    """Asks the directory at each login."""

    authldapview = DirectoryLoginView

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        ldap.set_option(ldap.OPT_NETWORK_TIMEOUT, _SECONDS)
        ldap.set_option(ldap.OPT_TIMEOUT, _SECONDS)
        super().__init__(*args, **kwargs)

    def auth_user_ldap(self, username: str, password: str, rotate_session_id: bool = True) -> Any:
        """The user, or None; where it is the directory's doing a program that asks for a token is told 503."""
        # An empty password is no login to a directory but a visit, which succeeds.
        if not password:
            return None
        user = super().auth_user_ldap(username, password, rotate_session_id)
        if user is None and _is_away() and not rotate_session_id:
            raise HTTPException(503, AWAY)
        return user

    def auth_user_db(self, username: str, password: str, rotate_session_id: bool = True) -> None:
        """Nobody: FAB would let in with a password of this program's own whom the directory refuses."""
        return

    def get_roles_from_keys(self, role_keys: list[str]) -> set[Any]:
        """The roles of these groups; a directory writes a group's name with its own capitals and spaces, which mean nothing."""
        asked = {_plain(one) for one in role_keys}
        return super().get_roles_from_keys([one for one in self.auth_roles_mapping if _plain(one) in asked])

    def _ldap_bind_indirect(self, ldap: Any, con: Any) -> None:
        """Trouble of our own account with the directory is none of whoever logs in."""
        with _noting():
            super()._ldap_bind_indirect(ldap, con)

    def _search_ldap(self, ldap: Any, con: Any, username: str) -> Any:
        """Who this is, with the groups even where there are none: FAB leaves the roles as they were of whom it learns nothing.

        Without a mailbox: some share one, and FAB lets in the first of them alone.
        """
        with _noting():
            found, told = super()._search_ldap(ldap, con, username)
        if found is None:
            return None, None
        field, mailbox = self.auth_ldap_group_field.casefold(), self.auth_ldap_email_field.casefold()
        kept = {name: values for name, values in told.items() if name.casefold() not in (field, mailbox)}
        groups = [value for name, values in told.items() if name.casefold() == field for value in values]
        return found, kept | {self.auth_ldap_group_field: groups}

    @staticmethod
    def _ldap_bind(ldap: Any, con: Any, dn: str, password: str) -> bool:
        """Whether the directory took the password; a wrong one is no trouble of the directory's."""
        with _noting():
            return FabAirflowSecurityManagerOverride._ldap_bind(ldap, con, dn, password)


@contextmanager
def _noting() -> Iterator[None]:
    """Remembers for this login that the directory failed, and lets FAB refuse it."""
    try:
        yield
    except ldap.LDAPError:
        g.directory_is_away = True
        raise


def _is_away() -> bool:
    return bool(getattr(g, "directory_is_away", False))


def _plain(group: str) -> str:
    """A group's name without what means nothing in it, where it is a directory's; else as it is, in small letters."""
    try:
        return ldap.dn.dn2str(ldap.dn.str2dn(group)).casefold()
    except ldap.DECODING_ERROR:
        return group.casefold()
