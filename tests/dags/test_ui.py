"""`make ui`: the page answers on this machine only, runs DAGs through the scheduler, shows the board to those who may see it,
lets a person release a bulletin, and stops without leftovers. One Airflow for all of these tests."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from pipelines.notice import load_notice
from pipelines.sample import write_sample
from tests.dags.bulletin_world import APPROVED, LISTS, Tree
from tests.dags.by_hand import answer, backfill, wait_for_backfills
from tests.dags.conftest import NOTICE, ROOT, GiveAirflow, run_python
from tests.dags.page import airflow_page, call, collect, is_free
from tests.send.post_office import PostOffice

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
DAG, BULLETIN = f"collect__{APPROVED}", f"bulletin__{APPROVED}"


@dataclass(frozen=True)
class Running:
    """The page of a tree in which one sample was collected, the administrator's token, and where its mail goes."""

    tree: Tree
    page: str
    token: str
    office: PostOffice


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, give_airflow: GiveAirflow, port: int
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("page")
    tree = Tree(folder, give_airflow, ("bulletin.py", "collect.py"))
    made = write_sample(load_notice(NOTICE), folder / "sample", recipients=2, rows=2)
    with PostOffice() as office:
        users = {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer"}
        with airflow_page(tree.root, tree.environment(office.port) | users, port) as (page, token):
            collect(page, token, DAG, inbox=str(made.inbox), now=made.now.isoformat())
            yield Running(tree, page, token, office)
    assert all(is_free(number) for number in range(port, port + 3)), "a part of Airflow is still there"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def get(url: str, token: str = "", accept: str = "text/html") -> tuple[int, str, str]:
    """Status, text and where it leads."""
    headers = {"Accept": accept} | ({"Cookie": f"_token={token}"} if token else {})
    try:
        with urllib.request.build_opener(NoRedirect).open(
            urllib.request.Request(url, headers=headers)
        ) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("location") or ""


def test_a_run_in_the_page_tells_what_it_brought(running: Running):
    events = call(f"{running.page}/api/v2/assets/events", running.token)["asset_events"]
    (event,) = [one for one in events if one["name"] == f"warehouse/{APPROVED}"]
    assert "收下（accepted）" in event["extra"]["summary"]


def test_the_board_is_in_the_page_for_those_who_may_see_it(running: Running):
    page, token = running.page, running.token
    board = f"{page}/board/n/{DAG}/"
    assert get(board)[::2] == (302, f"/auth/login?next=/board/n/{DAG}/")
    assert get(board, accept="application/json")[0] == 401
    assert get(f"{page}/bulletins/")[0] == 302

    status, text, _ = get(board, token)
    assert status == 200
    assert 'id="matrix"' in text
    assert "收下" in text, "the last run and what it brought"
    assert get(f"{page}/board/n/{BULLETIN}/", token)[0] == 200, "the tab on the notice's other DAGs"
    plugins = call(f"{page}/api/v2/plugins", token)["plugins"]
    views = {one["name"]: one["href"] for plugin in plugins for one in plugin["external_views"]}
    assert (
        views.items() >= {"报送看板": "/board/", "看板": "/board/n/{DAG_ID}/", "通报": "/bulletins/"}.items()
    )

    word = json.loads((running.tree.home / "airflow" / "passwords.json").read_text())["viewer"]
    viewer = call(f"{page}/auth/token", username="viewer", password=word)["access_token"]
    assert get(board, viewer)[0] == 200
    assert get(f"{board}return?id=x", viewer)[0] == 403
    assert get(f"{board}return?id=x", token)[0] == 404


def test_airflow_backfills_a_day_and_a_person_releases(running: Running):
    tree, page, token, office = running.tree, running.page, running.token, running.office
    backfill(tree, BULLETIN, last="2020-11-08")
    runs = f"{page}/api/v2/dags/{BULLETIN}/dagRuns"
    (made,) = call(runs, token)["dag_runs"]
    answer(f"{runs}/{quote(made['dag_run_id'])}", token, "发出", None)
    wait_for_backfills(page, token, BULLETIN, 1, days=1)
    assert tree.stems(APPROVED) == ["2020-11-08T200000-daily"]
    assert sorted(address for address, _ in office.accepted) == sorted(LISTS)
    (decision,) = (tree.home / "bulletins" / APPROVED).rglob("decision.json")
    decided = json.loads(decision.read_text("utf-8"))
    assert (decided["choice"], decided["words"], decided["by"]) == ("release", "", "admin")


def test_forty_presses_at_the_same_moment_are_all_taken(running: Running):
    """The page once stood still for a minute, then answered 500."""
    page, token = running.page, running.token
    dag = f"{page}/api/v2/dags/{DAG}"

    def press(number: int) -> str:
        return call(f"{dag}/dagRuns", token, logical_date=None, dag_run_id=f"pressed-{number}")["state"]

    call(dag, token, "PATCH", is_paused=True)
    with ThreadPoolExecutor(8) as people:
        assert set(people.map(press, range(40))) == {"queued"}
    logged = call(f"{page}/api/v2/eventLogs?event=trigger_dag_run&limit=100", token)["event_logs"]
    assert {one["run_id"] for one in logged} >= {f"pressed-{number}" for number in range(40)}


def test_a_busy_port_is_named(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 20))
        taken.listen()
        done = run_python(tmp_path / "home", ROOT / "tools" / "ui.py", "--port", str(port + 19))
    assert done.returncode == 1
    assert f"Port {port + 20} is in use" in done.stderr
