"""An office's single sign-on: a certified OpenID provider (oidc-provider, from npm) with its people and groups, started for one test."""

import json
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster.office import Office, lay_accounts
from tests.cluster.services import ROOT, end_of, free_port, running, wait_for_port

CLIENT, SECRET = "notices", "secret of notices"
_PROGRAM = Path(__file__).parent / "openid"
_OLDEST_NODE = 20


@dataclass
class OpenIDProvider:
    """`settings` is what the program is told of it."""

    folder: Path
    port: int
    program: Path
    settings: dict[str, str]

    @property
    def issuer(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def tell(self, groups: dict[str, list[str]]) -> None:
        """Who there is, and in which groups."""
        people = {name: {"preferred_username": name, "name": f"某{name}", "groups": said} for name, said in groups.items()}  # fmt: skip
        (self.folder / "people.json").write_text(json.dumps(people), "utf-8")

    @contextmanager
    def up(self, at: Office, secret: str = SECRET, **changed: Any) -> Iterator[None]:
        """The server at work for this office's page; it may be stopped and started again."""
        client = {
            "client_id": CLIENT,
            "client_secret": secret,
            "redirect_uris": [f"{at.page}/auth/oauth-authorized/office"],
            "post_logout_redirect_uris": [f"{at.page}/auth/login/"],
        }
        said = {
            "issuer": self.issuer,
            "port": self.port,
            "clients": [client],
            "claims": {"openid": ["sub"], "profile": ["name", "preferred_username", "groups"]},
        }
        (self.folder / "provider.json").write_text(json.dumps(said | changed), "utf-8")
        log = self.folder / "provider.log"
        with running(["node", str(self.program), str(self.folder)], log) as server:
            wait_for_port(self.port, server, lambda: end_of(log))
            yield

    def browser(self, at: Office) -> httpx.Client:
        """One of nobody's yet, which trusts the office and the provider."""
        trusted = ssl.create_default_context(cafile=str(at.certificate))
        trusted.load_verify_locations(self.folder / "cert.pem")
        return httpx.Client(
            base_url=at.page, verify=trusted, timeout=300, follow_redirects=True, headers={"accept": "text/html"}
        )  # fmt: skip


def log_in(browser: httpx.Client, name: str, to: str = "/board/") -> httpx.Response:
    """The page somebody comes to who asked for one, was led to the login and to the provider, said who they are, and consented."""
    asked = ask_for(browser, to)
    if 'name="login"' in asked.text:
        asked = fill_in(browser, asked, prompt="login", login=name, password="word")
    if 'value="consent"' in asked.text:
        asked = fill_in(browser, asked, prompt="consent")
    return asked


def ask_for(browser: httpx.Client, to: str = "/board/") -> httpx.Response:
    """What the button of the login page leads to, for whoever asked for a page."""
    login = browser.get(to)
    assert login.url.path == "/auth/login/", login.url
    button = re.search(r'id="sign-in"[^>]*href="([^"]+)"', login.text)
    assert button
    return browser.get(button[1].replace("&amp;", "&"))


def fill_in(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    """Sends the form of a page of the provider, with what stands hidden in it."""
    form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert form, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return browser.post(page.url.join(form[1]), data=hidden | fields)


def make_provider(folder: Path, groups: str) -> OpenIDProvider:
    """Of nobody yet. Skips the test where it cannot be installed."""
    program = _install()
    laid = lay_accounts(folder, groups)
    port = free_port()
    return OpenIDProvider(
        folder,
        port,
        program,
        {
            "NOTICES_ACCOUNTS": "oidc",
            "NOTICES_OIDC_ISSUER": f"https://127.0.0.1:{port}",
            "NOTICES_OIDC_CLIENT": CLIENT,
            "NOTICES_OIDC_SECRET": SECRET,
            "NOTICES_OIDC_CA": laid["trusted.pem"],
            "NOTICES_GROUPS": laid["groups.toml"],
        },
    )


def _install() -> Path:
    """The provider's program, with what package-lock.json names beside it, in build/ where it is kept for the next time."""
    if shutil.which("npm") is None or _node() < _OLDEST_NODE:
        pytest.skip(f"npm and Node.js {_OLDEST_NODE} or newer are not installed")
    folder, lock = ROOT / "build" / "openid-provider", "package-lock.json"
    program, installed = folder / "provider.mjs", folder / "installed.json"
    wanted = (_PROGRAM / lock).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("provider.mjs", "package.json", lock):
        shutil.copy(_PROGRAM / name, folder / name)
    if not installed.is_file() or installed.read_bytes() != wanted:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            pytest.skip(f"npm cannot install oidc-provider here: {done.stderr[-300:]}")
        installed.write_bytes(wanted)
    return program


def _node() -> int:
    """The number before the first point of Node's version."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").split(".")[0])
