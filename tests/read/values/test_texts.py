"""Links, phones, counties and the other texts of a row, and how a column's reader hands them on (contract 4.4)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.notice import load_notice
from pipelines.read.cells import PARTS, date_reader, text_reader
from pipelines.read.values import (
    Counties,
    DateGrammar,
    added_scheme,
    is_error,
    normalize,
    read_phone,
    spellings,
)

NOTICE = load_notice("sd-vocational-week-2020")
COUNTIES = Counties(NOTICE)
JINAN, QINGDAO, LIAOCHENG = "370100", "370200", "371500"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800001234", "13800001234"), ("138 0000 1234", "13800001234"), ("138-0000-1234", "13800001234"),
        ("138\n00001234", "13800001234"), ("１３８００００１２３４", "13800001234"), ("+86 13800001234", "13800001234"),
        ("86-13800001234", "13800001234"), ("+8613800001234", "13800001234"), ("13800001234/13900005678", "13800001234"),
        ("13800001234 13900005678", "13800001234"), ("13800001234，13900001234", "13800001234"), ("1380000123；13900005678", "13900005678"),
        ("1380000 / 13900005678", "13900005678"), ("0531-86912345、13800001234", "0531-86912345"), ("0531-86912345", "0531-86912345"),
        ("053186912345", "0531-86912345"), ("0531 86912345", "0531-86912345"), ("（0531）86912345", "0531-86912345"),
        ("0531—8691 2345", "0531-86912345"), ("010-12345678", "010-12345678"), ("01012345678", "010-12345678"),
        ("0531-86912345-801", "0531-86912345-801"), ("0531 88888888 13800000000", "0531-88888888"),
        ("86-0531-86912345", "0531-86912345"), ("+86 0531 86912345", "0531-86912345"), ("+86（0531）86912345", "0531-86912345"),
        ("1380000123", None), ("138000012345", None), ("12800001234", None), ("86912345", None), ("0531-869123", None), ("无", None),
        ("见附件", None), ("a@b.cn", None), ("", None), ("1 3 8", None), ("138①0001234", None),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_phones(text: str, number: str | None) -> None:
    assert read_phone(text) == number


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("www.a.cn", "http://www.a.cn"), ("WWW.a.cn/x", "http://WWW.a.cn/x"), ("ｗｗｗ．a．cn", "http://www.a.cn"), (" www.a.cn ", "http://www.a.cn"),
        ("mp.weixin.qq.com/s/x", "http://mp.weixin.qq.com/s/x"), ("a.cn:8080/x", "http://a.cn:8080/x"), ("a.cn/", "http://a.cn/"),
        ("a.cn", None), ("http://a.cn", None), ("https://www.a.cn/x", None), ("ftp://a.cn/x", None), ("见附件/照片", None), ("11.9/1", None),
        ("www.", None), ("www", None), ("a..cn/x", None), ("见 www.a.cn", None), ("甲.cn/x", None), ("", None),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_links_without_a_scheme(text: str, added: str | None) -> None:
    assert added_scheme(text) == added


@pytest.mark.parametrize(
    ("text", "city", "county", "is_known"),
    [
        ("历下区", JINAN, "历下区", True),
        ("历 下 区", JINAN, "历下区", True),
        ("济南市历下区", JINAN, "历下区", True),
        ("济南历下区", JINAN, "历下区", True),
        ("济南市中区", JINAN, "市中区", True),
        ("济南市市中区", JINAN, "市中区", True),
        ("历下", JINAN, "历下区", True),
        ("章丘市", JINAN, "章丘区", True),
        ("聊城市东昌府区", LIAOCHENG, "东昌府区", True),
        ("茌平县", LIAOCHENG, "茌平区", True),
        *((f"{front}{word}", JINAN, None, True) for word in NOTICE.words.no_county for front in ("", "济南市", "济南")),
        ("", JINAN, None, True),
        (None, JINAN, None, True),
        ("市南区", JINAN, "市南区", False),
        ("青岛市市南区", JINAN, "青岛市市南区", False),
        ("青岛高新区", JINAN, "青岛高新区", False),
        ("济南市", JINAN, "济南市", False),
        ("历下区、市中区", JINAN, "历下区、市中区", False),
        ("历下区", "", "历下区", False),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_counties(text: str | None, city: str, county: str | None, is_known: bool) -> None:
    assert COUNTIES.county_of(text, city) == (county, is_known)


def test_a_county_of_another_city_is_told_apart_from_one_of_nowhere() -> None:
    assert COUNTIES.city_of("青岛市市南区", JINAN) == "青岛市"
    assert COUNTIES.city_of("市南", JINAN) == "青岛市"
    assert COUNTIES.city_of("市南区", QINGDAO) is None
    assert COUNTIES.city_of("甲县", JINAN) is None


def test_every_county_is_known_by_its_name_and_its_aliases() -> None:
    counties = [region for region in NOTICE.regions if region.level == "county"]
    assert sum(len(region.aliases) for region in counties) >= len(counties)
    for region in counties:
        for name in (region.name, *region.aliases):
            assert COUNTIES.county_of(name, region.parent_code) == (region.name, True)


BLANK = frozenset({"-", "无"})


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        ("text", " 甲 乙 ", ("甲 乙", " 甲 乙 ", None)),
        ("text", "\u200b", (None, None, None)),
        ("text", 12.0, ("12", "12", None)),
        ("text", "#REF!", (None, "#REF!", "error")),
        ("text", "=甲", ("=甲", "=甲", None)),
        ("word", "典 型\n案例", ("典型案例", "典 型\n案例", None)),
        ("word", " 无 ", (None, " 无 ", None)),
        ("word", "#N/A", (None, "#N/A", "error")),
        ("url", "www.a.cn", ("http://www.a.cn", "www.a.cn", None)),
        ("url", " ＨＴＴＰ：//a.cn", ("HTTP://a.cn", " ＨＴＴＰ：//a.cn", None)),
        ("contact", "86-138 0000 1234", ("13800001234", "86-138 0000 1234", None)),
        ("contact", "ａ＠b.cn ", ("a@b.cn", "ａ＠b.cn ", None)),
        ("contact", "1380", ("1380", "1380", None)),
        ("contact", "-", (None, "-", None)),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_readers_of_texts(kind: Any, cell: Any, read: tuple[Any, ...]) -> None:
    assert next(text_reader(kind, BLANK).of([cell])) == read
    assert len(PARTS[kind]) == len(read)


ODD = [
    "甲", " 甲 乙 ", "", " ", "  ", "\u3000", "\u200b", "甲\n乙", "-", " 无 ", "无", "—", "#REF!", "E", "e", "ERR:502", "１甲", "(1)",
    "http://a.cn", "https://a.cn/无", " http://a.cn", "http://ａ.cn", "www.a.cn", "a.cn/", "HTTP://a.cn", "1380", None, 12.0, True,
]  # fmt: skip


@pytest.mark.parametrize("kind", ["text", "url", "contact", "word"])
@given(cells=st.lists(st.sampled_from(ODD), min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_column_is_read_as_its_cells_are(kind: Any, cells: list[Any]) -> None:
    reader = text_reader(kind, BLANK)
    assert reader.columns(cells) == [list(part) for part in zip(*reader.of(cells), strict=True)]


@pytest.mark.parametrize("letter", sorted(set("".join((*NOTICE.words.totals, *NOTICE.words.partial_totals)))))
def test_every_spelling_of_an_ideograph_is_known(letter: str) -> None:
    signs = map(chr, range(0x30000))
    assert {sign for sign in signs if letter in normalize(sign)} == set(spellings(letter))


def test_of_other_letters_every_text_holds_a_spelling() -> None:
    assert spellings("w") == ("",)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("11.9", (date(2020, 11, 9), "11.9", None)),
        ("", (None, None, None)),
        ("无", (None, "无", None)),
        ("若干", (None, "若干", "unreadable")),
        (True, (None, "TRUE", "unreadable")),
        ("#VALUE!", (None, "#VALUE!", "error")),
        ("=A1", (None, "=A1", "error")),
    ],
    ids=ascii,
)
def test_a_reader_of_dates(cell: Any, read: tuple[Any, ...]) -> None:
    week = (date(2020, 11, 8), date(2020, 11, 14))
    assert next(date_reader(BLANK, week, typed=True, grammar=DateGrammar.of(NOTICE)).of([cell])) == read


@settings(max_examples=60)
@given(st.text("0123456789+-()转、/；， 86ａ@.wcn#!REF:", max_size=40))
def test_whatever_is_written_never_raises(text: str) -> None:
    number = read_phone(text)
    assert number is None or read_phone(number) == number
    assert (added := added_scheme(text)) is None or added.startswith("http://")
    assert isinstance(is_error(text), bool)
    assert COUNTIES.county_of(text, JINAN)[1] in (True, False)


@pytest.mark.parametrize("piece", ["1", "1 ", "0531-", "(", "a.", "w", "历下区", "#"])
def test_a_cell_without_end_takes_no_time(piece: str) -> None:
    text = piece * 100_000
    assert read_phone(text) is None
    assert added_scheme(text) is None
    assert not is_error(text)
    assert not COUNTIES.county_of(text, JINAN)[1]
