"""Files that kill, stall or swell their reader cost themselves and nothing else."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ground.settings import MIB, Settings
from pipelines.notice.model import Notice
from pipelines.read.pool import read_jobs
from pipelines.read.submission import Job, Submission
from tests.read.habits.case import materials
from tests.read.habits.write import text, xlsx, zipped

Read = Callable[..., dict[str, Submission]]


def _stray_cell(place: str) -> bytes:
    """A workbook of a few hundred bytes with one empty text far out, which its parser lays a whole grid out for."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    row = "".join(filter(str.isdigit, place))
    return zipped(
        ("[Content_Types].xml", b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"),
        ("_rels/.rels", f"<Relationships xmlns='{package}'><Relationship Id='a' Type='{office}/officeDocument' "
                        "Target='xl/workbook.xml'/></Relationships>".encode()),
        ("xl/workbook.xml", f"<workbook xmlns='{main}' xmlns:r='{office}'><sheets><sheet name='a' sheetId='1' r:id='b'/>"
                            "</sheets></workbook>".encode()),
        ("xl/_rels/workbook.xml.rels", f"<Relationships xmlns='{package}'><Relationship Id='b' Type='{office}/worksheet' "
                                       "Target='worksheets/sheet1.xml'/></Relationships>".encode()),
        ("xl/worksheets/sheet1.xml", f"<worksheet xmlns='{main}'><sheetData><row r='1'><c r='A1'><v>1</v></c></row>"
                                     f"<row r='{row}'><c r='{place}' t='inlineStr'><is><t></t></is></c></row></sheetData></worksheet>".encode()),
    )  # fmt: skip


@pytest.fixture
def read(notice: Notice, tmp_path: Path) -> Read:
    def run(*files: tuple[str, bytes], **limits: int) -> dict[str, Submission]:
        jobs = []
        for name, content in files:
            path = tmp_path / hashlib.sha256(content).hexdigest()
            path.write_bytes(content)
            jobs.append(
                Job(
                    name,
                    "education_folder",
                    f"教育厅收件/济南市教育局/{name}",
                    str(path),
                    path.name,
                    len(content),
                    datetime(2020, 11, 9),
                )
            )
        settings = Settings(**{"readers": 1} | limits)
        return {one.receipt_id: one for found in read_jobs(notice, settings, jobs) for one in found}

    return run


def test_a_file_that_kills_its_reader_is_unreadable_and_the_next_is_read(read: Read) -> None:
    found = read(
        ("日报a.xlsx", xlsx(materials())),
        ("日报b.xlsx", _stray_cell("XFD1048576")),
        ("日报c.xlsx", xlsx(materials())),
        ("日报d.csv", text(materials())),
        child_memory_bytes=1024 * MIB,
    )
    assert {name: one.outcome for name, one in found.items()} == {
        "日报a.xlsx": "read",
        "日报b.xlsx": "rejected",
        "日报c.xlsx": "read",
        "日报d.csv": "read",
    }
    assert found["日报b.xlsx"].reason == "unreadable"
    assert found["日报b.xlsx"].deliverable == "materials"
    assert found["日报b.xlsx"].recipient_code == "EDU-3701"


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_too_large_and_the_next_is_read(read: Read) -> None:
    found = read(("日报a.xlsx", _stray_cell("Z1048576")), ("日报b.csv", text(materials())), file_seconds=1)
    assert found["日报a.xlsx"].reason == "too_large"
    assert "1 秒内没有读完" in (found["日报a.xlsx"].sentence or "")
    assert found["日报b.csv"].outcome == "read"


def test_every_job_has_its_end_whatever_the_order(read: Read) -> None:
    files = [(f"日报{number}.csv", text(materials())) for number in range(20)]
    found = read(*files, readers=2)
    assert sorted(found) == sorted(name for name, _ in files)
    assert {one.outcome for one in found.values()} == {"read"}


def test_no_jobs_no_children(read: Read) -> None:
    assert read() == {}
