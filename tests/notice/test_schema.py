"""The schema that editors use is fresh, takes every notice there is, and refuses what the model refuses."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from pipelines.notice import list_notices
from pipelines.notice.folder import NOTICES
from pipelines.notice.schema import SCHEMA, build_schema
from tests.notice.test_broken import GOOD

FILES = [*(NOTICES / one / "notice.yaml" for one in list_notices()), *GOOD.glob("*/notice.yaml")]
REFUSED = {
    "unknown_key": ("opens:", "opened:"),
    "wrong_date": ("opens: 2020-12-01", "opens: 2020年12月1日"),
    "moment_without_time": ("due: 2021-01-20T18:00:00", "due: 2021-01-20"),
    "unknown_kind": ("kind: summary", "kind: report"),
    "unknown_every": ("every: once", "every: year"),
    "headers_that_are_no_list": ("headers: [标题]", "headers: 标题"),
    "exemption_without_reason": (", reason: 元旦闭校", ""),
    "name_with_a_capital": ("  table:", "  Table:"),
}


@pytest.fixture(scope="module")
def schema():
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def read(text):
    """As editors read it: YAML 1.2, in which dates are text."""
    return yaml.load(text, Loader=yaml.BaseLoader) if text else None


def as_editors_do(value):
    """BaseLoader leaves true and false as text, which YAML 1.2 does not."""
    if isinstance(value, dict):
        return {key: as_editors_do(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_editors_do(one) for one in value]
    return {"true": True, "false": False}.get(value, int(value) if value.isdecimal() else value)


def test_the_schema_is_fresh():
    assert json.loads(SCHEMA.read_text("utf-8")) == build_schema(), "run: notices check --schema"


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(build_schema())


def test_there_are_notices_to_check():
    assert len(FILES) >= 3


@pytest.mark.parametrize("path", FILES, ids=[path.parent.name for path in FILES])
def test_every_notice_fits(schema, path):
    assert [error.message for error in schema.iter_errors(as_editors_do(read(path.read_text("utf-8"))))] == []


@pytest.mark.parametrize("path", [path for path in FILES if NOTICES in path.parents], ids=list_notices())
def test_every_notice_names_the_schema_for_editors(path):
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=../notice.schema.json\n")


@pytest.mark.parametrize(("old", "new"), REFUSED.values(), ids=REFUSED)
def test_what_the_model_refuses_editors_mark(schema, old, new):
    text = (GOOD / "small-2020" / "notice.yaml").read_text("utf-8")
    assert old in text
    assert list(schema.iter_errors(as_editors_do(read(text.replace(old, new, 1)))))
