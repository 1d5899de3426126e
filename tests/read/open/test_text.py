"""csv and tsv -> grid, in the encodings that units use."""

import pytest

from pipelines.read.findings import FileRejected
from tests.read.open.files import only_sheet, opened

ROWS = [["标题", "人数"], ["甲", "300"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_encodings_and_delimiters(encoding, mark) -> None:
    sheet = only_sheet("\r\n".join(mark.join(row) for row in ROWS).encode(encoding), "a.csv")
    assert sheet.rows == ROWS
    assert (sheet.name, sheet.is_typed, sheet.is_delimited) == ("", False, True)


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        pytest.param('="2020-11-09"', "2020-11-09", id="bare"),
        pytest.param('"=""0012"""', "0012", id="quoted"),
        pytest.param('"=""a""""b"""', 'a"b', id="with quotes"),
        pytest.param("=A1+B1", "=A1+B1", id="a formula"),
        pytest.param('"甲\n乙"', "甲\n乙", id="line break"),
    ],
)
def test_cells(written, cell) -> None:
    assert only_sheet(f"标题,人数\n{written},1".encode(), "a.csv").rows[1] == [cell, "1"]


def test_errors_that_were_exported_as_text() -> None:
    sheet = only_sheet("标题,人数\n甲,#REF!\n#1楼,2".encode(), "a.csv")
    assert sheet.marks.errors == {(1, 1): "#REF!"}


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    sheet = only_sheet('a,b,c,d\n"甲,1,2,3\n乙,1,2,3\n丙,1,2,3'.encode(), "a.csv")
    assert len(sheet.rows) == 4


def test_bytes_that_are_no_text_are_unreadable() -> None:
    with pytest.raises(FileRejected, match="unreadable"):
        opened(b"\xef\xbb\xbf" + bytes(range(128, 256)) * 4, "a.csv")
