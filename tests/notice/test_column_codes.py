"""Codes of a notice's own columns: any word of SQL is as good as another, and none may be that of what is kept beside it."""

from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask.rows import ask_rows
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.read.frames import rows_schema
from pipelines.rehearse.rehearse import rehearse
from tests.notice.test_typed_columns import NOTICE, NOW, SENT, problems_with, send, shared

WORDS = {"bases": "order", "level": "user", "focus": "group", "site": "select"}
"""Codes of the made-up notice, and words of SQL in their place; without quotation marks `user` is who asks."""


def test_a_column_may_be_called_by_a_word_of_sql(tmp_path: Path) -> None:
    folder = shared(tmp_path / "notices")
    path = folder / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    for code, word in WORDS.items():
        text = text.replace(f"      {code}: {{", f"      {word}: {{", 1)
    path.write_text(text, "utf-8")
    notice, home = load_notice(NOTICE, folder), Home(tmp_path / "home")
    send(tmp_path / "inbox", 0, SENT[0])
    cycle.run(home, notice, tmp_path / "inbox", NOW)
    found = ask_rows(home.published, home.private, home.masks, notice, "profile")
    (row,) = [dict(zip(found.columns, one, strict=True)) for one in found.rows]
    assert {code: row[word] for code, word in WORDS.items()} == {code: SENT[0].kept[code] for code in WORDS}


@pytest.mark.parametrize("code", ["sheet", "row_state", "path", "bases_given", "unit_name_state"])
def test_a_code_that_is_taken_is_refused_at_its_line(tmp_path: Path, code: str) -> None:
    (problem,) = problems_with(tmp_path, "      enrolled: {", f"      {code}: {{")
    assert f"columns.{code}：" in problem
    assert problem.endswith("请换一个列名，表头不用改")


def test_every_column_kept_of_a_row_is_told_apart(tmp_path: Path) -> None:
    """What is added beside a row's columns must be added to the codes that are taken."""
    notice = load_notice(NOTICE, shared(tmp_path))
    own = [
        name
        for name in rows_schema(notice, "profile").names
        if name.startswith(("row", "sub", "sh", "tab", "is_zero"))
    ]
    for code in own:
        assert problems_with(tmp_path / code, "      enrolled: {", f"      {code}: {{")


def test_the_example_of_a_whole_number_keeps_to_its_limits(tmp_path: Path) -> None:
    folder = shared(tmp_path / "notices")
    path = folder / NOTICE / "notice.yaml"
    text = path.read_text("utf-8").replace(
        "{headers: [基地数], required: true}", "{headers: [基地数], required: true, min: 1, max: 60}"
    )
    text = text.replace("unit: 人, aggregate: last", "unit: 人, aggregate: last, min: 500")
    path.write_text(text, "utf-8")
    assert rehearse(load_notice(NOTICE, folder), folder) == []
