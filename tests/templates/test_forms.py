"""The form definitions: pyxform converts them, and answers to them are read back without a mapping."""

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyxform.xls2xform import convert

from pipelines.check.suites import PATTERNS
from pipelines.notice import list_notices, load_notice
from pipelines.notice.sources import OdkSource
from pipelines.read.records import read_record
from pipelines.templates.forms import _PATTERNS, UNIT, choices, make_form, questions
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


@pytest.mark.parametrize(("notice_id", "name"), TABLES)
def test_an_answer_is_read_back_without_a_mapping(notice_id, name):
    """Each question is answered with its first choice, by code, or a value of its type, as ODK gives them."""
    notice = load_notice(notice_id)
    codes = {one["list_name"]: one for one in reversed(choices(notice, name))}
    record, expected = {}, {}
    for one in questions(notice, name):
        kind, _, which = one["type"].partition(" ")
        header = (
            notice.deliverables[name].columns[one["name"]].headers[0]
            if one["name"] in notice.deliverables[name].columns
            else None
        )
        if kind == "select_one":
            record[one["name"]] = codes[which]["name"]
            expected[header or notice.words.unit_columns[0]] = codes[which]["label::Chinese (zh)"]
        elif kind != "calculate":
            record[one["name"]] = {"date": "2020-11-09", "integer": 5, "text": "甲"}[kind]
            expected[header] = str(record[one["name"]])
    envelope = {"answer": "1", "record": record, "labels": {}}
    sheet = read_record(notice, SOURCE, json.dumps(envelope).encode()).sheet
    assert dict(zip(sheet.rows[0], sheet.rows[1], strict=True)) == expected


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
