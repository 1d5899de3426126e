"""The local explorer shows what the snapshot holds, to whoever has the link, and can do nothing else."""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette

from pipelines.ask.explore import HOST, make_server, open_explorer
from pipelines.ask.explorer_base import ask_at, list_questions, write_explorer
from pipelines.ask.marts import list_marts
from pipelines.notice import load_notice
from tests.analysts.conftest import NOTICE_ID, World

Explored = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="module")
def explored(small: World, tmp_path_factory: pytest.TempPathFactory) -> Explored:
    path = tmp_path_factory.mktemp("explored") / "marts.db"
    return path, write_explorer(small.home.published, load_notice(NOTICE_ID), path)


def _visit(explored: Explored, look: Callable[[Datasette, dict[str, str]], Awaitable[None]]) -> None:
    """`look` gets the explorer and the cookies of somebody with the link."""

    async def visit() -> None:
        explorer, way_in = open_explorer(*explored)
        await explorer.invoke_startup()
        assert (await explorer.client.get("/marts/files")).status_code == 403, "without the link"
        came = await explorer.client.get(way_in)
        assert came.status_code == 302
        assert (await explorer.client.get(way_in)).status_code == 403, "the link is good once"
        await look(explorer, {"ds_actor": came.cookies["ds_actor"]})

    asyncio.run(visit())


@pytest.mark.slow
def test_every_mart_is_there_with_its_rows_and_meanings(explored: Explored, small: World) -> None:
    moment = datetime(2020, 12, 1)
    expected = {
        mart.name: mart.read(small.connection, NOTICE_ID, moment).num_rows
        for mart in list_marts(small.connection, is_latest=True)[0]
    }

    async def look(explorer: Datasette, cookies: dict[str, str]) -> None:
        found = (await explorer.client.get("/marts.json", cookies=cookies)).json()
        shown = {one["name"]: one["count"] for one in found["tables"] if not one["name"].startswith("答_")}
        assert shown == expected
        page = (await explorer.client.get("/marts/city_reporting", cookies=cookies)).text
        assert "截至" in (await explorer.client.get("/", cookies=cookies)).text
        assert "主送单位" in page
        assert "键：" in page

    _visit(explored, look)


@pytest.mark.slow
def test_the_twenty_questions_are_answered(explored: Explored, small: World) -> None:
    moment = datetime(2020, 12, 1)

    async def look(explorer: Datasette, cookies: dict[str, str]) -> None:
        for number, question, _, query in list_questions():
            address = f"/marts/q{int(number):02}"
            expected = small.connection.execute(ask_at(query, NOTICE_ID, moment)).fetchall()
            found = (await explorer.client.get(f"{address}.json?_shape=array", cookies=cookies)).json()
            assert len(found) == len(expected), question
            assert question in (await explorer.client.get(address, cookies=cookies)).text

    assert len(list_questions()) == 20
    _visit(explored, look)


@pytest.mark.slow
def test_nothing_is_written_and_nothing_fetched_from_outside(explored: Explored) -> None:
    async def look(explorer: Datasette, cookies: dict[str, str]) -> None:
        for query in ("DELETE FROM files", "ATTACH '/etc/hosts' AS other", "SELECT load_extension('x')"):
            said = await explorer.client.get("/marts.json", params={"sql": query}, cookies=cookies)
            assert said.status_code == 400, query
        for page in ("/", "/marts", "/marts/files", "/marts/q01"):
            text = (await explorer.client.get(page, cookies=cookies)).text
            fetched = re.findall(r'<(?:script|img|iframe|link)[^>]*(?:src|href)="([^"]+)"', text)
            assert fetched
            assert [one for one in fetched if not one.startswith(("/", "http://localhost/"))] == []

    _visit(explored, look)


@pytest.mark.slow
def test_it_is_served_on_this_machine(explored: Explored) -> None:
    explorer, way_in = open_explorer(*explored)
    server = make_server(explorer, 0)
    with socket.create_server((HOST, 0)) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            with httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as client:
                assert client.get("/").status_code == 403
                assert "职业教育活动周" in client.get(way_in).text
        finally:
            server.should_exit = True
            running.join()


def test_a_question_is_asked_at_another_moment_of_another_notice() -> None:
    query = "FROM a('sd-vocational-week-2020', '2020-11-10 20:00'), b('sd-vocational-week-2020', '2020-11-14 20:00')"
    assert ask_at(query, "other", datetime(2026, 3, 9, 8)) == (
        "FROM a('other', '2026-03-05 08:00:00'), b('other', '2026-03-09 08:00:00')"
    )
