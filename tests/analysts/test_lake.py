"""publish-parquet: partitions that DuckDB reads back, history that stays, and no manifest over half of them."""

import hashlib
import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.ask.lake import list_history, publish_parquet
from pipelines.ask.place import PublishedPlace
from pipelines.cli import app
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import ROOT
from pipelines.notice import load_notice
from tests.analysts.conftest import END, NOTICE_ID, World

EARLIER = datetime(2020, 11, 12, 20)
NAME = "2020-11-12T200000"
PAGE = (ROOT / "docs" / "analysts.md").read_text("utf-8")
QUERIES = re.findall(r"```duckdb\n(.*?)```", PAGE, re.DOTALL)
SCRIPTS = [text for text in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "发布" in text]
FILES = f"notice_id={NOTICE_ID}/as_of={NAME}"


def _publish(world: World, url: str, as_of: datetime, **options: bool) -> tuple[dict[str, Any], list[str]]:
    return publish_parquet(
        world.home.published, load_notice(NOTICE_ID), as_of, PublishedPlace(url), **options
    )


def _contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's bytes and the moment it was written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def lake(small: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two moments of a notice in one folder."""
    to = tmp_path_factory.mktemp("lake")
    for moment in (EARLIER, END):
        _publish(small, str(to), moment)
    return to


@pytest.fixture(params=["folder", "memory"])
def reader(request: pytest.FixtureRequest, small: World, lake: Path) -> tuple[duckdb.DuckDBPyConnection, str]:
    """A DuckDB, and where it finds the two moments: in a folder, or at another place that fsspec reaches."""
    connection = duckdb.connect()
    if request.param == "folder":
        return connection, str(lake)
    for moment in (EARLIER, END):
        _publish(small, "memory://lake/notices", moment)
    connection.register_filesystem(fsspec.filesystem("memory"))
    return connection, "memory://lake/notices"


def test_duckdb_reads_back_what_the_snapshot_says(
    reader: tuple[duckdb.DuckDBPyConnection, str], small: World
) -> None:
    connection, place = reader
    for mart in ("figures", "fact_obligations", "fact_rows"):
        for moment, name in ((EARLIER, NAME), (END, "2020-12-01T000000")):
            found = connection.execute(
                f"""
                SELECT * EXCLUDE (notice_id, as_of)
                FROM read_parquet('{place}/{mart}/*/*/*.parquet', hive_partitioning = true)
                WHERE notice_id = ? AND as_of = ? ORDER BY ALL
                """,
                [NOTICE_ID, name],
            ).fetchall()
            expected = small.connection.execute(
                f"FROM marts.{mart}_as_of(?, ?) ORDER BY ALL", [NOTICE_ID, moment]
            ).fetchall()
            assert found == expected, (mart, moment)
            assert found
    assert not fsspec.core.url_to_fs(place)[0].glob(f"{place}/_incoming/*")


def test_the_manifest_tells_every_file(lake: Path, small: World) -> None:
    manifest = json.loads((lake / "_manifests" / f"{FILES}.json").read_text("utf-8"))
    assert (manifest["moment"], manifest["as_of"], manifest["replaced"]) == (EARLIER.isoformat(), NAME, [])
    assert {one["path"] for one in manifest["files"]} == {
        str(path.relative_to(lake)) for path in lake.glob(f"*/{FILES}/*")
    }
    assert [one["mart"] for one in manifest["files"]] == [
        mart.name for mart in list_history(small.connection)
    ]
    assert {"figures", "figure_parts", "fact_rows", "fact_obligations"} <= {
        one["mart"] for one in manifest["files"]
    }
    for one in manifest["files"]:
        assert hashlib.sha256((lake / one["path"]).read_bytes()).hexdigest() == one["sha256"]
        assert pq.ParquetFile(lake / one["path"]).metadata.num_rows == one["rows"]


def test_the_same_again_writes_nothing(lake: Path, small: World) -> None:
    before = _contents(lake)
    words = ["--home", str(small.home.path), "publish-parquet", NOTICE_ID, "--to", str(lake)]
    said = CliRunner().invoke(app, [*words, "--as-of", "2020-11-12T20:00"])
    assert (said.exit_code, "没有写任何东西" in said.output) == (0, True), said.output
    assert _contents(lake) == before


def _alter(path: Path) -> None:
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.slice(1), path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def test_what_was_published_otherwise_is_replaced_only_on_request(
    small: World, lake: Path, tmp_path: Path
) -> None:
    """One file has other rows, another is half of itself."""
    shutil.copytree(lake, tmp_path, dirs_exist_ok=True)
    whole = json.loads((tmp_path / "_manifests" / f"{FILES}.json").read_text("utf-8"))
    later = {name: file for name, file in _contents(tmp_path).items() if NAME not in name}
    _alter(tmp_path / "figures" / FILES / "data.parquet")
    _cut(tmp_path / "fact_rows" / FILES / "data.parquet")
    before = _contents(tmp_path)
    with pytest.raises(NoticesError, match=r"--replace") as refused:
        _publish(small, str(tmp_path), EARLIER)
    assert re.search(r"(figures、fact_rows|fact_rows、figures) 与那时发布的不同", str(refused.value))
    assert _contents(tmp_path) == before
    manifest, written = _publish(small, tmp_path.as_uri(), EARLIER, may_replace=True)
    assert sorted(written) == ["fact_rows", "figures"]
    assert manifest["files"] == whole["files"]
    assert [sorted(one["marts"]) for one in manifest["replaced"]] == [["fact_rows", "figures"]]
    assert {name: file for name, file in _contents(tmp_path).items() if NAME not in name} == later


def test_a_publishing_cut_in_two_has_no_manifest_and_is_finished_by_the_next(
    small: World, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = PublishedPlace.write

    def fail(place: PublishedPlace, name: str, data: bytes) -> None:
        if name.startswith("fact_rows/"):
            raise NoticesError("the disk is full")
        write(place, name, data)

    monkeypatch.setattr(PublishedPlace, "write", fail)
    with pytest.raises(NoticesError, match="full"):
        _publish(small, str(tmp_path), EARLIER)
    assert list(tmp_path.glob("figure_parts/*/*/*")) or list(tmp_path.glob("fact_obligations/*/*/*"))
    assert not list(tmp_path.glob("_manifests/**/*.json"))
    monkeypatch.undo()
    _publish(small, str(tmp_path), EARLIER)
    expected = {path: data for path, (data, _) in _contents(lake).items() if NAME in path}
    assert {path: data for path, (data, _) in _contents(tmp_path).items()} == expected


@pytest.mark.parametrize("when", ["writing", "giving the name"])
def test_a_place_that_fails_leaves_no_half_file(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = PublishedPlace(str(tmp_path))
    place.write("figures/data.parquet", b"as it was")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(place._fs), "pipe_file" if when == "writing" else "mv", fail)
    with pytest.raises(NoticesError, match=r"发布地 .* 读写不成.*No space left"):
        place.write("figures/data.parquet", b"as it is now")
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"as it was"]


def test_recipes_of_the_analysts_page_run(
    lake: Path, small: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("发布").symlink_to(lake)
    assert (len(QUERIES), len(SCRIPTS)) == (2, 1)
    cities = len(small.rows("FROM core.cities WHERE notice_id = $notice"))
    every, newest = (duckdb.connect().execute(query).fetchall() for query in QUERIES)
    assert (len(every), len(newest)) == (2 * cities, cities)
    assert {moment for moment, *_ in every} == {NAME, "2020-12-01T000000"}
    assert sorted(newest) == sorted(row[1:] for row in every if row[0] != NAME)
    found: dict[str, Any] = {}
    exec(SCRIPTS[0].replace("2020-11-14T200000", NAME), found)
    assert sorted(zip(found["figures"].city, found["figures"].value, strict=True)) == sorted(
        row[1:] for row in every if row[0] == NAME
    )
