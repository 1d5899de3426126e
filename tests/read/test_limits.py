"""Limits that a small file cannot reach are reached by smaller limits: every one is a setting."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission
from tests.read.habits.case import materials
from tests.read.habits.write import photo, text, word, xlsx, zipped

Read = Callable[..., list[Submission]]


@pytest.fixture
def read(notice: Notice, tmp_path: Path) -> Read:
    def run(name: str, content: bytes, **limits: int) -> list[Submission]:
        path = tmp_path / "object"
        path.write_bytes(content)
        job = Job(
            "r",
            "education_folder",
            f"教育厅收件/济南市教育局/{name}",
            str(path),
            "0",
            len(content),
            datetime(2020, 11, 9),
        )
        return Reader(notice, Settings(**limits)).read(job)

    return run


def test_a_table_over_its_limit_is_too_large(read: Read) -> None:
    content = text(materials())
    assert [one.outcome for one in read("日报.csv", content, max_table_bytes=len(content))] == ["read"]
    (one,) = read("日报.csv", content, max_table_bytes=len(content) - 1)
    assert (one.outcome, one.reason, one.deliverable) == ("rejected", "too_large", "materials")


def test_a_workbook_that_inflates_past_its_limit_is_too_large(read: Read) -> None:
    content = xlsx(materials())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inflated = sum(info.file_size for info in archive.infolist())
    assert [one.outcome for one in read("日报.xlsx", content, max_inflated_bytes=inflated)] == ["read"]
    assert [one.reason for one in read("日报.xlsx", content, max_inflated_bytes=inflated - 1)] == [
        "too_large"
    ]


def test_a_file_over_everything_is_judged_by_its_head(read: Read) -> None:
    assert [one.outcome for one in read("现场.jpg", photo("a" * 100), max_inflated_bytes=50)] == [
        "attachment"
    ]
    assert [one.reason for one in read("日报.csv", text(materials()), max_inflated_bytes=50)] == ["too_large"]


@pytest.mark.parametrize(
    "limits", [{"max_members": 1}, {"max_inflated_bytes": 2500}, {"max_archive_depth": 0}]
)
def test_an_archive_over_a_limit_is_unsafe(read: Read, limits: dict[str, int]) -> None:
    content = zipped(("a.txt", bytes(range(32, 127)) * 10), ("b.txt", bytes(range(127, 32, -1)) * 20))
    assert [one.outcome for one in read("报送.zip", content)] == ["attachment", "attachment"]
    (one,) = read("报送.zip", content, **limits)
    assert (one.reason, one.path) == ("unsafe_archive", "教育厅收件/济南市教育局/报送.zip")


def test_an_archive_that_lies_about_a_size_is_no_way_round(read: Read) -> None:
    content = bytearray(zipped(("a.csv", b"0" * 3_000_000), level=9))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (1000).to_bytes(4, "little")
    (one,) = read("报送.zip", bytes(content))
    assert one.reason in ("unsafe_archive", "unreadable")


def test_two_thousand_members_are_read(read: Read) -> None:
    found = read("报送.zip", zipped(*((f"{n}.jpg", photo(str(n))) for n in range(2000))))
    assert [one.outcome for one in found] == ["attachment"] * 2000


def test_a_large_document_without_a_table_is_no_large_table(read: Read) -> None:
    prose, table = word(paragraphs=["活动周开幕"]), word(materials())
    assert [one.outcome for one in read("新闻稿.docx", prose, max_table_bytes=100)] == ["attachment"]
    assert [one.document for one in read("总结.docx", prose, max_table_bytes=100)] == ["summary"]
    assert [one.reason for one in read("日报.docx", table, max_table_bytes=100)] == ["too_large"]
