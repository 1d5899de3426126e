"""A page's title, from whatever a server sends; and that no page costs more than its length."""

import pytest

from pipelines.registry.visit import MOST_BYTES, MOST_TITLE, find_title

HTML = {b"content-type": b"text/html"}
PAGES = {
    "plain": (b"<html><head><title>\xe6\xb4\xbb\xe5\x8a\xa8\xe5\x91\xa8</title>", "活动周"),
    "attributes": (b"<TITLE lang='zh'> a\n b </TITLE>", "a b"),
    "entities": (b"<title>A &amp; B &#26085;</title>", "A & B 日"),
    "first-of-two": (b"<title>one</title><svg><title>two</title></svg>", "one"),
    "gbk": ('<meta charset="gbk"><title>活动周</title>'.encode("gbk"), "活动周"),
    "http-equiv": (
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>活动周</title>'.encode(
            "gb2312"
        ),
        "活动周",
    ),
    "comment": (b"<!-- <title>no</title> --><title>yes</title>", "yes"),
    "cut-off": (b"<html><head><title>half a ti", "half a ti"),
    "none": (b"<html><body><h1>title</h1>", None),
    "empty": (b"", None),
    "empty-title": (b"<title> </title>", None),
}


@pytest.mark.parametrize(("content", "title"), PAGES.values(), ids=PAGES)
def test_the_title_of_a_page(content: bytes, title: str | None) -> None:
    assert find_title(content, HTML) == title


@pytest.mark.parametrize(
    "piece",
    [b"<title", b"<title>", b"<meta", b"<meta charset", b"<a ", b"<!--", b"<![CDATA[", b"&", b"<div>"],
)
@pytest.mark.timeout(30)
def test_no_page_costs_more_than_its_length(piece: bytes) -> None:
    """Patterns that begin anew at each of these pieces took minutes; a parser passes each once."""
    title = find_title((piece * (MOST_BYTES // len(piece) + 1))[:MOST_BYTES], HTML)
    assert len(title or "") <= MOST_TITLE
