"""The page as an office has it: FAB's accounts and roles, the program as its unit starts it, and nginx with TLS before it."""

import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from tests.board.conftest import NOW, write_inbox
from tests.cluster.services import ROOT, end_of, free_port, running, wait_for_port

NOTICE = "sd-vocational-week-2020"
BOARD = f"/board/n/collect__{NOTICE}/"
HEAD = """
pid {folder}/nginx.pid; error_log {folder}/nginx.err; worker_processes 1; daemon off;
events {{}}
http {{
    access_log {folder}/access.log; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
"""


@dataclass(frozen=True)
class Office:
    """`page` is the address that people type; `settings` what every command of the program is given."""

    page: str
    plain: str
    inner: str
    certificate: Path
    settings: dict[str, str]

    def run(self, *words: str) -> str:
        """What a command of the program says."""
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.settings, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def visit(self) -> httpx.Client:
        """A browser of nobody's yet, which trusts this office's certificate alone."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(
            base_url=self.page, verify=trusted, timeout=300, follow_redirects=True, headers={"accept": "text/html"}
        )  # fmt: skip

    def announce(self, place: str, size: int) -> int:
        """What a form is answered that says how large it is, before any of it is sent."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        asked = HTTPSConnection(self.page.removeprefix("https://"), context=trusted, timeout=300)
        try:
            asked.putrequest("POST", place)
            asked.putheader("Content-Length", str(size))
            asked.endheaders()
            return asked.getresponse().status
        finally:
            asked.close()

    def log_in(self, name: str, word: str, to: str = "/board/") -> httpx.Client:
        """The browser of somebody who asked for a page, was led to the login, and filled it in."""
        browser = self.visit()
        asked = browser.get(to)
        assert asked.url.path == "/auth/login/", asked.url
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', asked.text)
        assert token
        form = {"csrf_token": token[1], "username": name, "password": word}
        came = browser.post(asked.url, data=form, headers={"referer": str(asked.url)})
        assert came.url.path == to, (name, came.url)
        return browser


def make_certificate(folder: Path) -> None:
    """A new key and its certificate for this machine's address, which nobody else signed."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


def lay_accounts(folder: Path, groups: str) -> dict[str, str]:
    """What every server of accounts has in its folder: its certificate, which certificate we trust, and which group gives which
    role. Returns the path of each of the last two, by its name in there."""
    folder.mkdir(parents=True, exist_ok=True)
    make_certificate(folder)
    trusted, written = folder / "trusted.pem", folder / "groups.toml"
    shutil.copy(folder / "cert.pem", trusted)
    written.write_text(groups, "utf-8")
    return {path.name: str(path) for path in (trusted, written)}


def make_home(folder: Path) -> Home:
    """One with figures of one notice."""
    home, notice = Home(folder), load_notice(NOTICE)
    write_inbox(notice, home.inbox(notice.id))
    cycle.run(home, notice, now=NOW)
    return home


def sees(browser: httpx.Client) -> list[int]:
    """What somebody is answered who asks for the whole board, for Jinan's page and for Qingdao's."""
    places = (BOARD, f"{BOARD}city?city=370100", f"{BOARD}city?city=370200")
    return [browser.get(place).status_code for place in places]


def fill_in_nginx(folder: Path, page: int, plain: int, inner: int, certificate: Path, key: Path) -> Path:
    """deploy/nginx.conf with this machine's ports, names and folders in the places of the office's."""
    shipped = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for said, here in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{page} ssl http2;",
        "/etc/notices/tls/cert.pem": str(certificate),
        "/etc/notices/tls/key.pem": str(key),
        "http://127.0.0.1:8080": f"http://127.0.0.1:{inner}",
        "notices.example.org": "127.0.0.1",
    }.items():
        assert said in shipped, said
        shipped = shipped.replace(said, here)
    written = folder / "nginx.conf"
    written.write_text(HEAD.format(folder=folder) + shipped + "}\n", "utf-8")
    return written


@contextmanager
def office(folder: Path, home: Path, settings: dict[str, str] | None = None) -> Iterator[Office]:
    """`settings`: what of it is not as usual. Skips the test where nginx is not installed."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if nginx is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    folder.mkdir()
    inner, page, plain = free_port(), free_port(), free_port()
    certificate, key = folder / "cert.pem", folder / "key.pem"
    make_certificate(folder)
    # Nothing of what this process was told of Airflow and of us.
    told = {name: one for name, one in os.environ.items() if not name.startswith(("AIRFLOW", "NOTICES"))}
    told |= (settings or {}) | {
        "NOTICES_HOME": str(home),
        "NOTICES_LOGINS": "office",
        "AIRFLOW__API__PORT": str(inner),
        "AIRFLOW__API__BASE_URL": f"https://127.0.0.1:{page}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{inner}/execution/",
    }
    made = Office(f"https://127.0.0.1:{page}", f"http://127.0.0.1:{plain}", f"http://127.0.0.1:{inner}", certificate, told)  # fmt: skip
    unit = (ROOT / "deploy" / "systemd" / "notices-api-server.service").read_text("utf-8")
    (said,) = re.findall(r"^ExecStart=/opt/notices/\.venv/bin/python (.+)$", unit, re.M)
    conf = fill_in_nginx(folder, page, plain, inner, certificate, key)
    with (
        running([sys.executable, *said.split()], folder / "page.log", cwd=ROOT, env=told) as server,
        running([nginx, "-c", str(conf)], folder / "nginx.log") as proxy,
    ):
        wait_for_port(inner, server, lambda: end_of(folder / "page.log"), seconds=600)
        wait_for_port(page, proxy, lambda: end_of(folder / "nginx.log"))
        yield made


@contextmanager
def office_with_accounts(folder: Path, home: Path, settings: dict[str, str]) -> Iterator[Office]:
    """One whose accounts are elsewhere, as `settings` tell; a group of theirs names a role that there is not, and `old` is an Admin
    whose account was made here before."""
    # FAB remembers for half a minute who somebody is.
    with office(folder, home, settings | {"AIRFLOW__FAB__CACHE_TTL": "0"}) as made:
        assert "没有“数据圆”这个角色" in made.run("tools/roles.py")
        made.run(
            "tools/airflow_env.py", "users", "create", "--username", "old", "--firstname", "x", "--lastname", "x",
            "--email", "old@example.org", "--role", "Admin", "--password", "word of old",
        )  # fmt: skip
        yield made
