"""What a provider could send that is no login: each of the checks of OpenID Connect's ID token is on, also those that authlib leaves to its caller."""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

try:
    from authlib.integrations.base_client.errors import MismatchingStateError
    from authlib.integrations.flask_client import OAuth
    from flask import Flask, g, session
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    from pipelines.board.openid import AGAIN, AWAY, OpenIDApp
except ModuleNotFoundError:
    pytest.skip("the extras `office` and `sso` are not installed", allow_module_level=True)

from pipelines.board.accounts import PROVIDER, of_provider

pytestmark = pytest.mark.soak
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}) for _ in range(2))
BACK = "https://notices.example.org/auth/oauth-authorized/office"
CLIENT = "notices"


@pytest.fixture
def provider():
    """A server that says whatever it is told to: `says` by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(server.says[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.issuer = f"http://127.0.0.1:{server.server_port}/realms/office"
    at = f"http://127.0.0.1:{server.server_port}"
    server.says = {
        "/realms/office/.well-known/openid-configuration": {
            "issuer": server.issuer,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        },
        "/keys": {"keys": [KEY.as_dict(private=False)]},
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def log_in(provider, tmp_path):
    """A login, whose token endpoint answers what `token` makes of right claims."""
    (tmp_path / "groups.toml").write_text('"data" = ["数据员"]\n', "utf-8")
    env = {
        "NOTICES_ACCOUNTS": "oidc",
        "NOTICES_OIDC_ISSUER": provider.issuer,
        "NOTICES_OIDC_CLIENT": CLIENT,
        "NOTICES_OIDC_SECRET": "word",
        "NOTICES_GROUPS": str(tmp_path / "groups.toml"),
    }
    app = Flask("office")
    app.secret_key = "x"
    remote = of_provider(env)["OAUTH_PROVIDERS"][0]["remote_app"]
    client = OAuth(app).register(PROVIDER, **remote, client_cls=OpenIDApp)

    def come_back(token, state=None):
        with app.test_request_context("/"):
            led = client.authorize_redirect(BACK)
            asked = {name: said[0] for name, said in parse_qs(urlsplit(led.location).query).items()}
            kept = dict(session)
        now = int(time.time())
        claims = {
            "iss": provider.issuer, "aud": CLIENT, "sub": "1", "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "preferred_username": "shuju", "groups": ["data"],
        }  # fmt: skip
        provider.says["/token"] = {"access_token": "a", "token_type": "Bearer"} | token(claims)
        with app.test_request_context(f"/?code=x&state={state or asked['state']}"):
            session.update(kept)
            try:
                return client.authorize_access_token()["userinfo"], client
            except Exception as error:
                error.refusal = g.refusal
                raise

    return come_back


def signed(key=KEY, **changed):
    """A token of these claims; a claim that is None is left out."""

    def token(claims):
        said = {name: one for name, one in (claims | changed).items() if one is not None}
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "1"}, said, key)}

    return token


def unsigned(claims):
    return {"id_token": f"{packed({'alg': 'none'})}.{packed(claims)}."}


def by_public_key(claims):
    """What a library takes that lets a token say how it is to be checked."""
    said = f"{packed({'alg': 'HS256', 'kid': '1'})}.{packed(claims)}"
    code = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return {"id_token": f"{said}.{urlsafe_b64encode(code).decode().rstrip('=')}"}


def packed(said):
    return urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def test_a_right_token_tells_who_it_is(log_in):
    told, _ = log_in(signed())
    assert (told["preferred_username"], told["groups"]) == ("shuju", ["data"])


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(aud="another"), id="for another client"),
        pytest.param(signed(aud=["another", "third"], azp=CLIENT), id="for others, in our name"),
        pytest.param(signed(aud=None), id="for nobody"),
        pytest.param(signed(iss="https://evil.example.org"), id="of another provider"),
        pytest.param(signed(iss=None), id="of no provider"),
        pytest.param(signed(nonce="another"), id="of another login"),
        pytest.param(signed(nonce=None), id="of no login"),
        pytest.param(signed(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(signed(exp=None), id="for ever"),
        pytest.param(signed(sub=None), id="of nobody"),
        pytest.param(signed(OTHER), id="by another key"),
        pytest.param(by_public_key, id="by the public key as a password"),
        pytest.param(unsigned, id="unsigned"),
        pytest.param(lambda claims: {"id_token": "x.y.z"}, id="no token"),
        pytest.param(lambda claims: {}, id="none at all"),
    ],
)
def test_a_wrong_token_is_no_login(log_in, token):
    with pytest.raises(Exception) as stopped:  # noqa: PT011 (authlib's and joserfc's own)
        log_in(token)
    assert stopped.value.refusal == AWAY, "between the provider and us: nobody else's fault"


def test_a_state_that_is_not_this_browser_s_is_no_login(log_in):
    with pytest.raises(MismatchingStateError) as stopped:
        log_in(signed(), state="another")
    assert stopped.value.refusal == AGAIN


def test_a_provider_that_calls_itself_otherwise_is_not_asked(log_in, provider):
    (said,) = (one for path, one in provider.says.items() if path.endswith("openid-configuration"))
    said["issuer"] = "https://evil.example.org"
    with pytest.raises(Exception, match="calls itself"):
        log_in(signed())


def test_userinfo_of_somebody_else_counts_for_nothing(log_in, provider):
    told, client = log_in(signed())
    with Flask("office").app_context():
        client.token = {"access_token": "a", "token_type": "Bearer"}
        provider.says["/userinfo"] = {"sub": "1", "dept": "办公室", "groups": ["other"]}
        more = client.ask_who(dict(told), {"dept"})
        assert (more["dept"], more["groups"]) == ("办公室", ["data"])
        provider.says["/userinfo"] = {"sub": "2", "dept": "办公室"}
        with pytest.raises(Exception, match="somebody else"):
            client.ask_who(dict(told), {"dept"})
