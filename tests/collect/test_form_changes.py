"""Forms that are changed while they run: answers that nobody changed stay what they were, and what changed is said."""

import copy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.shapes import Shape
from pipelines.collect import http
from pipelines.collect.shapes import find_changes
from pipelines.collect.sources import what_is_read
from pipelines.notice import Notice
from pipelines.warehouse.changes import load_changes
from pipelines.warehouse.masker import Masker
from tests.collect.form_cases import KINDS, MAPPED, Desk, desk_for
from tests.collect.form_servers import Service
from tests.warehouse.empty import blank_warehouse


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def changes(desk: Desk) -> list[tuple[str, str, str, str]]:
    """What the journal's shapes say was changed: kind, column, before, after."""
    source = desk.notice.sources[0]
    shapes = desk.archive.journal(desk.notice.id).shapes.get(source.id, [])
    found = find_changes(shapes, what_is_read(desk.notice), source.fields)  # type: ignore[union-attr]
    return sorted((one.kind, one.column, one.before, one.after) for one in found)


def receipts(desk: Desk) -> int:
    return len(desk.archive.journal(desk.notice.id).receipts)


def in_all(
    service: Service, of: Callable[[dict[str, Any]], dict[str, Any]], change: Callable[[Any], Any]
) -> None:
    for row in service.rows:
        change(of(row))


def answers_of(row: dict[str, Any]) -> dict[str, Any]:
    return row["answers"]  # type: ignore[no-any-return]


RECORDS: dict[str, tuple[Callable[[Service], None], list[tuple[str, str, str, str]]]] = {
    "a question added, unanswered": (
        lambda service: in_all(service, answers_of, lambda one: one.update(advice=None)), [],
    ),
    "a column that the service fills in": (
        lambda service: in_all(service, answers_of, lambda one: one.update(score=5)),
        [("question_added", "", "", "answers.score")],
    ),
    "a question that the notice reads left out": (
        lambda service: in_all(service, answers_of, lambda one: one.pop("category")),
        [("question_removed", "category", "answers.category", "")],
    ),
    "questions in another order": (
        lambda service: in_all(service, answers_of, lambda one: one.update(school=one.pop("school"))), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), RECORDS.values(), ids=RECORDS)
def test_records_of_a_changed_form_are_received_once(
    change: Callable[[Service], None], said: list[tuple[str, str, str, str]], tmp_path: Path
) -> None:
    with desk_for(KINDS["records"], tmp_path) as (service, desk):
        desk.scan()
        change(service)
        for _ in range(2):
            assert desk.scan() == []
            assert receipts(desk) == 5
            assert changes(desk) == said
        answers_of(service.rows[0])["title"] = "改过"
        desk.scan()
        assert receipts(desk) == 6


@pytest.mark.parametrize("answered", ["title", "participants"])
def test_records_that_a_unit_emptied_or_filled_in_are_corrections(answered: str, tmp_path: Path) -> None:
    with desk_for(KINDS["records"], tmp_path) as (service, desk):
        desk.scan()
        answers = answers_of(service.rows[0])
        answers[answered] = None if answered == "title" else "300"
        desk.scan()
        assert receipts(desk) == 6


SURVEY = {
    "survey": [
        {"type": "begin_group", "name": "group"},
        *({"type": "text", "name": name, "label": [label]} for name, label in MAPPED.items()),
        {"type": "select_one kinds", "name": "how", "label": ["方式"]},
        {"type": "end_group"},
    ],
    "choices": [{"list_name": "kinds", "name": "a", "label": ["线上"]}],
}


def test_kobo_form_in_a_new_version_makes_no_new_answers(tmp_path: Path) -> None:
    with desk_for(KINDS["kobo"], tmp_path) as (service, desk):
        service.asks = copy.deepcopy(SURVEY)
        for row in service.rows:
            row["group/how"] = "a"
        desk.scan()
        service.asks["survey"][-2] = {"type": "text", "name": "why", "label": ["原因"]}
        service.asks["survey"][4]["label"] = ["作品"]
        for row in service.rows:
            del row["group/how"]
            row["_a_field_of_a_newer_server"] = 1
        desk.scan()
        desk.scan()
        assert receipts(desk) == 5
        assert changes(desk) == [
            ("question_added", "", "", "原因"),
            ("question_removed", "", "方式", ""),
            ("question_renamed", "title", "标题", "作品"),
        ]


def test_jinshuju_question_and_option_in_other_words_are_read_as_before(tmp_path: Path) -> None:
    with desk_for(KINDS["jinshuju"], tmp_path) as (service, desk):
        labels: Any = copy.deepcopy(service.files["labels"])
        labels[2]["field_3"]["choices"] = [{"name": "稿件"}, {"name": "照片"}]
        service.files["labels"] = labels
        desk.scan()
        labels[2]["field_3"] = {"label": "报什么", "choices": [{"name": "新闻稿"}, {"name": "照片"}]}
        labels[3]["field_4"]["label"] = "作品叫什么"
        new = KINDS["jinshuju"].row(6, "题6")
        service.rows.append(new | {"field_3": "新闻稿"})
        desk.scan()
        assert receipts(desk) == 6
        assert {str(one.sheets[0].columns["material_type"][0]) for one in desk.read()} == {"稿件"}
        assert desk.titles()[-1] == "题6"
        assert changes(desk) == [
            ("option_renamed", "material_type", "稿件", "新闻稿"),
            ("question_renamed", "material_type", "材料类型", "报什么"),
            ("question_renamed", "title", "标题", "作品叫什么"),
        ]


def test_odk_fields_are_compared_when_everything_is_listed(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path) as (service, desk):
        service.asks = [{"path": f"/group/{name}", "name": name, "type": "string"} for name in MAPPED]
        desk.scan()
        service.asks = [*service.asks[:3], {"path": "/group/more", "name": "more", "type": "string"}]
        desk.now = datetime(2020, 12, 3)
        desk.scan()
        assert receipts(desk) == 5
        assert [one[:2] for one in changes(desk)] == [
            ("question_added", ""), ("question_removed", "category"), ("question_removed", "title"),
        ]  # fmt: skip


def test_another_form_under_the_same_source_is_no_change(notice: Notice) -> None:
    at = datetime(2020, 11, 9)
    shapes = [Shape("s", form, at, {"a": [form]}) for form in ("one", "other")]
    assert list(find_changes(shapes, what_is_read(notice), {})) == []


def test_changes_of_forms_are_loaded_once(notice: Notice, tmp_path: Path) -> None:
    source = KINDS["jinshuju"].source
    changed = notice.model_copy(update={"sources": (source,)})
    at = datetime(2020, 11, 9)
    shapes = {source.id: [Shape(source.id, "f", at, {"a": [label]}) for label in ("标题", "题目", "作品")]}
    with blank_warehouse() as connection:
        for _ in range(2):
            load_changes(connection, changed, tmp_path, shapes, Masker(b"key"))
        found = connection.execute('SELECT field, "before", "after" FROM marts.source_changes').fetchall()
    assert found == [("title", "标题", "题目"), ("title", "题目", "作品")]
