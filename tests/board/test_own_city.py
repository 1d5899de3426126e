"""Whoever may see one city sees it whole and as everybody does, and of the others not a name: on no page, by no forged address."""

import re
import shutil
from datetime import datetime, timedelta
from itertools import groupby
from types import SimpleNamespace

import pytest
from fastapi.routing import APIRoute
from lxml import html

from pipelines import cycle
from pipelines.board.access import Access
from pipelines.board.app import make_app
from pipelines.board.asking import look
from pipelines.board.own_city import Sight
from pipelines.board.people import CITY_VIEWER, DATA_STAFF, cities_of, city_role, rank_of, role_names
from pipelines.decide import take
from pipelines.decide.given import Asked, Given
from pipelines.decide.journal import write_decisions
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from tests.board.conftest import HEADERS, NOW

NOTICE = "sd-vocational-week-2020"
DAG = f"collect__{NOTICE}"
BOARD = f"/board/n/{DAG}/"
JINAN, QINGDAO = "370100", "370200"
OWN = {
    "/",
    *(f"/n/{{dag_id}}{rest}" for rest in ("", "/", "/stamp", "/cell", "/unit", "/city", "/trace", "/file")),
    *(f"/n/{{dag_id}}/{rest}" for rest in ("decisions", "desk")),
}
"""The routes that show one city alone; whoever adds one adds what it must not show to the tests below."""
SAME = "11月9日,稿件,同一件事,宣传活动,30,\n"


def routes():
    everybody = Access(lambda: None, lambda: None, lambda: "", lambda request, dag_id: True, "")
    return [
        pytest.param(method, route.path, id=f"{method} {route.path}")
        for route in make_app(everybody).routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]


@pytest.fixture(scope="module")
def world(shown, notice, tmp_path_factory) -> Home:
    """Files of two cities, of nobody, in a wrong folder and the same twice; decisions about one, the other and both."""
    home = Home(tmp_path_factory.mktemp("cities") / "home")
    shutil.copytree(shown.path, home.path)
    for place, rows in {
        "青岛市教育局/同样.csv": SAME,
        "济南市教育局/同样.csv": SAME,
        "济南市教育局/青岛的.csv": f"填报单位：青岛市教育局\n{HEADERS}11月12日,稿件,放错了,宣传活动,70,\n",
        "青岛市教育局/不对.csv": "11月39日,稿件,没有这一天,宣传活动,5,\n",
        "济南市教育局/不对.csv": "11月39日,稿件,没有这一天,宣传活动,5,\n",
    }.items():
        path = home.inbox(notice.id) / "教育厅收件" / place
        path.write_text(rows if rows.startswith("填报") else HEADERS + rows, "utf-8")
    cycle.run(home, notice, now=NOW + timedelta(minutes=1))
    taken = [
        ("extend", Given(cities=(QINGDAO,), deliverable="summary", due=datetime(2020, 12, 24, 3, 4, 5))),
        ("extend", Given(cities=(JINAN,), deliverable="summary", due=datetime(2020, 12, 23, 1, 2, 3))),
        ("waive", Given(recipients=("EDU-3701", "EDU-3702"), deliverable="plan")),
        ("set_aside", Given(path="教育厅收件/青岛市教育局/不对.csv")),
        ("set_aside", Given(path="教育厅收件/济南市教育局/不对.csv")),
    ]
    for number, (kind, given) in enumerate(taken):
        asked = Asked(
            kind, "与青岛市教育局、济南市教育局电话核实", "li", NOW + timedelta(minutes=2 + number), ""
        )
        with write_decisions(home, NOTICE) as journal:
            journal.keep(take._draft(home, notice, journal.decisions, asked, given))
    take.bring_into_effect(home, notice, NOW + timedelta(minutes=9))  # of all at once: each takes seconds
    return home


@pytest.fixture
def whole(asks, world):
    return asks("operator", at=world)


@pytest.fixture
def jinan(asks, world):
    """Somebody who sees 济南 alone, although another role of theirs may decide."""
    return asks("operator", at=world, cities=JINAN)


@pytest.mark.parametrize(("method", "path"), routes())
def test_a_route_refuses_whoever_sees_one_city_unless_it_says_that_it_shows_no_more(jinan, method, path):
    place = "/board" + path.format(dag_id=DAG)
    answer = jinan.request(method, place)
    assert (answer.status_code != 403) is (path in OWN), (path, answer.status_code)
    assert jinan.request(method, place, headers={"x-cities": ""}).status_code in (
        (200, 307, 404) if path in OWN else (403,)
    )


def strangers(notice):
    """What must be on no page of 济南: the names and codes of the other cities and their units."""
    others = [one for one in notice.recipients if one.city_code != JINAN]
    regions = [one for one in notice.cities if one.code != JINAN]
    return [*(one.name for one in others), *(one.code for one in others), *(one.name for one in regions), *(one.code for one in regions)]  # fmt: skip


def crawl(client):
    """The pages that links lead to from the list of notices: every file, and of each other kind the first few and the last."""
    found, ahead = {}, ["/board/"]
    while ahead:
        place = ahead.pop()
        found[place] = client.get(place)
        if "text/html" not in found[place].headers["content-type"]:
            continue
        page = html.fromstring(found[place].text)
        page.make_links_absolute("http://localhost" + place)
        links = [one.removeprefix("http://localhost").split("#")[0] for one in page.xpath("//body//a/@href")]
        by_kind = groupby(sorted(set(links)), key=lambda one: one.split("?")[0])
        for kind, alike in by_kind:
            few = list(alike)
            few = few if kind.endswith("/file") else few[:1] + few[-1:]
            ahead += [one for one in few if one not in found and one not in ahead]
    return found


def test_no_page_that_links_lead_to_tells_of_another_city(jinan, notice):
    pages = crawl(jinan)
    kinds = {place.split("?")[0].removeprefix(BOARD) for place in pages}
    assert kinds >= {"", "cell", "unit", "file", "city", "trace", "desk", "decisions"}
    assert {answer.status_code for answer in pages.values()} == {200}
    named = re.compile("|".join(map(re.escape, strangers(notice))))
    for place, answer in pages.items():
        found = named.search(answer.text)
        assert not found, (place, answer.text[found.start() - 200 : found.end() + 200])


@pytest.mark.parametrize(
    "place",
    [
        "unit?unit=EDU-3702", "cell?unit=EDU-3702&deliverable=plan&period=", "city?city=370200", "city?city=370000", "city?city=",
        "trace?city=370200&figure=participants", "trace?city=&figure=participants", "unit?unit=", "file?id=",
    ],
)  # fmt: skip
def test_a_forged_address_leads_nowhere(jinan, whole, place):
    answer = jinan.get(BOARD + place)
    assert answer.status_code == 404
    assert "370200" not in answer.text
    assert "EDU-3702" not in answer.text


def test_a_file_of_another_or_of_nobody_leads_nowhere(jinan, whole, world, notice):
    with look(world.published, NOTICE) as snapshot:
        files = snapshot.ask("SELECT submission_id, recipient_code, city_code FROM marts.files")
    assert {one["city_code"] for one in files} >= {JINAN, QINGDAO, None}
    for one in files:
        place = f"{BOARD}file?id={one['submission_id']}"
        assert whole.get(place).status_code == 200
        assert jinan.get(place).status_code == (200 if one["city_code"] == JINAN else 404), one


def test_its_figures_and_cells_are_those_of_the_whole_board(jinan, whole):
    def told(client, place):
        page = html.fromstring(client.get(BOARD + place).text)
        return [" ".join(row.itertext()).split() for row in page.xpath("//main//tbody/tr")]

    assert told(jinan, "city?city=370100") == told(whole, "city?city=370100") != []
    ours = told(jinan, "")
    assert ours
    assert ours == told(whole, "?city=370100")
    figure = "trace?city=370100&figure=participants"
    said = "填报单位写的却是“{}”。"
    drawn = [
        [word.replace(said.format("青岛市教育局"), said.format("外市单位")) for word in row if word != "画"]
        for row in told(whole, figure)
    ]
    assert told(jinan, figure) == drawn != []
    asked = "?city=370200"
    assert told(jinan, asked) == [["没有符合条件的单位。", "清除条件"]]


def test_no_sum_over_more_than_its_city_is_shown(jinan, whole):
    page, every = jinan.get(BOARD).text, whole.get(BOARD).text
    assert 'class="key"' in every
    assert 'class="key"' not in page
    for said in ("来源 ", "最近几轮", "2020-12-24T03:04:05"):
        assert said in every
        assert said not in page
    assert "2020-12-23T01:02:03" in page


def test_decisions_are_told_as_far_as_they_are_about_its_units(jinan, whole):
    def rows(client):
        page = html.fromstring(client.get(BOARD + "decisions").text)
        return [" ".join(row.itertext()) for row in page.xpath("//main//tbody/tr")]

    ours, every = rows(jinan), rows(whole)
    assert len(every) == 5
    assert [row.split()[0] for row in ours] == ["D0005", "D0003", "D0002"]
    assert all("与外市单位、济南市教育局电话核实" in row for row in ours)
    assert not any("青岛" in row for row in ours)


def test_the_desk_lists_what_is_about_its_units_and_offers_nothing(jinan, whole):
    page, every = jinan.get(BOARD + "desk"), whole.get(BOARD + "desk")
    assert "无名学院" in every.text
    assert "无名学院" not in page.text
    assert "放错了" in page.text or "青岛的.csv" in page.text
    assert "kind_of_decision" not in page.text
    listed = html.fromstring(page.text).xpath("//main//tbody/tr")
    assert jinan.get(BOARD + "stamp").json()["waiting"] == len(listed)
    assert whole.get(BOARD + "stamp").json()["waiting"] > len(listed)
    assert jinan.get(BOARD + "stamp").json()["waiting"] == len(listed), (
        "what is kept for one is not told another"
    )


def test_a_notice_without_its_city_is_neither_listed_nor_opened(jinan, whole):
    assert "hl-influenza-2024" in whole.get("/board/").text
    page = jinan.get("/board/").text
    assert NOTICE in page
    assert "hl-influenza-2024" not in page
    assert jinan.get("/board/n/collect__hl-influenza-2024/stamp").status_code == 404


def test_what_goes_wrong_names_nobody(jinan, asks, tmp_path):
    said = jinan.get(BOARD + "?t=青岛").text
    assert "这个请求不能办" in said
    assert "青岛" not in said
    nothing = asks("viewer", at=Home(tmp_path), cities=JINAN).get(BOARD)
    assert nothing.status_code == 503
    assert "请问数据人员" in nothing.text


def test_own_names_stay_where_another_s_is_part_of_them():
    notice = load_notice(NOTICE)
    sight = Sight(notice, frozenset({JINAN}), NOW)
    assert sight.say("济南市教育局和青岛市教育局") == "济南市教育局和外市单位"
    assert Sight(notice, None, NOW).say("青岛市教育局") == "青岛市教育局"


@pytest.mark.parametrize(
    ("roles", "cities"),
    [
        ([], None), (["查看"], None), (["Admin", "Op"], None),
        ([city_role("济南市", JINAN)], {JINAN}), ([city_role("济南市", JINAN), city_role("青岛市", QINGDAO)], {JINAN, QINGDAO}),
        (["Admin", city_role("济南市", JINAN)], {JINAN}), (["市级查看：济南市"], set()), (["市级查看"], set()),
        ([" 市级查看：济南市（370100） "], {JINAN}), (["市级查看员"], set()),
    ],
)  # fmt: skip
def test_a_role_s_name_tells_the_city_and_a_slip_in_it_shows_nothing(roles, cities):
    assert cities_of(roles) == cities
    assert city_role("济南市", JINAN).startswith(CITY_VIEWER)


@pytest.mark.parametrize(
    ("roles", "rank"),
    [([], ""), (["Public"], ""), (["op"], "Op"), ([DATA_STAFF], "Op"), (["编辑", "查看"], "User"), (["Viewer", "Admin"], "Admin")],
)  # fmt: skip
def test_an_office_s_roles_rank_among_airflow_s(roles, rank):
    assert rank_of(roles) == rank


def test_roles_are_found_whichever_program_keeps_them():
    assert role_names(SimpleNamespace(role="ADMIN")) == ["ADMIN"]
    assert role_names(
        SimpleNamespace(roles=[SimpleNamespace(name="查看"), SimpleNamespace(name="编辑")])
    ) == ["查看", "编辑"]
    assert role_names(SimpleNamespace(role=None, roles=None)) == []
