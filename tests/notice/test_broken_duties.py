"""Mistakes in what is owed, by whom and until when: one mistake, one message, at its own line."""

from pathlib import Path

import pytest

from tests.notice.test_broken import NOTICE, YAML, broken, folder, problems

__all__ = ["folder"]

EXEMPTION = "  - {recipient: C-1, deliverable: materials, period: 2021-01-01, reason: 元旦闭校}"
EXTENSION = "  - {recipient: B-2, deliverable: summary, due: 2021-01-25T18:00:00, reason: 换届}"
ONCE = "periods: {every: once, due: 2021-01-20T18:00:00}"
DAILY = "periods: {every: day, first: 2020-12-28, last: 2021-01-03}"

CASES = [
    # for whom a grant is
    broken("granted_to_nobody", YAML, EXEMPTION, "  - {deliverable: materials, reason: 停课}", 55, "recipient", "补上一样"),
    broken("granted_twice_over", YAML, EXEMPTION, "  - {recipient: C-1, kinds: [college], deliverable: materials, reason: 停课}", 55, "recipient、kinds", "只写一样"),
    broken("granted_to_unknown_unit_of_a_list", YAML, EXEMPTION, "  - {recipients: [C-1, C-9], deliverable: materials, reason: 停课}", 55, "recipients.1", "C-9", "单位代码"),
    broken("granted_to_unknown_kind", YAML, EXEMPTION, "  - {kinds: [collage], deliverable: materials, reason: 停课}", 55, "kinds.0", "collage", "bureau、college、union"),
    broken("granted_to_unknown_city", YAML, EXEMPTION, '  - {cities: ["999900"], deliverable: materials, reason: 停课}', 55, "cities.0", "999900", "regions.csv"),
    broken("granted_to_a_kind_that_owes_nothing", YAML, EXEMPTION, "  - {kinds: [union], deliverable: materials, reason: 停课}", 55, "本来都不报", "核对"),
    # for which periods
    broken("granted_from_and_no_end", YAML, EXEMPTION, "  - {all: true, deliverable: materials, first: 2021-01-01, reason: 停课}", 55, "first", "只写了一个"),
    broken("granted_backwards", YAML, EXEMPTION, "  - {all: true, deliverable: materials, first: 2021-01-03, last: 2021-01-01, reason: 停课}", 55, "早于 first", "核对"),
    broken("granted_for_a_period_and_a_span", YAML, EXEMPTION, "  - {all: true, deliverable: materials, period: 2021-01-01, first: 2021-01-01, last: 2021-01-02, reason: 停课}", 55, "写了 period", "留一样"),
    broken("granted_for_a_span_without_periods", YAML, EXEMPTION, "  - {all: true, deliverable: materials, first: 2021-01-04, last: 2021-01-09, reason: 停课}", 55, "2021-01-04 至 2021-01-09", "2021-01-03"),
    broken("two_grants_as_close", YAML, EXEMPTION, EXEMPTION + "\n  - {recipients: [B-1, C-1], deliverable: materials, period: 2021-01-01, reason: 停课}", 56, "第 55 行", "甲市职业学院", "留一个"),
    # until when
    broken("extension_of_no_length", YAML, EXTENSION, "  - {recipient: B-2, deliverable: summary, reason: 换届}", 57, "缺少必填的键 due", "later"),
    broken("extension_of_two_lengths", YAML, EXTENSION, "  - {recipient: B-2, deliverable: summary, due: 2021-01-25T18:00:00, later: 5d, reason: 换届}", 57, "later", "留一个"),
    broken("extension_of_some_length", YAML, EXTENSION, "  - {recipient: B-2, deliverable: summary, later: 两天, reason: 换届}", 57, "later", "两天", "2d"),
    broken("extension_that_ends_before_a_later_period", YAML, EXTENSION, "  - {recipient: B-2, deliverable: materials, due: 2020-12-30T18:00:00, reason: 换届}", 57, "2021-01-03", "later"),
    broken("extension_by_days_after_closing", YAML, EXTENSION, "  - {recipient: B-2, deliverable: summary, later: 30d, reason: 换届}", 57, "2021-02-19", "推后 closes"),
    broken("due_and_days_after_the_event", YAML, ONCE, "periods: {every: once, due: 2021-01-20T18:00:00, due_days_after_event: 5}", 53, "due_days_after_event", "留一个"),
    broken("working_days_of_an_unknown_year", YAML, DAILY, "periods: {every: day, first: 2090-12-28, last: 2091-01-03, workdays: CN}", 25, "2090 年", "逐期"),
    broken("working_days_of_another_country", YAML, DAILY, "periods: {every: day, first: 2020-12-28, last: 2021-01-03, workdays: US}", 25, "US", "CN"),
    broken("moved_from_where_nothing_is_due", YAML, ONCE, "periods: {every: once, due: 2021-01-20T18:00:00, moved: [{from: 2021-01-20T17:00:00, to: 2021-01-22T18:00:00, reason: 会议}]}", 53, "moved.0.from", "2021-01-20 18:00:00"),
    broken("moved_twice", YAML, ONCE, "periods: {every: once, due: 2021-01-20T18:00:00, moved: [{from: 2021-01-20T18:00:00, to: 2021-01-22T18:00:00, reason: 会议}, {from: 2021-01-20T18:00:00, to: 2021-01-23T18:00:00, reason: 会议}]}", 53, "moved.1.from", "写了两次"),
    broken("optional_and_owed", YAML, "    owed_by: [bureau]\n    " + ONCE, "    optional: true\n    owed_by: [bureau]\n    open_to: [college]\n    " + ONCE, 53, "owed_by", "open_to"),
    broken("optional_and_open_to_nobody", YAML, "    owed_by: [bureau]\n    " + ONCE, "    optional: true\n    " + ONCE, 52, "缺少必填的键 open_to", "补上"),
    broken("open_and_not_optional", YAML, "    owed_by: [bureau]\n    " + ONCE, "    owed_by: [bureau]\n    open_to: [college]\n    " + ONCE, 53, "open_to", "optional: true"),
    broken("owed_by_nobody_and_not_optional", YAML, "    owed_by: [bureau]\n    " + ONCE, "    " + ONCE, 48, "缺少必填的键 owed_by", "补上"),
    broken("open_to_an_unknown_kind", YAML, "    owed_by: [bureau]\n    periods:\n      every: date", "    optional: true\n    open_to: [collage]\n    periods:\n      every: date", 37, "open_to.0", "collage", "college"),
    broken("optional_under_a_condition", YAML, "    owed_by: [bureau]\n    periods:\n      every: date", "    optional: true\n    open_to: [bureau]\n    if_submitted: materials\n    periods:\n      every: date", 38, "if_submitted", "删去"),
    broken("condition_of_an_unknown_deliverable", YAML, ONCE, "if_submitted: signup\n    " + ONCE, 53, "signup", "materials、table"),
    broken("condition_of_itself", YAML, ONCE, "if_submitted: summary\n    " + ONCE, 53, "绕回", "改正"),
    broken("condition_that_nobody_can_meet", YAML, "    owed_by: [bureau, college]", "    owed_by: [bureau, college]\n    if_submitted: table", 25, "college", "永远不会"),
    broken("sent_to_an_unknown_line", YAML, ONCE, "line: other\n    " + ONCE, 53, "line", "other", "education"),
    broken("moved_without_a_reason", YAML, ONCE, "periods: {every: once, due: 2021-01-20T18:00:00, moved: [{from: 2021-01-20T18:00:00, to: 2021-01-22T18:00:00}]}", 53, "缺少必填的键", "reason"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_mistake_is_one_message_at_its_line(folder: Path, case) -> None:
    path = folder / NOTICE / case.file
    text = path.read_text("utf-8")
    assert case.old in text, "the mistake must be put in"
    path.write_text(text.replace(case.old, case.new, 1), "utf-8")
    (said,) = problems(folder)
    assert said.startswith(f"{NOTICE}/{case.file} 第 {case.line} 行")
    assert all(word in said for word in case.says), said
    assert "；" in said, "what was found, then what to do"


def test_a_due_moment_after_an_event_there_is_none_of_is_refused(folder: Path) -> None:
    path = folder / NOTICE / YAML
    text = path.read_text("utf-8").replace(ONCE, "periods: {every: once, due_days_after_event: 5}")
    path.write_text(text.replace("event: {first_day: 2020-12-28, last_day: 2021-01-03}\n", ""), "utf-8")
    assert (
        f"{NOTICE}/{YAML} 第 52 行 deliverables.summary.periods.due_days_after_event：没有 event"
        in "".join(problems(folder))
    )
