"""The quality page after a cycle: a page that opens, and says how every rule did."""

from datetime import datetime
from pathlib import Path

import lxml.html
import pytest

from pipelines import cycle
from pipelines.check.suites import build_rules
from pipelines.ground.home import Home
from pipelines.notice import load_notice

NOTICE = load_notice("sd-vocational-week-2020")
HEAD = "活动日期,材料类型,标题,活动类别,参与人数"
ROWS = ["2020-11-09,稿件,甲,宣传活动,300", "2020-11-09,标语,乙<b>,宣传活动,若干", "11.20,横幅,丙,宣传活动,1"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> lxml.html.HtmlElement:
    home = Home(tmp_path_factory.mktemp("page"))
    path = home.inbox(NOTICE.id) / "教育厅收件" / "济南市教育局" / "日报.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([HEAD, *ROWS]), "utf-8")
    cycle.run(home, NOTICE, now=datetime(2030, 1, 2, 3, 4, 5))
    written = home.quality_page(NOTICE.id)
    assert written == Path(home.path / "quality" / NOTICE.id / "index.html")
    # A second cycle that reads no row leaves the page alone.
    before = written.read_bytes()
    cycle.run(home, NOTICE, now=datetime(2030, 1, 3))
    assert written.read_bytes() == before
    return lxml.html.document_fromstring(before.decode("utf-8"))


def _cells(page: lxml.html.HtmlElement, caption: str) -> list[list[str]]:
    (table,) = [one for one in page.iter("table") if caption in one.findtext("caption", "")]
    return [[cell.text_content() for cell in row] for row in table.iterfind("tbody/tr")]


def test_it_says_which_notice_and_which_scan(page: lxml.html.HtmlElement) -> None:
    assert NOTICE.title in page.text_content()
    assert "2030-01-02 03:04" in page.text_content()


def test_it_says_how_many_rows(page: lxml.html.HtmlElement) -> None:
    captions = [caption.text for caption in page.iter("caption")]
    assert f"{NOTICE.deliverables['materials'].name}：3 行" in captions
    assert f"{NOTICE.deliverables['plan'].name}：0 行" in captions


def test_it_has_every_rule_with_its_count(page: lxml.html.HtmlElement) -> None:
    rows = _cells(page, "典型案例")
    assert len(rows) == len(build_rules(NOTICE, "materials"))
    failed = {(row[0], row[1]): (row[2], row[3]) for row in rows if row[2] != "0"}
    assert failed == {
        ("材料类型", "not_in_list"): ("2", "66.7%"),
        ("参与人数", "bad_number"): ("1", "33.3%"),
        ("活动日期", "outside_window"): ("1", "33.3%"),
    }


def test_its_sentences_have_no_gaps(page: lxml.html.HtmlElement) -> None:
    rows = _cells(page, "典型案例")
    assert rows
    assert not [row[4] for row in rows if "{" in row[4]]
