"""The board tells what the marts tell, of any moment, and every number on it leads on."""

import re
import shutil
from collections import Counter
from datetime import datetime
from urllib.parse import urljoin

import duckdb
import pytest
from lxml import html

from pipelines.ask.figures import ask_metrics, ask_status
from pipelines.board.asking import OTHER_VERSION, look, stamp
from pipelines.board.signs import SIGNS, sign_of
from pipelines.ground.home import Home
from pipelines.warehouse.files import is_damaged
from pipelines.warehouse.known import read_known
from pipelines.warehouse.snapshot import open_newest
from tests.board.conftest import FILES, NOW

BOARD = "/board/n/collect__sd-vocational-week-2020/"
MOMENTS = [datetime(2020, 11, 8, 12), datetime(2020, 11, 10, 20), NOW]


def rows_of(figures):
    return [dict(zip(figures.columns, row, strict=True)) for row in figures.rows]


def get(client, place, **asked):
    answer = client.get(BOARD + place, params=asked or None)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text_of(page):
    return " ".join(page.text_content().split())


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_the_matrix_is_what_the_marts_say_of_that_moment(asks, shown, notice, at):
    page = get(asks("viewer"), "", t=at.isoformat())
    cells = page.xpath('//table[@id="matrix"]/tbody//td[a]')
    marks = Counter(cell.get("class") for cell in cells)
    told = Counter(
        sign_of(row["status"], row["is_returned"], row["is_zero_report"]).code
        for row in rows_of(ask_status(shown.published, notice.id, at))
    )
    assert marks == told
    assert len(told) > 1
    by_class = {code: {cell.text_content() for cell in cells if cell.get("class") == code} for code in marks}
    assert by_class == {code: {SIGNS[code].mark} for code in marks}


def test_every_city_shows_its_figures(asks, shown, notice):
    page = get(asks("viewer"), "")
    tiles = {one.findtext(".//b"): one.findtext(".//span") for one in page.xpath('//ul[@id="tiles"]/li')}
    figures = {row["city"]: row for row in rows_of(ask_metrics(shown.published, notice.id, NOW))}
    assert tiles == {city: f"{row['reporting_rate']:.1%}" for city, row in figures.items()}


@pytest.mark.parametrize(
    ("asked", "units"),
    [
        ({"city": "370100", "kind": "city_education_bureau"}, ["济南市教育局"]),
        ({"words": "青岛市教育"}, ["青岛市教育局"]),
        ({"state": "zero_report"}, ["青岛市教育局"]),
        ({"state": "returned"}, ["济南市教育局"]),
        ({"words": "没有这样的单位"}, []),
    ],
    ids=["city and kind", "words", "zero report", "returned", "nobody"],
)
def test_filters_choose_units(asks, asked, units):
    page = get(asks("viewer"), "", **asked)
    assert page.xpath('//table[@id="matrix"]/tbody//th[@scope="row"]//text()') == units


def test_orders_put_the_worst_first(asks):
    page = get(asks("viewer"), "", order="missing")
    missing = [int(one or 0) for one in page.xpath('//table[@id="matrix"]/tbody/tr/td[last()]/text()')]
    assert missing
    assert len(page.xpath('//table[@id="matrix"]/tbody')) == 1


def test_from_a_cell_to_its_files_rows_reasons_and_its_return(asks):
    client = asks("operator")
    page = get(client, "")
    (cell,) = page.xpath('//td[@class="returned"]/a/@href')
    page = get(client, cell)
    assert "济南市教育局" in text_of(page)
    (file,) = page.xpath('//td/a[contains(@href,"file?")]/@href')
    page = get(client, file)
    assert "怎么改" in text_of(page)
    assert "<i>海报</i>" in text_of(page)
    (returned,) = page.xpath('//a[starts-with(@href,"return?")]/@href')
    answer = client.get(BOARD + returned)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert asks("viewer").get(BOARD + returned).status_code == 403, "it holds the unit's own words"


def test_from_a_unit_to_its_history_and_from_a_number_to_its_trace(asks):
    client = asks("viewer")
    page = get(client, get(client, "", words="济南市教育局").xpath('//th[@scope="row"]/a/@href')[0])
    assert text_of(page).count("日报") >= 2
    page = get(client, "city", city="370100")
    (trace,) = page.xpath('//a[contains(@href,"figure=participants")]/@href')
    page = get(client, trace)
    assert "420" in page.findtext(".//h1")
    assert {"300", "120"} <= {one.text_content() for one in page.xpath("//td")}


@pytest.mark.parametrize(
    "place",
    [
        "cell?unit=nobody",
        "unit?unit=nobody",
        "city?city=1",
        "trace?city=370100&figure=beauty",
        "file?id=x",
        "return?id=x",
    ],
)
def test_what_is_not_there_is_said(asks, place):
    answer = asks("operator").get(BOARD + place)
    assert answer.status_code == 404
    assert "没有" in answer.text


@pytest.mark.parametrize("t", ["soon", "2020-13-01", "1e9", "0001-01-01T00:00:00+14:00"])
def test_a_bad_moment_is_a_sentence(asks, t):
    answer = asks("viewer").get(BOARD, params={"t": t})
    assert answer.status_code == 400
    assert "不是时刻" in answer.text


@pytest.mark.parametrize("t", ["0001-01-01", "9999-12-31T23:59:59"])
def test_the_farthest_moments_are_moments(asks, t):
    assert asks("viewer").get(BOARD, params={"t": t}).status_code == 200


def test_freshness_is_told(asks):
    page = text_of(get(asks("viewer", now=datetime(2020, 11, 13, 17)), ""))
    assert "已有 5 小时没有读过" in page
    assert "数据完整到 2020-11-13 12:00" in page
    later = text_of(get(asks("viewer"), "", t="2020-11-14T08:00:00"))
    assert "其后收到的可能还没有算进来" in later


def test_a_page_knows_when_something_new_was_published(asks, shown):
    client = asks("viewer")
    stamp = client.get(BOARD + "stamp").json()["stamp"]
    assert get(client, "").get("data-stamp") is None
    assert get(client, "").xpath("//body/@data-stamp") == [stamp]


def test_who_looks_while_another_looks_is_told_which_snapshot_it_is(shown, notice, tmp_path):
    published = tmp_path / "notices.duckdb"
    shutil.copyfile(shown.published, published)
    with look(published, notice.id) as first:
        was = stamp(published)
        shutil.copyfile(shown.published, tmp_path / "newer")
        (tmp_path / "newer").replace(published)
        assert stamp(published) != was
        with look(published, notice.id) as second:
            assert first.stamp == second.stamp == was, "DuckDB shares one state within a process"
        assert not is_damaged(published, read_only=True)
        known = read_known(published)
        assert known
        assert known.of(notice.id).receipts, "a decision is taken while pages are read"
    with look(published, notice.id) as third:
        assert third.stamp == stamp(published)


def test_a_decision_is_weighed_against_what_is_published_now_and_unseen_by_pages(shown, notice, tmp_path):
    published = tmp_path / "notices.duckdb"
    shutil.copyfile(shown.published, published)

    def publish(title):
        shutil.copyfile(shown.published, tmp_path / "newer")
        with duckdb.connect(str(tmp_path / "newer")) as connection:
            connection.execute("UPDATE core.notices SET title = ?", [title])
        (tmp_path / "newer").replace(published)

    def title(connection):
        return connection.execute("SELECT title FROM core.notices").fetchone()[0]

    with look(published, notice.id) as page:
        publish("新的")
        with open_newest(published) as weighed:
            assert title(weighed) == "新的", "the page beside it still shows the one before"
            assert page.ask("SELECT title FROM core.notices")[0]["title"] == notice.title
    with open_newest(published) as weighed:
        publish("更新的")
        with look(published, notice.id) as page:
            assert page.stamp == stamp(published)
            assert page.ask("SELECT title FROM core.notices")[0]["title"] == "更新的"
        assert title(weighed) == "新的"
    assert [path.name for path in tmp_path.iterdir()] == ["notices.duckdb"], "no second name is left"


def test_what_an_older_program_published_is_said_to_be_made_anew(asks, shown, tmp_path):
    older = Home(tmp_path / "older")
    shutil.copytree(shown.path, older.path)
    with duckdb.connect(str(older.published)) as connection:
        connection.execute("DROP MACRO TABLE core.obligations_at")
    answer = asks("viewer", at=older).get(BOARD)
    assert answer.status_code == 503
    assert OTHER_VERSION in answer.text


def test_before_anything_was_collected_there_is_a_sentence(asks, home):
    answer = asks("viewer", at=home).get(BOARD)
    assert answer.status_code == 503
    assert "还没有数据" in answer.text
    assert str(home.path) not in answer.text, "no place of the machine stands on a page"


@pytest.mark.parametrize("place", ["", "desk", "unit?unit=EDU-3701"])
def test_every_page_leads_back_to_all_notices(asks, place):
    page = get(asks("viewer"), place)
    (link,) = page.xpath("//a[text()='全部通知']/@href")
    answer = asks("viewer").get(urljoin(BOARD + place, link))
    assert answer.status_code == 200
    assert "职业教育活动周" in answer.text


def test_a_page_that_is_none_is_said_in_chinese(asks):
    answer = asks("viewer").get("/board/n/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_nothing_is_asked_of_a_network(asks):
    client = asks("viewer")
    pages = ["", "decisions", "city?city=370100"]
    for place in pages:
        content = client.get(BOARD + place).text
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", content)
    assert len(FILES) == 4
