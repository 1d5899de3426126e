"""Every suite says what a unit is told, and a suite that would judge nothing is refused."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.check.suites import CAUSES, EXPECTATIONS, REASONS, build_rules
from pipelines.ground.errors import NoticesError
from pipelines.notice import list_notices, load_notice
from pipelines.read.frames import table_deliverables

SUITES = sorted(EXPECTATIONS.glob("*.yaml"))
DELIVERABLES = [(name, item) for name in list_notices() for item in table_deliverables(load_notice(name))]
GOOD: dict[str, Any] = {
    "for": "title",
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "title"},
    "meta": {
        "reason": "missing_required",
        "severity": "error",
        "sentence": "第{row}行缺少“{header}”，请补填",
    },
}


def test_there_are_suites() -> None:
    assert [path.stem for path in SUITES] == ["list", "materials", "plan", "statistics"]


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_reasons_are_named_in_the_contract_s_order(path: Path) -> None:
    suite = yaml.safe_load(path.read_text("utf-8"))
    order = [REASONS.index(rule["meta"]["reason"]) for rule in suite["expectations"]]
    assert len(order) >= 4
    assert order == sorted(order)


@pytest.mark.parametrize(("notice_id", "deliverable"), DELIVERABLES)
def test_every_rule_says_its_reason_severity_and_what_to_change(notice_id: str, deliverable: str) -> None:
    rules = build_rules(load_notice(notice_id), deliverable)
    assert rules
    for rule in rules:
        assert rule.reason in REASONS
        assert rule.severity == "error"
        for sentence in (rule.sentence, *rule.causes.values()):
            assert "请" in sentence
            assert "{row}" in sentence
            assert "{header}" in sentence or rule.is_of_row
            left = re.sub(r"\{(row|header|value|city)\}", "", sentence)
            assert "{" not in left
            assert "None" not in left


def test_every_cause_has_a_sentence_somewhere() -> None:
    suites = [yaml.safe_load(path.read_text("utf-8")) for path in SUITES]
    said = {
        cause
        for suite in suites
        for rule in suite["expectations"]
        for cause in rule["meta"].get("causes", ())
    }
    assert said == CAUSES


def test_every_row_reason_has_a_rule() -> None:
    suites = [yaml.safe_load(path.read_text("utf-8")) for path in SUITES]
    assert {rule["meta"]["reason"] for suite in suites for rule in suite["expectations"]} == set(REASONS)


def test_every_required_column_is_demanded() -> None:
    for notice_id, deliverable in DELIVERABLES:
        notice = load_notice(notice_id)
        columns = notice.deliverables[deliverable].columns
        demanded = {
            rule.column for rule in build_rules(notice, deliverable) if rule.reason == "missing_required"
        }
        assert demanded == {name for name, column in columns.items() if column.required}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"for": "titel"}, "titel", id="for-no-column"),
        pytest.param({"meta": {**GOOD["meta"], "reason": "bad_titel"}}, "bad_titel", id="unknown-reason"),
        pytest.param({"meta": {**GOOD["meta"], "severity": "fatal"}}, "fatal", id="unknown-severity"),
        pytest.param({"meta": {"reason": "bad_date", "severity": "error"}}, "sentence", id="no-sentence"),
        pytest.param(
            {"meta": {**GOOD["meta"], "causes": {"two_dayz": "请"}}}, "two_dayz", id="unknown-cause"
        ),
        pytest.param({"kwargs": {"column": "title", "regex": "$ulr"}}, "$ulr", id="unknown-word"),
    ],
)
def test_a_wrong_rule_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (tmp_path / "materials.yaml").write_text(yaml.safe_dump({"expectations": [GOOD | change]}), "utf-8")
    with pytest.raises(NoticesError) as caught:
        build_rules(load_notice("sd-vocational-week-2020"), "materials", tmp_path)
    assert said in str(caught.value)
    assert "materials.yaml 第 1 条规则" in str(caught.value)
