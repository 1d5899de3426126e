"""No bulletin speaks of an hour before the collection of that hour."""

from pathlib import Path

import pytest

from pipelines.bulletin.ready import describe_wait
from pipelines.ground.home import Home
from pipelines.warehouse.files import open_file
from tests.bulletin.conftest import FIRST, MAIL, UNITS, Office, open_office
from tests.report.conftest import World, make_notice

BEFORE, AT, AFTER = "2021-05-10 17:59:59", "2021-05-10 18:00:00", "2021-05-10 18:00:01"


@pytest.fixture(scope="module")
def one(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One for all cases: each says anew what was scanned."""
    folder = tmp_path_factory.mktemp("ready")
    made = World(empty, folder / "notices.duckdb", make_notice(UNITS, mail=MAIL))
    return open_office(made, Home(folder / "home"))


@pytest.mark.parametrize(
    ("scans", "awaited"),
    [
        ([("folder", AFTER, None)], ""),
        ([("folder", AT, None)], "来源 folder 最近一次读全是2021年5月10日18时"),
        ([("folder", BEFORE, None)], "来源 folder"),
        ([("folder", AFTER, None), ("form", BEFORE, AFTER)], "来源 form 最近一次读全是2021年5月10日17时59分，其后没有读到（断了）"),
        ([("folder", AFTER, BEFORE)], ""),
        ([("folder", AFTER, None), ("mail", None, AFTER)], "来源 mail 从未读全"),
        ([("folder", AFTER, None), ("nobody_made_it", None, None)], ""),
        ([], "还没有收过件"),
    ],
)  # fmt: skip
def test_every_source_must_have_been_scanned_after_the_moment(one, scans, awaited):
    with open_file(one.world.path) as connection:
        connection.execute("DELETE FROM raw.scans")
        for source, scanned_at, failed_at in scans:
            connection.execute(
                "INSERT INTO raw.scans VALUES (?, ?, ?, ?, ?)",
                [one.notice.id, source, scanned_at, failed_at, "断了" if failed_at else None],
            )
    one.publish()
    found = describe_wait(one.home.published, one.notice, FIRST)
    assert (found == "") == (awaited == "")
    assert awaited in found


def test_without_data_it_waits(one, tmp_path):
    assert "还没有数据" in describe_wait(tmp_path / "none.duckdb", one.notice, FIRST)
