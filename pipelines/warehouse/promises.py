"""What the catalogue promises, tested before a snapshot is published (contract.py). Part of the publish stage.

Tested are the tables of raw and core, and the marts of ROWS and FIGURES, of the units in raw.unfed: whoever had nothing new was
tested before. Of tables by file, only the files in raw.unfed_files where these are all that is new; what the notice says itself
(SAID_ITSELF), only where all of it is new. The other marts are tested when they are exported (ask/datapackage.py). A breach is a fault of this program: nothing is published, and nothing goes back to
anybody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.ground.errors import NoticesError
from pipelines.warehouse.contract import is_promised
from pipelines.warehouse.definition import DEFINED
from pipelines.warehouse.feed import DECISIONS, EVERYTHING, Unit, changed_units
from pipelines.warehouse.relations import Relation, load_relations

ROWS = (
    "cities",
    "counties",
    "decisions",
    "files",
    "obligations",
    "recipients",
    "submissions",
    "verdicts",
)
FIGURES = ("city_coverage", "city_reporting")
SAID_ITSELF = frozenset({*DEFINED, "marts.cities", "marts.counties"})
"""Of these, nothing that arrives makes a row, a key or a word new."""
DECIDED = "marts.decisions"
"""Of this alone a decision that reaches no unit makes a row new."""
REFERENCES = {
    "recipient_code": "core.recipients",
    "deliverable": "core.deliverables",
    "submission_id": "core.submissions",
    "receipt_id": "raw.receipts",
}
"""A column of this name, in a table of raw and core, names a row of that relation of the same notice, or none."""
ASIDE = frozenset(
    {
        *("raw.column_checks", "raw.event_checks", "raw.mailboxes", "raw.source_changes"),
        *("raw.pushes", "raw.recommended"),
        *("core.decisions", "core.decided_items", "core.accepted_values", "core.feed"),
        *("raw.unfed", "raw.unfed_files", "raw.held_entries"),
        *("raw.touched", "raw.touched_keys", "raw.touched_units"),
    }
)
"""Tables that may speak of units, files and deliverables that a changed notice has no more: journals, and passing marks."""
OWN = re.compile(r"_(?:id|code|at|count|number)$|^is_")
"""Columns that this program fills itself: whether one that units fill may be empty depends on the notice, and is told when it is
exported."""
SAID = 5
"""Breaches, and words, that are named."""
LISTED = 200
"""Units with something new that are named to the database: what it knows before it starts, it looks for in their rows alone."""

_MORE_THAN_FILES = f"SELECT 1 FROM core.unfed_whole WHERE recipient_code <> '{DECISIONS}' LIMIT 1"
"""Finds a unit of which more than the rows of some files may be new."""
_DEFINED_ANEW = f"SELECT 1 FROM raw.unfed WHERE recipient_code = '{EVERYTHING}' LIMIT 1"
_NAMED = " WHERE submission_id IN (SELECT submission_id FROM raw.unfed_files)"
_IS_NAMED = "SELECT 1 FROM raw.unfed_files WHERE submission_id <> '' LIMIT 1"
"""Finds a file that is named: '' stands for none."""


class PromiseError(NoticesError):
    """What would be published is not what the catalogue says of it."""


@dataclass(frozen=True)
class _Columns:
    """Of one relation: its columns' comments. Of a table the database itself keeps what must not be NULL from being it."""

    comments: Mapping[str, str]
    is_table: bool


def require_promises(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises PromiseError with what is wrong (Chinese); asks nothing where no unit has anything new."""
    if not connection.execute("SELECT 1 FROM raw.unfed LIMIT 1").fetchone():
        return
    breaches = list(find_breaches(connection))
    if breaches:
        more = f"等 {len(breaches)} 处" if len(breaches) > SAID else ""
        raise PromiseError(
            f"发布前的核对没有通过：{'；'.join(breaches[:SAID])}{more}。这是程序的问题，不是报送单位的问题："
            "这次什么也不发布、什么也不退回，已发布的数据照旧。请把这句话交给维护程序的人"
        )


def find_breaches(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """One sentence for each promise that is not kept by what is new (raw.unfed)."""
    known = _read_columns(connection)
    filled = _find_filled(connection, known)
    units = changed_units(connection)
    are_named = connection.execute(_MORE_THAN_FILES).fetchone() is None
    has_named = connection.execute(_IS_NAMED).fetchone() is not None
    is_defined_anew = connection.execute(_DEFINED_ANEW).fetchone() is not None
    for relation in load_relations():
        schema, _, name = relation.name.partition(".")
        columns = known.get(relation.name)
        if columns is None or relation.name in ASIDE:
            continue
        if relation.name in SAID_ITSELF and not is_defined_anew:
            continue
        if not units and relation.name != DECIDED:
            continue
        if name in (*ROWS, *FIGURES) if schema == "marts" else relation.name in filled:
            of_files = are_named and columns.is_table and _is_of_files(relation, columns.comments)
            if of_files and not has_named:
                continue
            # A decision names a file, or none: it is no row of that file.
            known_by = columns.comments.keys() - ({"submission_id"} if relation.name == DECIDED else set())
            where = _NAMED if of_files else _where(known_by, units)
            yield from _test(connection, relation, columns, where)


def _read_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, _Columns]:
    found: dict[str, dict[str, str]] = {}
    for relation, column, comment in connection.execute(
        """
        SELECT schema_name || '.' || table_name, column_name, coalesce(comment, '') FROM duckdb_columns()
        WHERE schema_name IN ('raw', 'core', 'marts') ORDER BY table_name, column_index
        """
    ).fetchall():
        found.setdefault(relation, {})[column] = comment
    tables = {
        row[0]
        for row in connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        ).fetchall()
    }
    return {name: _Columns(columns, name in tables) for name, columns in found.items()}


def _find_filled(connection: duckdb.DuckDBPyConnection, known: Mapping[str, _Columns]) -> set[str]:
    """The tables with rows, asked all at once: nothing is promised of one that has none."""
    tables = sorted(name for name, columns in known.items() if columns.is_table)
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables)
    return {name for (name,) in connection.execute(asked).fetchall()}


def _test(
    connection: duckdb.DuckDBPyConnection, relation: Relation, columns: _Columns, where: str
) -> Iterator[str]:
    key = [f"tested.{name}" for name in relation.contract.key if name in columns.comments]
    required = [
        name
        for name, comment in columns.comments.items()
        if not columns.is_table and OWN.search(name) and is_promised(comment)
    ]
    values = {name: words for name, words in relation.contract.values.items() if name in columns.comments}
    parents = {
        name: parent
        for name, parent in REFERENCES.items()
        if columns.is_table and name in columns.comments and parent != relation.name
    }
    asked = [
        f"count(*) - count(DISTINCT hash({', '.join(key)}))" if key else "0 * count(*)",
        *(f"count(*) FILTER (tested.{name} IS NULL)" for name in required),
        *(
            f"list(DISTINCT tested.{name}::VARCHAR) FILTER (tested.{name} NOT IN ({_listed(words)}))"
            for name, words in values.items()
        ),
        *(
            f"any_value(tested.{name}) FILTER (tested.{name} IS NOT NULL AND of_{name}.{name} IS NULL)"
            for name in parents
        ),
    ]
    joins = [
        f"LEFT JOIN {parent} AS of_{name}"
        f" ON tested.notice_id = of_{name}.notice_id AND tested.{name} = of_{name}.{name}"
        for name, parent in parents.items()
    ]
    tested = f"FROM (FROM {relation.name}{where}) AS tested"
    row = connection.execute(f"SELECT {', '.join(asked)} {tested} {' '.join(joins)}").fetchone()
    assert row, "an aggregate has one row"
    answers = iter(row)
    # Keys whose hashes are equal, which is quick to see, may still be two.
    if next(answers) and _are_repeated(connection, key, tested):
        yield f"{relation.name} 的键 {'、'.join(relation.contract.key)} 有重复的行"
    for name, count in zip(required, answers, strict=False):
        if count:
            yield f"{relation.name} 的 {name} 不应为空，有 {count} 行是空的"
    for name, others in zip(values, answers, strict=False):
        if others:
            yield f"{relation.name} 的 {name} 有说明以外的值：{'、'.join(others[:SAID])}"
    for name, other in zip(parents, answers, strict=False):
        if other is not None:
            yield f"{relation.name} 的 {name} {other} 在 {parents[name]} 里没有"


def _are_repeated(connection: duckdb.DuckDBPyConnection, key: Sequence[str], tested: str) -> bool:
    repeated = f"SELECT 1 {tested} GROUP BY {', '.join(key)} HAVING count(*) > 1 LIMIT 1"
    return connection.execute(repeated).fetchone() is not None


def _listed(words: Iterable[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def _is_of_files(relation: Relation, columns: Iterable[str]) -> bool:
    """Whether a row belongs to one file, and is told apart from those of others by it: then only a file's own load makes it new."""
    return "submission_id" in columns and not {"submission_id", "item_id"}.isdisjoint(relation.contract.key)


def _where(columns: Iterable[str], units: Sequence[Unit]) -> str:
    """Of a relation, the rows of these units, which raw.unfed names; all of it where it knows no units."""
    known = set(columns)
    if {"notice_id", "recipient_code"} <= known:
        return f" WHERE {_of_units(units)}"
    if "submission_id" in known:
        return f" WHERE submission_id IN (SELECT submission_id FROM raw.submissions WHERE {_of_units(units)})"
    return " WHERE notice_id IN (SELECT notice_id FROM raw.unfed)" if "notice_id" in known else ""


def _of_units(units: Sequence[Unit]) -> str:
    """As a condition. Where they are named, each is looked for in every one of their notices: more is tested then, not less."""
    if not 0 < len(units) <= LISTED:
        return (
            "(notice_id, coalesce(recipient_code, '')) IN (SELECT (notice_id, recipient_code) FROM raw.unfed)"
        )
    notices, codes = (sorted(set(names)) for names in zip(*units, strict=True))
    nobody = " OR recipient_code IS NULL" if "" in codes else ""
    return f"notice_id IN ({_listed(notices)}) AND (recipient_code IN ({_listed(codes)}){nobody})"
