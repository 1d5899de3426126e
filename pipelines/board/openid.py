"""FAB's users where an office's single sign-on keeps them (OpenID Connect): a group gives the role, and whoever is let in by nobody is told why."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from airflow.api_fastapi.app import get_cookie_path
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from airflow.providers.fab.auth_manager.views.auth_oauth import CustomAuthOAuthView
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from flask import abort, current_app, g, make_response, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_login import current_user, logout_user
from requests import RequestException

from pipelines.board.accounts import DISCOVERY, PROVIDER

log = logging.getLogger(__name__)
AWAY = "单位的统一身份认证现在没有接通，不是您的账号不对，请稍后再试，或告诉管机器的人。", 503
AGAIN = "这次登录没有完成：统一身份认证没有放行，或者隔得太久、换了浏览器。请再登录一次。", 403
NO_ROLE = (
    "您已通过统一身份认证，但在本系统里没有角色。要用的，请管机器的人把您加进相应的组，再登录一次。",
    403,
)
STOPPED = "您在本系统里的账号已停用。要恢复，请找管机器的人。", 403
FAILURES = (RequestException, OAuthError, ValueError)
"""No answer, an answer that refuses, an answer that is none."""
THEIRS = ("access_denied", "invalid_grant", "login_required")
"""What a provider answers where somebody did not log in, or not in time; anything else is between it and us."""
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the provider's own. authlib takes whatever the provider says it supports, an unsigned token too."""


class OpenIDSession(OAuth2Session):
    """How the provider is asked: where the settings name its CA, that one counts, whatever the environment names (REQUESTS_CA_BUNDLE)."""

    def merge_environment_settings(
        self, url: str, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> dict[str, Any]:
        trusted = self.verify if verify is None else verify
        return super().merge_environment_settings(url, proxies, stream, trusted, cert)


class OpenIDApp(FlaskOAuth2App):
    """The provider as authlib asks it, with state, nonce and PKCE; and with those checks of an ID token that authlib makes only if told to."""

    client_cls = OpenIDSession

    def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says of itself, if it is the one of the settings."""
        said: dict[str, Any] = super().load_server_metadata()
        if str(said.get("issuer")).rstrip("/") + DISCOVERY != self._server_metadata_url:
            raise OAuthError(description=f"the provider calls itself {said.get('issuer')}")
        name = "id_token_signing_alg_values_supported"
        said[name] = [one for one in said.get(name, SIGNED[:1]) if one in SIGNED]
        return said

    def ask_anew(self) -> None:
        """What it says of itself today: authlib would remember it until the page is started again, also of a provider that is away."""
        self.server_metadata.pop("_loaded_at", None)
        self.load_server_metadata()

    def authorize_access_token(self, **kwargs: Any) -> dict[str, Any]:
        """The tokens of this login, with what a valid ID token says of the person as `userinfo`; without one nobody is let in."""
        with _noting():
            issuer = self.load_server_metadata()["issuer"]
            expected = {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": self.client_id},
            }
            token: dict[str, Any] = super().authorize_access_token(claims_options=expected, **kwargs)
            if "userinfo" not in token:
                raise OAuthError(description="the provider sent no ID token")
            return token

    def ask_who(self, told: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
        """What the ID token says, and where it leaves out what is wanted, what userinfo says of the same person."""
        if wanted <= told.keys() or "userinfo_endpoint" not in self.load_server_metadata():
            return told
        more = self.userinfo()
        if more.get("sub") != told["sub"]:
            raise OAuthError(description="userinfo is of somebody else than the ID token")
        return dict(more) | told


class OpenIDLoginView(CustomAuthOAuthView):
    """One button that leads to the provider, and the sentence for whoever comes back without being let in."""

    login_template = "openid.html"
    template_folder = str(Path(__file__).parent / "templates")

    @expose("/login/")
    @expose("/login/<provider>")
    def login(self, provider: str | None = None) -> Any:
        if g.user is not None and g.user.is_authenticated:
            return super().login()
        if provider is None:
            return self._show()
        if provider != PROVIDER:
            abort(404)
        try:
            self._provider().ask_anew()
        except FAILURES:
            log.exception("the OpenID provider does not answer")
            return self._show(*AWAY)
        return super().login(provider)

    @expose("/oauth-authorized/<provider>")
    def oauth_authorized(self, provider: str) -> Any:
        came = super().oauth_authorized(provider)
        if current_user.is_authenticated and "refusal" not in g:
            return came
        # FAB's own sentences are in English, and do not tell whose fault it is.
        session.pop("_flashes", None)
        logout_user()
        return self._show(*g.get("refusal", AGAIN))

    @expose("/logout/")
    def logout(self) -> Any:
        """Out of this page and out of the provider's session: on a machine that people share one is no leaving without the other."""
        token = session.get("id_token")
        super().logout()
        session.clear()
        answer = redirect(self._way_out(token))
        answer.delete_cookie(
            COOKIE_NAME_JWT_TOKEN, path=get_cookie_path(), secure=request.is_secure, httponly=True
        )
        return answer

    def _way_out(self, token: str | None) -> str:
        """The provider's page for leaving, which leads back to the login; the login itself where there is none, or nobody was in."""
        login = url_for(".login", _external=True)
        if token is None:
            return login
        provider = self._provider()
        try:
            if "end_session_endpoint" not in provider.load_server_metadata():
                return login
        except FAILURES:
            return login
        return str(provider.create_logout_url(login, token, client_id=provider.client_id)["url"])

    def _provider(self) -> OpenIDApp:
        return self.appbuilder.sm.oauth_remotes[PROVIDER]

    def _show(self, refusal: str = "", status: int = 200) -> Any:
        """The login page, with where to go afterwards in the button's address."""
        way = url_for(".login", provider=PROVIDER, next=request.args.get("next"))
        page = self.render_template(
            self.login_template, title=self.title, appbuilder=self.appbuilder, refusal=refusal, way=way
        )
        return make_response(page, status)


class OpenIDManager(FabAirflowSecurityManagerOverride):
    """Takes from the provider who somebody is and which groups they are in, at each login."""

    authoauthview = OpenIDLoginView

    def get_oauth_user_info(self, provider: str, resp: dict[str, Any]) -> dict[str, Any]:
        """Who this is, as FAB wants it. Without a mailbox: some share one, and FAB wants one each."""
        user, groups = current_app.config["OPENID_USER_FIELD"], current_app.config["OPENID_GROUP_FIELD"]
        with _noting():
            told = self.oauth_remotes[provider].ask_who(dict(resp["userinfo"]), {user, groups})
            if not isinstance(told.get(user), str) or not told[user].strip():
                raise OAuthError(description=f"the provider tells no {user}, only {sorted(told)}")
        if groups not in told:
            log.warning("the OpenID provider tells no %s of %s, only %s", groups, told[user], sorted(told))
        keys = told.get(groups) or []
        return {
            "username": told[user].strip(),
            "first_name": told.get("given_name") or told.get("name") or "",
            "last_name": told.get("family_name") or "",
            "role_keys": [keys] if isinstance(keys, str) else [one for one in keys if isinstance(one, str)],
        }

    def auth_user_oauth(self, userinfo: dict[str, Any], rotate_session_id: bool = True) -> Any:
        """The user with the roles of their groups, or None. Of whoever has no role no account is made, and one there was has no role left."""
        roles = list(self.get_roles_from_keys(userinfo["role_keys"]))
        known = self.find_user(username=userinfo["username"])
        if known is None and roles:
            self._make_account(userinfo, roles)
        user = super().auth_user_oauth(userinfo, rotate_session_id)
        if user is not None and roles:
            return user
        g.refusal = STOPPED if known is not None and not known.is_active else NO_ROLE
        return None

    def auth_user_db(self, username: str, password: str, rotate_session_id: bool = True) -> None:
        """Nobody: FAB would let in with a password of this program's own whom the provider refuses."""
        return

    def set_oauth_session(self, provider: str, oauth_response: dict[str, Any]) -> None:
        """Only what leaving needs: the provider's other tokens are not kept."""
        session["id_token"] = oauth_response["id_token"]

    def _make_account(self, userinfo: dict[str, Any], roles: list[Any]) -> None:
        """FAB's own way would let anybody ask for an account, and give each an empty password."""
        name = userinfo["username"]
        self.add_user(
            name, userinfo["first_name"], userinfo["last_name"], f"{name}@email.notfound", roles,
            password=secrets.token_urlsafe(32),
        )  # fmt: skip


@contextmanager
def _noting() -> Iterator[None]:
    """Remembers for this login whose fault it is that it fails, and lets FAB refuse it."""
    try:
        yield
    except MismatchingStateError:
        g.refusal = AGAIN
        raise
    except Exception as error:
        g.refusal = AGAIN if getattr(error, "error", None) in THEIRS else AWAY
        log.exception("a login by the OpenID provider failed")
        raise
