"""What a file knows is asked once by who scans and then loads, and again as soon as the file is another one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.ground.home import Home
from pipelines.warehouse.files import open_file
from pipelines.warehouse.known import kept_known, read_known
from tests.cli.conftest import few
from tests.conftest import NOTICE_ID

__all__ = ["few"]


def test_a_file_is_asked_once_until_it_changes(few: Home, tmp_path: Path) -> None:
    file = Path(shutil.copyfile(few.published, tmp_path / "notices.duckdb"))
    opened: list[Path] = []

    @contextmanager
    def opening(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        opened.append(path)
        with open_file(path, read_only=True) as connection:
            yield connection

    with kept_known():
        known = read_known(file, [NOTICE_ID], opening)
        assert read_known(file, [NOTICE_ID], opening) == known
        assert len(opened) == 1
        assert known
        assert known.of(NOTICE_ID).scans
        assert read_known(file, [], opening) != known, "of other notices it is asked anew"
        with open_file(file) as connection:
            connection.execute("DELETE FROM raw.scans")
        changed = read_known(file, [NOTICE_ID], opening)
        assert changed
        assert not changed.of(NOTICE_ID).scans
        assert changed.of(NOTICE_ID).receipts == known.of(NOTICE_ID).receipts
        assert len(opened) == 3
        file.write_bytes(b"half made")
        assert read_known(file, [NOTICE_ID], opening) is None
        file.unlink()
        assert read_known(file, [NOTICE_ID], opening) not in (None, changed)
    shutil.copyfile(few.published, file)
    for _ in range(2):
        assert read_known(file, [NOTICE_ID], opening) == known
    assert len(opened) == 6, "elsewhere it is asked whenever somebody asks"
