"""sql/: one relation a file (folder = schema, file = relation), run in the order of their references.

What defines a relation (CREATE, COMMENT) runs when a warehouse file is made; what fills one (DELETE, INSERT, MERGE) runs every
cycle, for the submissions in raw.touched. Table macros of marts are made twice, as guards.py says.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from pipelines.ground.home import ROOT
from pipelines.warehouse.contract import Contract, read_contract, tell
from pipelines.warehouse.guards import GUARDS, ask_core, guard_of, macro_names

SQL = ROOT / "sql"
SCHEMAS = ("raw", "core", "marts")
STRETCHES = ("core.duty_stretches", "core.unit_stretches")
"""What is made anew of the units in raw.touched_units."""
_REFERENCE = re.compile(rf"\b(?:{'|'.join(SCHEMAS)})\.[a-z_]+")
_REMARK = re.compile(r"--.*")
_MAY_FILL = re.compile(r"\b(?:DELETE|INSERT|MERGE|UPDATE)\b")
_FILLING = {
    duckdb.StatementType.DELETE,
    duckdb.StatementType.INSERT,
    duckdb.StatementType.MERGE_INTO,
    duckdb.StatementType.UPDATE,
}


@dataclass(frozen=True)
class Relation:
    """One file of sql/: its name, what it promises, what defines it and what fills it.

    It is parsed when it is asked: a load fills 20 of them, and defines none.
    """

    name: str
    contract: Contract
    text: str
    macros: frozenset[str]
    """Those of marts, in all files."""

    @cached_property
    def defining(self) -> tuple[str, ...]:
        return tuple(
            made
            for statement in duckdb.extract_statements(self.text)
            if statement.type not in _FILLING
            for made in (
                tell(ask_core(statement.query, self.macros), self.contract),
                *guard_of(statement.query),
            )
        )

    @cached_property
    def filling(self) -> tuple[str, ...]:
        if not _MAY_FILL.search(self.text):
            return ()
        return tuple(
            ask_core(statement.query, self.macros)
            for statement in duckdb.extract_statements(self.text)
            if statement.type in _FILLING
        )


@cache
def load_relations(folder: Path = SQL) -> tuple[Relation, ...]:
    """All relations, each after those it refers to, in the same order in every process. Raises graphlib.CycleError where they refer in a circle."""
    texts = {
        f"{path.parent.name}.{path.stem}": path.read_text("utf-8") for path in sorted(folder.glob("*/*.sql"))
    }
    references = {
        name: {
            found for found in _REFERENCE.findall(_REMARK.sub("", text)) if found != name and found in texts
        }
        for name, text in texts.items()
    }
    contracts = {name: read_contract(name, texts, references) for name in texts}
    macros = frozenset(macro_names(texts.values()))
    for macro in macros:
        references[f"marts.{macro}"] |= {f"core.{guard}" for guard in GUARDS} & texts.keys()
    return tuple(
        Relation(name, contracts[name], texts[name], macros)
        for name in TopologicalSorter({name: sorted(references[name]) for name in texts}).static_order()
    )


def create_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes every schema and relation in an empty database."""
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for relation in load_relations():
        for statement in relation.defining:
            connection.execute(statement)


def fill_report_spans(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes core.report_spans from all of core.items, and what rests on it, where something else than a load wrote them."""
    connection.execute(
        "INSERT INTO raw.touched_keys"
        " SELECT DISTINCT notice_id, recipient_code, deliverable, period, 0 FROM core.items"
    )
    _fill(connection, "core.report_spans")
    connection.execute("DELETE FROM raw.touched_keys")
    fill_groups(connection)
    fill_stretches(connection)


def fill_stretches(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes core.duty_stretches and core.unit_stretches of all units, where something else than a load wrote what they rest on."""
    connection.execute("INSERT INTO raw.touched_units SELECT notice_id, recipient_code FROM core.recipients")
    _fill(connection, *STRETCHES)


def fill_groups(connection: duckdb.DuckDBPyConnection) -> None:
    """Numbers the materials and makes core.material_groups, where something else than a load wrote core.items."""
    connection.execute("UPDATE core.items SET notice_key = core.notice_key(notice_id)")
    _fill(connection, "core.material_groups")


def _fill(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for relation in load_relations():
        for statement in relation.filling if relation.name in names else ():
            connection.execute(statement)


def fill_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the derived rows of the submissions in raw.touched anew, and what the units in raw.touched_units owe."""
    for relation in load_relations():
        for statement in relation.filling:
            connection.execute(statement)


def fill_touched(connection: duckdb.DuckDBPyConnection) -> bool:
    """`fill_relations`, without what would have nothing to do; says whether a submission was touched. Where none was, only what units
    owe can be other than it was."""
    if connection.execute("SELECT 1 FROM raw.touched LIMIT 1").fetchone():
        fill_relations(connection)
        return True
    if connection.execute("SELECT 1 FROM raw.touched_units LIMIT 1").fetchone():
        _fill(connection, *STRETCHES)
    return False
