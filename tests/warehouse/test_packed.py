"""The large tables' texts are packed as is stated, whatever stands in them comes back, and no stated name is of a column that is gone."""

from pathlib import Path

import pytest

from pipelines.warehouse.files import open_file
from pipelines.warehouse.packed import FEW, MANY, TABLES
from pipelines.warehouse.relations import load_relations

DEFINED = {one.name: one.defining for one in load_relations() if one.name in TABLES}


def _make(path: Path, relation: str, texts: list[str | None]) -> list[tuple[str, str]]:
    """A table of these texts alone, in every column that may hold them, closed; returns how each text column was packed."""
    with open_file(path) as connection:
        connection.execute("CREATE SCHEMA raw; CREATE SCHEMA core")
        connection.execute(DEFINED[relation][0].replace(" NOT NULL", ""))
        columns = connection.execute(
            f"SELECT column_name FROM (DESCRIBE {relation}) WHERE column_type = 'VARCHAR'"
        ).fetchall()
        names = ", ".join(name for (name,) in columns)
        values = ", ".join("text" for _ in columns)
        connection.execute(
            f"INSERT INTO {relation} ({names}) SELECT {values} FROM (SELECT unnest($1::VARCHAR[]) AS text)",
            [texts],
        )
        before = connection.execute(f"SELECT {names} FROM {relation}").fetchall()
    with open_file(path) as connection:
        assert connection.execute(f"SELECT {names} FROM {relation}").fetchall() == before
        return connection.execute(
            f"SELECT DISTINCT column_name, compression FROM pragma_storage_info('{relation}') WHERE segment_type = 'VARCHAR'"
        ).fetchall()


@pytest.mark.parametrize("relation", TABLES)
def test_each_column_is_packed_as_is_stated(tmp_path: Path, relation: str) -> None:
    packed = dict(
        _make(tmp_path / "one.duckdb", relation, [f"第{number % 300}件 活动" for number in range(5000)])
    )
    stated = dict.fromkeys(MANY, "FSST") | dict.fromkeys(FEW, "Dictionary")
    assert {name: packed[name] for name in packed if name in stated} == {
        name: stated[name] for name in packed if name in stated
    }
    assert packed.keys() & stated.keys()


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([None] * 3000, id="nothing"),
        pytest.param([""] * 3000, id="empty"),
        pytest.param(["长" * 300_000, "短", None] * 5, id="longer than a block"),
        pytest.param([f"{number:x}" * 40 for number in range(5000)], id="all different"),
        pytest.param(["一"], id="one"),
    ],
)
def test_whatever_stands_in_them_comes_back(tmp_path: Path, texts: list[str | None]) -> None:
    assert _make(tmp_path / "one.duckdb", "core.items", texts)


def test_each_stated_name_is_a_column_s() -> None:
    told = "\n".join(statement for defining in DEFINED.values() for statement in defining)
    for name, how in [(one, "fsst") for one in MANY] + [(one, "dictionary") for one in FEW]:
        assert f"{name} VARCHAR USING COMPRESSION {how}" in told.replace(" NOT NULL", ""), name
