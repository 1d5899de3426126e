"""Counts as units write them, and what is near a count and is none (contract 4.4)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.notice import load_notice
from pipelines.read.cells import count_reader
from pipelines.read.values import LARGEST_COUNT, CountGrammar, count_cause, read_count
from pipelines.read.values.numerals import DIGITS, read_numeral, spell_numeral

WORDS = load_notice("sd-vocational-week-2020").words
GRAMMAR = CountGrammar.of(WORDS)


@pytest.mark.parametrize(
    ("cell", "value", "is_about"),
    [
        ("300", 300, False), (300.0, 300, False), ("300.0", 300, False), ("1,200", 1200, False), ("1，200人", 1200, False),
        ("300人", 300, False), ("共300人", 300, False), ("三百", 300, False), ("一千二百", 1200, False), ("三百人", 300, False),
        ("二十", 20, False), ("十", 10, False), ("十二", 12, False), ("两百", 200, False), ("两个", 2, False), ("一千零五十", 1050, False),
        ("一万零二百", 10_200, False), ("三千万", 30_000_000, False), ("零", 0, False), ("0", 0, False), ("0人", 0, False),
        ("３００", 300, False), ("　120　", 120, False), ("300 人", 300, False), ("12,000,000", 12_000_000, False),
        ("1\u00a0200", 1200, False), ("12\u2009000", 12_000, False), ("1\u202f200\u202f300人次", 1_200_300, False),
        (299.9999999, 300, False), ("300.0000001", 300, False), ("30名", 30, False), ("5期", 5, False), ("12部", 12, False),
        ("约300人", 300, True), ("大约300", 300, True), ("近300人", 300, True), ("将近300人", 300, True), ("超300人", 300, True),
        ("超过300人", 300, True), ("逾1.5万", 15_000, True), ("300余", 300, True), ("300余人", 300, True), ("300多人", 300, True),
        ("三百多人", 300, True), ("300人左右", 300, True), ("300 人 左右", 300, True), ("300人以上", 300, True), ("300上下", 300, True),
        ("100+", 100, True), ("100人+", 100, True), ("10万+", 100_000, True), ("10余万人次", 100_000, True), ("约 300 人", 300, True),
        ("1.2万", 12_000, True), ("1.2万人次", 12_000, True), ("约1.2万", 12_000, True), ("1.2 万", 12_000, True), ("3千", 3000, True),
        ("3百", 300, True), ("1.2亿", 120_000_000, True), ("1.2w", 12_000, True), ("1.2W", 12_000, True), ("1.23456万", 12_346, True),
        ("0.33333千", 333, True), ("1.00004万", 10_000, True), ("共约300人", 300, True),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_spellings(cell: Any, value: int, is_about: bool) -> None:
    assert read_count(cell, GRAMMAR) == (value, "approximate" if is_about else "number")


@pytest.mark.parametrize("text", ["-", "—", "——", "–", "/", "\\", "无", "－", "／", " 无 ", "— —"])
def test_signs_for_not_applicable(text: str) -> None:
    assert read_count(text, GRAMMAR) == (None, "not_applicable")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("300\n400", "two_numbers"), ("300 400", "two_numbers"), ("1 200", "two_numbers"), ("3 00", "two_numbers"),
        ("3\u200b00", "two_numbers"), ("12\u00a030", "two_numbers"), ("12\u20090", "two_numbers"), ("1\u00a0200\u00a03", "two_numbers"),
        ("三百 二十", "two_numbers"), ("300人 200人", "two_numbers"), ("线上300，线下200", "two_numbers"), ("300人，200人次", "two_numbers"),
        ("200-300", "span"), ("200～300人", "span"), ("200至300", "span"), ("200人—300人", "span"), ("1,2万", "commas"),
        ("1, 200", "commas"), ("12,00", "commas"), ("1,200,30", "commas"), ("12.5", "fraction"), ("300.5人", "fraction"),
        ("0.00001", "fraction"), ("300.00001", "fraction"), ("三百二", "numeral"), ("一万二", "numeral"), ("三〇〇", "numeral"),
        ("九九", "numeral"), ("百", "numeral"), ("同上", "ditto"), ("〃", "ditto"), ("30①", "note_digits"), ("①②", "note_digits"),
        ("3²", "note_digits"), ("3½", "note_digits"), ("⑴", "note_digits"), ("1" * 20, "too_large"), ("99999亿", "too_large"),
        ("若干", "words"), ("很多人", "words"), ("人300", "words"), ("约", "words"), ("3千万", "words"), ("300元", "words"),
        ("300%", "words"), ("３００①", "note_digits"), ("٣٠٠", "words"), (".5", "words"), ("(300)", "words"), ("无人", "words"),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_what_is_no_count_and_why(text: str, cause: str) -> None:
    assert read_count(text, GRAMMAR) == (None, "unreadable")
    assert count_cause(text, GRAMMAR) == cause


@pytest.mark.parametrize("text", ["#REF!", "#DIV/0!", "#N/A", "#n/a", " #VALUE! ", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "＃ＲＥＦ！", "Err:502", "=SUM(G2:G9)"])  # fmt: skip
def test_errors(text: str) -> None:
    assert read_count(text, GRAMMAR) == (None, "error")


@pytest.mark.parametrize(
    ("cell", "scaled", "stated"),
    [
        (1.2, (12_000, "approximate"), (None, "ambiguous")),
        ("1.23456", (12_346, "approximate"), (None, "ambiguous")),
        ("300", (3_000_000, "approximate"), (None, "ambiguous")),
        ("300余", (3_000_000, "approximate"), (None, "ambiguous")),
        (0, (0, "approximate"), (0, "number")),
        ("0", (0, "approximate"), (0, "number")),
        ("1.2万", (12_000, "approximate"), (12_000, "approximate")),
        ("3千", (3000, "approximate"), (3000, "approximate")),
        ("300人", (3_000_000, "approximate"), (300, "number")),
        ("-1.2", (-12_000, "approximate"), (None, "ambiguous")),
        ("", (None, "blank"), (None, "blank")),
        ("-", (None, "not_applicable"), (None, "not_applicable")),
        ("若干", (None, "unreadable"), (None, "unreadable")),
        ("#N/A", (None, "error"), (None, "error")),
        (LARGEST_COUNT, (None, "unreadable"), (None, "ambiguous")),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_a_header_that_multiplies_and_a_line_that_states_a_unit(
    cell: Any, scaled: tuple[int | None, str], stated: tuple[int | None, str]
) -> None:
    assert read_count(cell, GRAMMAR, factor=10_000) == scaled
    assert read_count(cell, GRAMMAR, is_stated=True) == stated


def test_a_reader_keeps_what_was_received() -> None:
    cells = ["约300人", "", " - ", "#REF!", True, 1, 12.5]
    assert list(count_reader(GRAMMAR).of(cells)) == [
        (300, "约300人", "approximate"),
        (None, None, "blank"),
        (None, " - ", "not_applicable"),
        (None, "#REF!", "error"),
        (None, "TRUE", "unreadable"),
        (1, "1", "number"),
        (None, "12.5", "unreadable"),
    ]


def test_a_notice_may_have_words_of_its_own() -> None:
    own = WORDS.model_copy(
        update={"multipliers": {"打": 12}, "count_units": ("头",), "not_applicable": ("免",)}
    )
    grammar = CountGrammar.of(own)
    assert [read_count(text, grammar) for text in ("3打", "3头", "免", "3万", "无")] == [
        (36, "approximate"), (3, "number"), (None, "not_applicable"), (None, "unreadable"), (None, "unreadable"),
    ]  # fmt: skip


@settings(max_examples=100)
@given(st.integers(0, LARGEST_COUNT - 1))
def test_a_number_is_read_as_it_is_spelled(number: int) -> None:
    spelled = spell_numeral(number)
    assert read_numeral(spelled) == number
    assert read_count(f"{spelled}人", GRAMMAR) == (number, "number")


def test_a_numeral_that_ends_in_a_digit_without_its_place_is_refused() -> None:
    for high in DIGITS[1:]:
        for low in DIGITS[1:]:
            assert [read_numeral(f"{high}{place}{low}") for place in "百千万亿"] == [None] * 4
            assert read_numeral(f"{high}百零{low}") == DIGITS.index(high) * 100 + DIGITS.index(low)


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.sampled_from(["", " ", "　", "\u200b", "\n", "\ufeff"]))
def test_white_space_around_words_changes_nothing(number: int, white: str) -> None:
    for text in (
        f"{number}{white}人",
        f"{white}{number}",
        f"约{white}{number}{white}人{white}",
        f"{number:,}{white}",
    ):
        assert read_count(text, GRAMMAR)[0] == number
    assert read_count(f"{number}{white}1", GRAMMAR)[1] == ("unreadable" if white else "number")


@settings(max_examples=100)
@given(st.text("0123456789.,+-人次万千百约余多无①零一二三十百千 \n\u00a0\u2009", max_size=30))
def test_whatever_is_written_is_a_count_or_has_a_cause(text: str) -> None:
    assert read_count(text, GRAMMAR)[1] != "unreadable" or count_cause(text, GRAMMAR)


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1\u2009", "1\u2009000\u2009", "三", "约", " ", "1 ", "人", "1-", "万", "+", "="]
)
def test_a_cell_without_end_takes_no_time(piece: str) -> None:
    text = piece * 200_000
    assert read_count(text, GRAMMAR)[1] in ("unreadable", "blank", "error")
    assert count_cause(text, GRAMMAR)
