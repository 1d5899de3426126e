"""Each mart keeps what it promises to machines: its key, which columns are never empty, which words a column takes."""

import csv
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ask.datapackage import DATAPACKAGE, find_breaches
from pipelines.ask.marts import Mart
from pipelines.warehouse.contract import Contract
from pipelines.warehouse.relations import load_relations
from tests.warehouse.empty import blank_warehouse

MARTS = {one.name: one.contract for one in load_relations() if one.name.startswith("marts.")}
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
KEYLESS = {
    "marts.notes",
    "marts.reporting_by",
    "marts.source_changes",
    "marts.trace",
    "marts.province_coverage_as_of",
    "marts.province_reporting_as_of",
}
"""A note or a change has no key; of reporting_by it is what was asked for; a province is one row as of a moment."""


def test_every_mart_states_a_key_and_what_it_is_made_of() -> None:
    assert {name for name, one in MARTS.items() if not one.key} <= KEYLESS
    assert all(one.sources for name, one in MARTS.items() if name != "marts.mails")


def test_every_key_is_made_of_columns() -> None:
    """In the catalogue itself: a word that is no column would be passed over when the key is tested."""
    with blank_warehouse() as connection:
        columns: dict[str, set[str]] = {}
        for name, column in connection.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()"
        ).fetchall():
            columns.setdefault(name, set()).add(column)
    keys = {one.name.removesuffix("_as_of"): one.contract.key for one in load_relations()}
    stated = {name: key for name, key in keys.items() if name in columns and key}
    assert len(stated) > 80
    assert {name: key for name, key in stated.items() if not set(key) <= columns[name]} == {}


def test_old_names_are_kept_as_the_changelog_says() -> None:
    """Each beside its new one, of the same type, and none more or less than in the table old → new."""
    with blank_warehouse() as connection:
        columns = {
            (relation, column): (kind, comment or "")
            for relation, column, kind, comment in connection.execute(
                "SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns()"
            ).fetchall()
        }
    kept = {
        (relation, old, found[1])
        for (relation, old), (_, comment) in columns.items()
        if (found := re.search(r"旧名，下一版去掉；请用 (\w+)", comment))
    }
    assert kept
    for relation, old, new in kept:
        assert columns[relation, old][0] == columns[relation, new][0]
    told = re.findall(
        r"^\| `(marts\.\w+)\(_as_of\)\.(\w+)` \| `(\w+)`", CHANGELOG.read_text("utf-8"), re.MULTILINE
    )
    assert kept == set(told)


def test_the_catalogue_says_so() -> None:
    with blank_warehouse() as connection:
        told = dict(
            connection.execute(
                "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'marts'"
            ).fetchall()
        )
    assert "〔键：notice_id、city_code；来自：" in told["city_reporting"]
    assert "core.reporting_counts" in told["city_reporting"]
    assert "没有写县的材料不在任何一县" in told["county_coverage"]


def test_an_export_keeps_all_promises(exported: Path) -> None:
    assert json.loads((exported / "manifest.json").read_text("utf-8"))["breaches"] == []


def test_the_package_describes_every_file_as_it_is(exported: Path) -> None:
    """As Frictionless checks it: names and order of fields, what is required, keys, words; over csv, where text says little."""
    package = json.loads((exported / DATAPACKAGE).read_text("utf-8"))
    assert datetime.fromisoformat(package["created"]).utcoffset() == timedelta(hours=8)
    assert {one["path"] for one in package["resources"]} == {
        path.name for path in exported.iterdir() if path.suffix in (".csv", ".parquet")
    }
    checked = 0
    for one in package["resources"]:
        fields = one["schema"]["fields"]
        if one["format"] == "parquet":
            assert [field["name"] for field in fields] == pq.read_schema(exported / one["path"]).names
            continue
        with (exported / one["path"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for field in fields:
            values = [row[field["name"]] for row in rows]
            constraints = field.get("constraints", {})
            if constraints.get("required"):
                assert "" not in values, (one["path"], field["name"])
                checked += len(values)
            assert {"", *constraints.get("enum", values)} >= set(values)
            if field["type"] == "integer":
                assert all(value == "" or value.lstrip("-").isdigit() for value in values)
        if key := one["schema"].get("primaryKey"):
            assert len({tuple(row[name] for name in key) for row in rows}) == len(rows), one["path"]
    assert checked > 1000


@pytest.mark.parametrize(
    ("columns", "breach"),
    [
        pytest.param({"code": ["a", "a"], "state": ["on", "off"]}, "键 code 有重复", id="key"),
        pytest.param({"code": ["a", None], "state": ["on", "off"]}, "code 不应为空", id="required"),
        pytest.param({"code": ["a", "b"], "state": ["on", "maybe"]}, "说明以外的值：maybe", id="words"),
        pytest.param({"code": ["a", "b"], "state": ["on", None]}, None, id="kept"),
    ],
)
def test_what_is_not_kept_is_found(columns: dict[str, list[Any]], breach: str | None) -> None:
    comments = {"code": "代码", "state": "状态；没有的为空"}
    mart = Mart("m", "", "", comments, Contract(("code",), {"state": ("on", "off")}, ()))
    found = find_breaches(mart, pa.table(columns))
    assert [breach in one for one in found] == [True] if breach else found == []
