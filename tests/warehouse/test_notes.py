"""Notes and accounts of cells: loaded once, told to whom they concern, without a person's name in what is published."""

import json
from typing import Any

import duckdb
import pytest

from pipelines.notice import Notice
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import Line, Sent, load

A = Line("甲")
PHONE, MAIL = "13800001234", "someone@example.cn"


def note(code: str, value: str | None, row: int | None = 2, column: int | None = None) -> dict[str, Any]:
    place = {"sheet": "日报", "sheet_number": 1, "row_number": row, "column_number": column}
    return {**place, "code": code, "value": value, "sentence": f"“{value}”没有读，请核对"}


ACCOUNTS = tuple(
    {"sheet": "日报", "sheet_number": 1, "role": role, "cells": cells, "filled": 12}
    for role, cells in {"header": 4, "value": 5, "unread": 3}.items()
)
FILE = Sent(
    "日报.xlsx",
    1,
    (A,),
    notes=(
        note("unread_column", "带队老师", 1, 28),
        note("unread_row", f"带队 {PHONE}"),
        note("unread_row", f"写信到 {MAIL}", 3),
        note("unread_document", None, None),
    ),
    accounts=ACCOUNTS,
)


def published(connection: duckdb.DuckDBPyConnection) -> str:
    """Everything that analysts can read of notes."""
    return repr(connection.execute("SELECT * FROM raw.notes").fetchall())


def test_notes_are_loaded_once_and_ordered_by_place(notice: Notice) -> None:
    with empty_warehouse() as (connection, private, folder):
        counts = load(connection, private, notice, [FILE], folder / "1")
        assert counts["notes"] == {"unread_row": 2, "unread_column": 1, "unread_document": 1}
        load(connection, private, notice, [FILE], folder / "2")
        found = connection.execute("SELECT code, row_number, column_letters FROM marts.notes").fetchall()
        assert found == [
            ("unread_document", None, None),
            ("unread_column", 1, "AB"),
            ("unread_row", 2, None),
            ("unread_row", 3, None),
        ]
        assert private.execute("SELECT count(*) FROM note_values").fetchone() == (2,)


def test_what_may_name_a_person_is_kept_back(notice: Notice) -> None:
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [FILE], folder)
        said = published(connection)
        assert PHONE not in said
        assert MAIL not in said
        assert "带队老师" in said, "a header is nobody's name"
        assert "（略）" in said
        kept = repr(private.execute("SELECT * FROM note_values").fetchall())
        assert PHONE in kept
        assert MAIL in kept


@pytest.mark.parametrize(
    ("code", "column", "is_kept_back"),
    [("left_out_text", 4, True), ("left_out_text", 2, False), ("unread_row", None, True), ("unread_column", None, False)],
    ids=["personal column", "other column", "row beside a personal column", "header beside a personal column"],
)  # fmt: skip
def test_names_beside_a_liaison_s_column(
    notice: Notice, code: str, column: int | None, is_kept_back: bool
) -> None:
    places = json.dumps({"plan_title": [2, "方案标题"], "contact_name": [4, "联络员"]})
    sent = Sent(
        "方案.xlsx", 1, (), notes=(note(code, "王某某", 2, column),), places=places, deliverable="plan"
    )
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [sent], folder)
        assert ("王某某" not in published(connection)) == is_kept_back


def test_a_note_changes_no_figure(notice: Notice) -> None:
    figures = []
    for file in (FILE, Sent(FILE.path, 1, (A,))):
        with empty_warehouse() as (connection, private, folder):
            load(connection, private, notice, [file], folder)
            query = "SELECT * FROM marts.city_coverage_as_of($1, '2020-12-01')"
            figures.append(connection.execute(query, [notice.id]).fetchall())
    assert figures[0] == figures[1]


def test_every_filled_cell_of_a_sheet_has_a_role_in_words(notice: Notice) -> None:
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [FILE], folder)
        found = connection.execute("SELECT role_name, cells, filled FROM marts.accounts").fetchall()
        assert found == [("表头", 4, 12), ("读出的值", 5, 12), ("没有读的", 3, 12)]


def test_notes_of_the_same_bytes_stand_with_the_first(notice: Notice) -> None:
    first, again = (
        Sent(path, hour, (A,), "x", notes=(note("struck_row", None),))
        for path, hour in (("a.xlsx", 1), ("b.xlsx", 2))
    )
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [first, again], folder)
        assert connection.execute("SELECT path, code FROM marts.notes").fetchall() == [
            ("a.xlsx", "struck_row")
        ]
