"""The special website: whole, the same again, harmless, and never half of one."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree, html

from pipelines.ground.errors import NoticesError
from pipelines.report.wording import TEMPLATES as REPORT
from pipelines.site import make, pages, publish
from pipelines.site.content import read_site
from pipelines.site.links import find_broken
from pipelines.site.pages import make_files
from pipelines.site.web import has_moved, safe_link
from tests.bulletin.conftest import FIRST
from tests.report.test_contrast import contrast
from tests.site.conftest import BAD_UNIT, MARKUP, Stand

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_the_site_says_what_the_snapshot_holds(shown: Stand) -> None:
    site = read_site(shown.home, shown.notice)
    assert (len(site.materials), site.whole["materials"]) == (3, 3)
    first = html.document_fromstring(shown.text("index.html"))
    assert first.xpath("//tbody/tr[1]/*/text()") == ["甲市", "2", "2", "100%", "2", "0", "0"]
    assert "2021年5月10日" in shown.text("materials/day-2021-05-10.html")
    listed = html.document_fromstring(shown.text("materials/category-talk.html")).xpath("//main//li")
    assert len(listed) == 3
    assert listed[0].xpath("a/@href") == ["https://example.org/a?b=1&c=2"]
    assert listed[1].xpath("a/@href") == [], "a script is no link"
    assert len(html.document_fromstring(shown.text("materials/city-370000.html")).xpath("//main//li")) == 2
    assert "收件/" not in "".join(data.decode() for data in shown.pages().values()), "no names of files"
    assert find_broken(shown.files()) == []


def test_an_earlier_moment_knows_less(shown: Stand) -> None:
    site = read_site(shown.home, shown.notice, datetime(2021, 5, 10, 17))
    assert [one.title for one in site.materials] == ["开幕"]
    assert site.bulletins == (), "it was not out yet"


def test_the_same_snapshot_gives_the_same_bytes(shown: Stand) -> None:
    before = shown.files()
    assert not shown.make().is_changed, "every byte is held against what lies there"
    assert shown.files() == before
    said = json.loads(before["site.json"])
    assert {one["name"] for one in said["files"]} == before.keys() - {"site.json"}


def test_what_units_write_runs_nothing(shown: Stand) -> None:
    found = 0
    for name, data in shown.pages().items():
        tree = html.document_fromstring(data)
        scripts = tree.xpath("//script[not(@type)]")
        assert len(scripts) == (name == "search.html"), name
        assert tree.xpath("//img | //iframe | //@onerror | //@style") == [], name
        assert not any(href.lower().startswith("javascript") for href in tree.xpath("//@href"))
        found += MARKUP in tree.text_content()
    assert found >= 4, "it is shown as it was written"
    index = html.document_fromstring(shown.text("search.html")).xpath("string(//script[@type])")
    assert [row[0] for row in json.loads(index)["rows"]][-1] == MARKUP


def test_a_script_runs_by_its_digest_alone(shown: Stand) -> None:
    for data in shown.pages().values():
        tree = html.document_fromstring(data.decode())
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert "unsafe" not in policy
        assert f"style-src '{pages._digest(tree.xpath('string(//style)'))}'" in policy
        scripts = tree.xpath("//script[not(@type)]/text()")
        wanted = f"'{pages._digest(scripts[0])}'" if scripts else "'none'"
        assert f"script-src {wanted};" in policy


def test_pages_are_built_for_everybody(shown: Stand) -> None:
    assert len(shown.files()["index.html"]) < 200_000
    checked = 0
    for name, data in shown.pages().items():
        tree = html.document_fromstring(data)
        assert tree.get("lang") == "zh-CN"
        assert len(tree.xpath("//h1")) == len(tree.xpath("//main")) == 1, name
        assert tree.xpath("//title")[0].text
        assert tree.xpath("//body/*[1]/@href") == ["#main"]
        assert tree.xpath("//th[not(@scope)] | //table[not(caption)] | //input[not(@id)]") == []
        assert [one for one in tree.xpath("//@src | //link/@href") if "//" in one] == [], "no network"
        checked += 1
    assert checked >= 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "bad"])
@pytest.mark.parametrize("ground", ["bg", "card"])
def test_text_stands_out(scheme: str, ink: str, ground: str) -> None:
    tokens = (REPORT / "page.css").read_text("utf-8").splitlines()[:2]
    assert tokens[0].startswith(":root{")
    assert tokens[1].startswith("@media (prefers-color-scheme:dark){:root{")
    colours = dict(re.findall(r"--(\w+):(#\w+)", tokens[scheme == "dark"]))
    assert contrast(colours[ink], colours[ground]) >= 4.5


def test_columns_and_what_became_of_them(stand: Stand) -> None:
    good, moved, dead = (f"http://{name}.example.cn/zl" for name in ("good", "moved", "dead"))
    for unit, url in (("甲一校", good), ("甲二校", moved), ("乙一校", dead)):
        stand.column(unit, url)
    stand.visit("甲一校", good, "2021-05-10 03:00:00", None, failure="连不上")
    stand.visit("甲一校", good, "2021-05-11 03:00:00", 200, final_url="https://good.example.cn/zl/")
    stand.visit("甲二校", moved, "2021-05-11 03:00:00", 200, final_url="https://new.example.cn/")
    stand.visit("乙一校", dead, "2021-05-09 03:00:00", 200)
    stand.visit("乙一校", dead, "2021-05-10 03:00:00", 404)
    stand.visit("乙一校", dead, "2021-05-11 03:00:00", None, failure="域名解析不到")
    stand.visit("乙一校", dead, "2021-05-13 03:00:00", 200)
    stand.publish()
    site = read_site(stand.home, stand.notice, datetime(2021, 5, 12))
    assert [(one.unit, one.state, one.link, one.detail, one.dead_since) for one in site.columns] == [
        ("甲一校", "ok", good, "", None),
        ("甲二校", "moved", moved, "https://new.example.cn/", None),
        ("乙一校", "dead", None, "域名解析不到", datetime(2021, 5, 10, 3)),
        (BAD_UNIT, "none", None, "", None),
    ]
    assert "自2021年5月10日3时的访问起" in make_files(site, stand.shelf)["columns.html"].decode()


def test_only_released_bulletins_are_shown(shown: Stand) -> None:
    (record,) = read_site(shown.home, shown.notice).bulletins
    assert record.as_of == FIRST
    documents = {name for name in shown.files() if name.startswith("bulletins/2")}
    assert documents == {
        f"bulletins/{record.stem}/{record.stem}.{one}" for one in ("html", "docx", "xlsx", "txt")
    }
    assert record.title in shown.text("index.html")
    assert "只给本单位看" not in "".join(data.decode() for data in shown.pages().values())


def test_the_feed_is_atom(shown: Stand) -> None:
    feed = etree.fromstring(shown.files()["feed.xml"])
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for one in [feed, *feed.findall("a:entry", ATOM)]:
        assert one.findtext("a:id", namespaces=ATOM).startswith("urn:uuid:")
        moment = datetime.fromisoformat(one.findtext("a:updated", namespaces=ATOM))
        assert moment.utcoffset() is not None
    ids = feed.xpath("//a:entry/a:id/text()", namespaces=ATOM)
    assert len(ids) == len(set(ids)) == 4
    assert feed.xpath("a:entry[1]/a:title/text()", namespaces=ATOM) == [MARKUP]
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "试验厅"


def test_long_lists_are_turned_page_by_page(shown: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    files = make_files(read_site(shown.home, shown.notice), shown.shelf)
    listed = [
        html.document_fromstring(files[f"materials/category-talk{number}.html"]).xpath("//ol/li")
        for number in ("", ".2")
    ]
    assert [len(one) for one in listed] == [2, 1]
    assert find_broken(files) == []


LINKS = {
    "a page": ("b.html", False),
    "a place": ("b.html#x", False),
    "its own place": ("#main", False),
    "elsewhere": ("https://example.org/", False),
    "no page": ("c.html", True),
    "no place": ("b.html#y", True),
    "above the site": ("../b.html", True),
}


@pytest.mark.parametrize(("link", "is_broken"), LINKS.values(), ids=LINKS)
def test_broken_links_are_found(link: str, is_broken: bool) -> None:
    files = {"a.html": f'<p id=main><a href="{link}">x</a>'.encode(), "b.html": b"<p id=x>x"}
    assert bool(find_broken(files)) is is_broken


def test_a_site_with_a_broken_link_is_not_published(shown: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    files = shown.files()
    assert find_broken(files) == []
    monkeypatch.setattr(make, "find_broken", lambda files: ["index.html: gone.html"])
    with pytest.raises(NoticesError, match=r"没有发布，原来的网站不变：index.html: gone.html"):
        shown.make(datetime(2021, 5, 11, 8))
    assert shown.files() == files


def folder_of(*names: str) -> dict[str, bytes]:
    """Files that hold their names, and the manifest of them."""
    listed = {"notice": "n", "files": [{"name": name} for name in names]}
    return {name: name.encode() for name in names} | {"site.json": json.dumps(listed).encode()}


@pytest.mark.parametrize("can_swap", [True, False], ids=["swap", "two moves"])
def test_the_new_site_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_swap: bool
) -> None:
    to = tmp_path / "public" / "site"
    assert publish.publish(folder_of("old", "gone"), to, "n")
    if not can_swap:
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    assert publish.publish(folder_of("new"), to, "n")
    assert not publish.publish(folder_of("new"), to, "n"), "nothing is written where nothing changed"
    assert sorted(path.name for path in to.iterdir()) == ["new", "site.json"]
    assert [path.name for path in to.parent.iterdir()] == ["site"], "nothing is left beside"


def test_a_killed_run_loses_nothing(tmp_path: Path) -> None:
    to, half = tmp_path / "site", tmp_path / ".site.new"
    publish.publish(folder_of("a"), to, "n")
    half.mkdir()
    (half / "a").write_text("half")
    to.replace(tmp_path / ".site.old")
    assert not publish.publish(folder_of("a"), to, "n")
    assert (to / "a").read_text() == "a"
    assert not half.exists()


def test_what_is_not_the_site_is_left_alone(tmp_path: Path) -> None:
    to, mine = tmp_path / "site", tmp_path / "site" / "robots.txt"
    to.mkdir()
    mine.write_text("mine")
    with pytest.raises(NoticesError, match="请指一个空文件夹"):
        publish.publish(folder_of("a"), to, "n")
    mine.unlink()
    publish.publish(folder_of("a"), to, "n")
    mine.write_text("mine")
    with pytest.raises(NoticesError, match=r"不是本程序写的文件：robots\.txt"):
        publish.publish(folder_of("b"), to, "n")
    mine.unlink()
    with pytest.raises(NoticesError, match=r"另一份通知（n）"):
        publish.publish(folder_of("b"), to, "another")
    with pytest.raises(NoticesError, match="不是文件夹"):
        publish.publish(folder_of("b"), to / "a", "n")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        ("https://example.org/?tel=〔电话1a2b3c4d5e6f〕", False),
        ("https://exa mple.org", False),
        ("https://[", False),
        ("https://", False),
        (None, False),
    ],
)
def test_readers_are_sent_to_web_pages_only(url: str | None, link: bool) -> None:
    assert safe_link(url) == (url if link else None)


@pytest.mark.parametrize(
    ("final_url", "moved"),
    [
        ("https://a.example.cn/zl/", False),
        ("http://a.example.cn/zl?x=1", True),
        ("http://b.example.cn/zl", True),
        (None, False),
    ],
)
def test_a_move_is_another_host_or_page(final_url: str | None, moved: bool) -> None:
    assert has_moved("http://a.example.cn/zl", final_url) is moved
