"""A file as the program read it, on a page: roles, reasons and notes on the cells, versions beside each other, for who may."""

import os
import shutil
from datetime import datetime

import pytest
from lxml import html

from pipelines import cycle
from pipelines.board.compare import CHANGED, GONE, NEW, compare
from pipelines.board.roles import ROLES
from pipelines.ground.home import Home
from pipelines.read.drawn import DrawnCell, DrawnRow, DrawnSheet
from pipelines.warehouse.snapshot import open_snapshot
from tests.board.conftest import HEADERS, NOW, write_inbox

BOARD = "/board/n/collect__sd-vocational-week-2020/"
PATH = "教育厅收件/济南市教育局/日报二.csv"
LATER = datetime(2020, 11, 14, 9)


@pytest.fixture(scope="module")
def two_versions(shown: Home, notice, tmp_path_factory) -> Home:
    """The shown home after a second cycle that brought another version of one file."""
    home = Home(tmp_path_factory.mktemp("versions") / "home")
    shutil.copytree(shown.path, home.path)
    write_inbox(notice, home.inbox(notice.id))
    path = home.inbox(notice.id) / PATH
    path.write_text(
        HEADERS
        + "11月10日,照片,合影改,宣传活动,120,\n11月11日,<i>海报</i>,展板,宣传活动,20,\n合计,,,,999,\n",
        "utf-8",
    )
    moment = datetime(2020, 11, 14, 8).replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (moment, moment))
    cycle.run(home, notice, now=LATER)
    return home


def ids_of(home: Home, path: str) -> list[str]:
    with open_snapshot(home.published) as connection:
        found = connection.execute(
            "SELECT submission_id FROM marts.files WHERE path = ? ORDER BY received_at", [path]
        ).fetchall()
    return [row[0] for row in found]


def get(client, place, **asked):
    answer = client.get(BOARD + place, params=asked or None)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def test_roles_reasons_and_counts_stand_on_the_cells(asks, shown):
    (submission,) = ids_of(shown, PATH)
    page = get(asks("operator"), "sheet", id=submission)
    grid = [
        [(cell.get("class").split()[0], cell.xpath("string(i)")) for cell in row.xpath("td")]
        for row in page.xpath("//table[@class='grid']/tbody/tr")
    ]
    assert grid[0] == [("r-header", "头")] * 6
    assert grid[1] == [("r-value", "✓")] * 5 + [("blank", "")]
    drawn = page.xpath("count(//td[starts-with(@class,'r-')])")
    (counts,) = page.xpath("//p[@class='counts']")
    parts = [int(one.text_content().split()[-1]) for one in counts.xpath("span")]
    assert sum(parts) == int(counts.findtext("b")) == drawn
    faulty = page.xpath("//td[contains(@class,'faulty')]")
    assert [cell.xpath("string(text())") for cell in faulty] == ["<i>海报</i>", '<b onclick="x()">']
    for cell in faulty:
        (place,) = cell.xpath("a/@href")
        (told,) = page.xpath(f"//li[@id='{place[1:]}']")
        assert "退回原因" in told.text_content()
        assert told.text_content().split("退回原因")[1].strip() in cell.get("title")
    assert page.xpath("//tr/th/small/text()") == ["计入", "退回"]
    legend = page.xpath("//p[@class='legend']/span/@class")
    assert [one.removeprefix("r-") for one in legend][: len(ROLES)] == list(ROLES)


def test_the_drawing_is_reached_from_lists_the_desk_and_a_trace_by_who_may(asks, shown):
    (submission,) = ids_of(shown, PATH)
    places = ("unit?unit=EDU-3701", "desk", "trace?city=370100&figure=participants", f"file?id={submission}")
    for place in places:
        assert get(asks("operator"), place).xpath("//main//a[starts-with(@href,'sheet?id=')]"), place
        assert not get(asks("viewer"), place).xpath("//main//a[starts-with(@href,'sheet?')]"), place
    assert asks("viewer").get(BOARD + f"sheet?id={submission}").status_code == 403
    assert asks("operator").get(BOARD + "sheet?id=x").status_code == 404
    assert asks("operator").get(BOARD + f"sheet?id={submission}&beside=x").status_code == 404


def test_versions_stand_beside_each_other_with_what_changed(asks, two_versions):
    old, new = ids_of(two_versions, PATH)
    client = asks("operator", at=two_versions, now=LATER)
    page = get(client, "sheet", id=new, beside=old)
    sides = page.xpath("//div[@class='sides']/section")
    assert [one.findtext("h2").split("（")[1] for one in sides] == ["旧）", "新）"]
    assert sides[0].xpath(".//td[contains(@class,'moved')]/text()") == ["合影", '<b onclick="x()">']
    assert sides[1].xpath(".//td[contains(@class,'moved')]/small/text()") == [
        "另一版：合影",
        '另一版：<b onclick="x()">',
    ]
    assert sides[1].xpath(".//tr[@class='c-new']/th/i/text()") == ["＋"]
    assert sides[1].xpath(".//td[contains(@class,'noted')]/i/text()") == ["Σ"], "the total differs"
    before = client.get(BOARD + "sheet", params={"id": new, "t": NOW.isoformat()})
    assert before.status_code == 404, "it had not arrived then"


def sheet_of(*rows: tuple[str, ...]) -> DrawnSheet:
    drawn = [
        DrawnRow(number, [DrawnCell(column, text) for column, text in enumerate(row, 1)])
        for number, row in enumerate(rows, 1)
    ]
    return DrawnSheet("", 1, "read", {}, drawn)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ([("a",)], [("a",)], {}, {}),
        ([("a", "")], [("a",)], {}, {}),
        ([("a",), ("b",)], [("a",), ("x",), ("b",)], {}, {2: NEW}),
        ([("a",), ("b",)], [("b",)], {1: GONE}, {}),
        ([("a", "1")], [("a", "2")], {1: CHANGED}, {1: CHANGED}),
        ([], [("a",)], {}, {1: NEW}),
    ],
    ids=["same", "a blank column more", "inserted", "deleted", "changed", "was empty"],
)
def test_rows_are_compared_by_what_they_say(old, new, left, right):
    ours, theirs = compare(sheet_of(*old), sheet_of(*new))
    assert (ours.rows, theirs.rows) == (left, right)
    if CHANGED in left.values():
        assert (ours.before, theirs.before) == ({(1, 2): "2"}, {(1, 2): "1"})
