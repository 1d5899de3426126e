"""What became of a file depends on its kin alone, however far: versions of its path, files with its bytes, versions of theirs."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.notice import Notice
from tests.rows import dump_rows
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import Line, Sent, load

CONTENTS = {"一": (Line("开幕"),), "二": (Line("开幕"), Line("走访")), "三": (Line("座谈", is_faulty=True),)}
"""Bytes and the rows that they always hold."""
Arrived = list[tuple[str, str]]
"""Path and content, in the order of arrival."""
ARRIVED = st.lists(
    st.tuples(st.sampled_from(["甲.xlsx", "乙.xlsx", "丙.xlsx"]), st.sampled_from(sorted(CONTENTS))),
    min_size=2,
    max_size=6,
)


def rows_of(notice: Notice, parts: list[list[Sent]]) -> dict[str, object]:
    """All that is derived, once these parts were loaded one after the other."""
    with empty_warehouse() as (connection, private, opened):
        for number, files in enumerate(parts):
            load(connection, private, notice, files, opened / str(number))
        return {name: rows for name, rows in dump_rows(connection).items() if name.startswith("core.")}


def compare(notice: Notice, arrived: Arrived, cuts: list[int]) -> None:
    files = [
        Sent(path, hour, CONTENTS[content], content=content)
        for hour, (path, content) in enumerate(arrived, 1)
    ]
    ends = sorted({0, *(cut for cut in cuts if cut < len(files)), len(files)})
    parts = [files[start:end] for start, end in pairwise(ends)]
    assert rows_of(notice, parts) == rows_of(notice, [files])


KIN_OF_KIN: Arrived = [("甲.xlsx", "一"), ("乙.xlsx", "一"), ("乙.xlsx", "二")]
"""The last is a version of the second, whose bytes came first under another path."""


@settings(max_examples=2, deadline=None, derandomize=True)
@example(arrived=KIN_OF_KIN, cuts=[2])
@given(arrived=ARRIVED, cuts=st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_the_kin_of_what_arrives_is_made_anew(notice: Notice, arrived: Arrived, cuts: list[int]) -> None:
    compare(notice, arrived, cuts)


@pytest.mark.soak  # two seconds a world; a few of them are played above
@settings(max_examples=60, deadline=None)
@given(arrived=ARRIVED, cuts=st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_the_kin_of_what_arrives_is_made_anew_in_many_worlds(
    notice: Notice, arrived: Arrived, cuts: list[int]
) -> None:
    compare(notice, arrived, cuts)
