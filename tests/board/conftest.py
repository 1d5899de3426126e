"""The pages over a small published world, asked by people of four sorts: nobody, a viewer, an editor, an operator."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from pipelines import cycle
from pipelines.board.access import Access
from pipelines.board.app import make_app
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.conftest import MakeOnce

NOW = datetime(2020, 11, 13, 12)
MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)>'
HEADERS = "活动日期,材料类型,标题,活动类别,参与人数,链接\n"
FILES = {
    "教育厅收件/济南市教育局/日报.csv": (
        "2020-11-09T10:00:00",
        f'11月9日,稿件,"{MARKUP.replace(chr(34), chr(34) * 2)}",宣传活动,300,\n',
    ),
    "教育厅收件/济南市教育局/日报二.csv": (
        "2020-11-10T10:00:00",
        '11月10日,照片,合影,宣传活动,120,\n11月11日,<i>海报</i>,展板,宣传活动,20,"<b onclick=""x()"">"\n',
    ),
    "教育厅收件/青岛市教育局/<img src=x onerror=alert(2)>日报.csv": (
        "2020-11-11T09:00:00",
        "11月8日,,零报告,,,\n11月9日,稿件,迟到的,宣传活动,5,\n",
    ),
    "教育厅收件/无名学院/日报.csv": ("2020-11-12T09:00:00", "11月11日,视频,短片,宣传活动,40,\n"),
}
LOGINS = {"viewer": "wang", "editor": "zhao", "operator": "li"}


def requester(request: Request) -> str:
    role = request.headers.get("x-role", "")
    if role not in LOGINS:
        raise HTTPException(401, "Not authenticated")
    return LOGINS[role]


def cities_seen(request: Request) -> frozenset[str] | None:
    """By the codes in a header; without it a person sees all."""
    codes = request.headers.get("x-cities")
    return None if codes is None else frozenset(filter(None, codes.split(",")))


def may_decide(request: Request) -> None:
    requester(request)
    if request.headers["x-role"] != "operator":
        raise HTTPException(403, "Forbidden")


def may_select(request: Request) -> None:
    requester(request)
    if request.headers["x-role"] not in ("editor", "operator"):
        raise HTTPException(403, "Forbidden")


def can_start(request: Request, dag_id: str) -> bool:
    """As Airflow answers: an editor may start the DAG that selects, and no other."""
    role = request.headers.get("x-role")
    return role == "operator" or (role == "editor" and dag_id.startswith("select__"))


@pytest.fixture(scope="session")
def shown(notice: Notice, make_once: MakeOnce) -> Home:
    """A home after one cycle over FILES; nobody writes to it."""

    def run(folder: Path) -> None:
        write_inbox(notice, Home(folder).inbox(notice.id))
        cycle.run(Home(folder), notice, now=NOW)

    return Home(make_once("board", run))


def write_inbox(notice: Notice, inbox: Path) -> None:
    for name, (moment, rows) in FILES.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADERS + rows, "utf-8")
        modified = datetime.fromisoformat(moment).replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (modified, modified))


def make_outer(home: Home, now: Callable[[], datetime]) -> FastAPI:
    """The pages as Airflow mounts them, over a home at a notice's present moment."""
    access = Access(
        may_read=requester,
        may_decide=may_decide,
        login_of=requester,
        may_select=may_select,
        can_decide=can_start,
        cities_of=cities_seen,
        secret="for tests",
        home=lambda: home,
        now=lambda notice: now(),
    )
    outer = FastAPI()
    outer.mount("/board", make_app(access))
    return outer


Ask = Callable[..., TestClient]


@pytest.fixture
def asks(shown: Home) -> Ask:
    """A client of the pages by role: '' is nobody. `at` is the home, `now` the notice's present moment, `cities` the codes of the
    cities that alone they see."""

    def client(role: str, at: Home = shown, now: datetime = NOW, cities: str | None = None) -> TestClient:
        outer = make_outer(at, lambda: now)
        headers = {"accept": "text/html", **({"x-role": role} if role else {})}
        headers |= {} if cities is None else {"x-cities": cities}
        return TestClient(outer, base_url="http://localhost", headers=headers, follow_redirects=False)

    return client
