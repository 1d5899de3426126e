"""The form definitions: pyxform converts them, and answers to them are read back without a mapping."""

import io
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyxform.xls2xform import convert

from pipelines.check.suites import PATTERNS
from pipelines.collect.service import Answer, Upload
from pipelines.collect.source import ANSWER_MARK
from pipelines.collect.sources import OPEN
from pipelines.ground.connections import Connection
from pipelines.ground.settings import Settings
from pipelines.notice import list_notices, load_notice
from pipelines.notice.questions import ROWS, UNIT, ZERO
from pipelines.notice.sources import OdkSource
from pipelines.read.reader import Reader
from pipelines.read.records import read_record
from pipelines.read.submission import Job
from pipelines.templates.forms import _PATTERNS, ASKED, choices, form_lines, make_form, questions
from pipelines.templates.write import owed_tables

TABLES = [
    (notice_id, name)
    for notice_id in list_notices()
    for notice in [load_notice(notice_id)]
    for name in dict.fromkeys(name for one in notice.recipients for name in owed_tables(notice, one))
]
SOURCE = OdkSource(
    id="odk", kind="odk_central", connection="odk", path="问卷", line="education", project=1, form="f"
)


@pytest.mark.parametrize(("notice_id", "name"), TABLES)
def test_pyxform_converts_every_form_without_a_warning(notice_id, name):
    found = convert(io.BytesIO(make_form(load_notice(notice_id), name)), validate=False, file_type=".xlsx")
    assert found.warnings == []
    assert etree.fromstring(found.xform.encode()).tag.endswith("html")


def answer(notice, name, *, nothing=False):
    """Each question is answered with its first choice, by code, or a value of its type, as ODK gives them; and what a
    reader should make of it, by header."""
    codes = {one["list_name"]: one for one in reversed(choices(notice, name))}
    record, expected = {}, {}
    place = record
    for one in questions(notice, name):
        kind, _, which = one["type"].partition(" ")
        known = notice.deliverables[name].columns
        header = known[one["name"]].headers[0] if one["name"] in known else None
        if kind == "begin_repeat":
            record[one["name"]] = [] if nothing else [{}]
            place = {} if nothing else record[one["name"]][0]
        elif kind == "end_repeat":
            place = record
        elif one["name"] == ASKED:
            record[ASKED] = "no" if nothing else "yes"
        elif one["name"] == ZERO:
            record[ZERO] = notice.words.zero_report[0] if nothing else ""
        elif kind == "select_one":
            place[one["name"]] = codes[which]["name"]
            expected[header or notice.words.unit_columns[0]] = codes[which]["label::Chinese (zh)"]
        elif kind in ("image", "file"):
            place[one["name"]] = None
        elif kind != "calculate":
            place[one["name"]] = {"date": "2020-11-09", "integer": 5, "decimal": 12.5, "text": "甲"}[kind]
            expected[header] = str(place[one["name"]])
    return record, expected


@pytest.mark.parametrize(("notice_id", "name"), TABLES)
def test_an_answer_is_read_back_without_a_mapping(notice_id, name):
    notice = load_notice(notice_id)
    record, expected = answer(notice, name)
    envelope = {"answer": "1", "record": record, "labels": {}}
    sheet = read_record(notice, SOURCE, json.dumps(envelope).encode()).sheet
    assert dict(zip(sheet.rows[0], sheet.rows[1], strict=True)) == expected


def test_a_day_without_anything_is_a_zero_report_and_no_material():
    notice = load_notice("sd-vocational-week-2020").model_copy(update={"sources": (SOURCE,)})
    record, _ = answer(notice, "materials", nothing=True)
    (found,) = read(notice, record)
    columns = found.sheets[0].columns
    assert found.outcome == "read"
    assert (columns["title"], columns["material_type"], columns["category"]) == (["零报告"], [None], [None])


def test_each_repeat_is_a_row_and_files_are_named_after_theirs():
    notice = load_notice("sd-vocational-week-2020").model_copy(update={"sources": (SOURCE,)})
    record, _ = answer(notice, "materials")
    (row,) = record[ROWS]
    record[ROWS] = [{**row, "title": "甲", "photo": "1.jpg"}, {**row, "title": "乙", "photo": "2.jpg"}]
    (found,) = read(notice, record)
    assert found.sheets[0].columns["title"] == ["甲", "乙"]
    source = OPEN["odk_central"](notice, SOURCE, Path(), lambda _: Connection("odk", "http", "127.0.0.1"))
    uploads = tuple(Upload(name, lambda: iter([b""])) for name in ("1.jpg", "2.jpg"))
    entries = list(source._take(Answer("1", "v", None, record, uploads=uploads)))
    assert [entry.path.rpartition("/")[2] for entry in entries[1:]] == ["甲_1.jpg", "乙_2.jpg"]
    assert {entry.evidence["unit"] for entry in entries} == {record[UNIT]}


def test_a_document_is_asked_for_as_a_file_and_known_by_its_question():
    notice = load_notice("sd-vocational-week-2020").model_copy(update={"sources": (SOURCE,)})
    found = convert(io.BytesIO(make_form(notice, "summary")), validate=False, file_type=".xlsx")
    assert found.warnings == []
    unit = next(one for one in notice.recipients if one.line == "education")
    record = {UNIT: unit.code, "summary": "1604.docx"}
    (answered,) = read(notice, record)
    assert (answered.outcome, answered.recipient_code) == ("attachment", unit.code)
    source = OPEN["odk_central"](notice, SOURCE, Path(), lambda _: Connection("odk", "http", "127.0.0.1"))
    uploads = (Upload("1604.docx", lambda: iter([b""])),)
    *_, entry = source._take(Answer("1", "v", None, record, uploads=uploads))
    assert entry.path.endswith("/总结_1604.docx")


def test_a_form_of_a_line_offers_only_units_that_its_source_takes():
    notice = load_notice("sd-vocational-week-2020")
    lines = {one.code: one.line for one in notice.recipients}
    assert form_lines(notice, "materials") == ["education", "human_resources"]
    for line in form_lines(notice, "materials"):
        offered = [one["name"] for one in choices(notice, "materials", line) if one["list_name"] == UNIT]
        assert offered
        assert {lines[code] for code in offered} == {line}


def test_units_are_searched_by_typing():
    asked = questions(load_notice("sd-vocational-week-2020"), "materials")
    assert "autocomplete" in asked[0]["appearance"]


def read(notice, record):
    envelope = json.dumps({"answer": "1", "record": record, "labels": {}}).encode()
    job = Job(
        "r",
        SOURCE.id,
        f"问卷/{ANSWER_MARK}1",
        "",
        "0" * 64,
        len(envelope),
        datetime(2020, 11, 10),
        {"unit": record[UNIT]},
    )
    whole = Reader(notice, Settings())
    piece = whole._piece(job, None)
    return [whole._answers.read_answer(piece, SOURCE, envelope)]


@pytest.mark.parametrize("column", list(_PATTERNS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_a_form_lets_in_the_check_accepts(column, data):
    value = data.draw(st.from_regex(re.compile(_PATTERNS[column]), fullmatch=True))
    name = {"contact_phone": "phone", "contact_email": "email"}.get(column, column)
    assert re.match(PATTERNS[name], value)


def test_the_unit_is_asked_once():
    notice = load_notice("sd-vocational-week-2020")
    asked = [one for one in questions(notice, "statistics") if one["type"] != "calculate"]
    assert asked[0]["name"] == UNIT
    assert "unit_name" not in [one["name"] for one in asked]
