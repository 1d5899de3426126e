"""Which of a submission's names says what period it is for: file, heading, sheet, title of the plan; never an export or a stamp."""

from datetime import datetime

import pytest

from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.read.named import NamedPeriods
from pipelines.read.rows.model import SheetRows
from pipelines.read.submission import Submission
from tests.notice.test_broken import GOOD, NOTICE

FIRST, SECOND = "2020-12-28", "2021-01-04"


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Notice:
    folder = tmp_path_factory.mktemp("notices")
    (folder / NOTICE).mkdir()
    for path in (GOOD / NOTICE).iterdir():
        (folder / NOTICE / path.name).write_bytes(path.read_bytes())
    (folder / "words.yaml").write_bytes((NOTICES / "words.yaml").read_bytes())
    path = folder / NOTICE / "notice.yaml"
    weeks = "{every: week, first: 2020-12-28, last: 2021-01-17}"
    text = path.read_text("utf-8").replace("{every: once, due: 2021-01-20T18:00:00}", weeks)
    plan = (
        "  plan:\n    kind: plan\n    name: 方案\n    file_words: [方案]\n    owed_by: [bureau]\n"
        f"    periods: {weeks}\n    columns:\n      plan_title: {{headers: [方案名称], required: true}}\n"
    )
    path.write_text(text.partition("exemptions:")[0] + plan, "utf-8")
    return load_notice(NOTICE, folder)


def submission(path: str, **known: object) -> Submission:
    return Submission("r", path, "s", 1, datetime(2021, 1, 5), "read", **known)  # type: ignore[arg-type]


def plan(title: str, sheet: str = "Sheet1") -> SheetRows:
    return SheetRows("plan", sheet, 1, "{}", [2], [""], [False], {"plan_title": [title]})


CASES = {
    "file name": (submission("收件/甲市/总结第2期.docx", document="summary"), {"summary": SECOND}),
    "heading": (
        submission("收件/甲市/总结.docx", document="summary", document_title="12月28日—1月3日总结"),
        {"summary": FIRST},
    ),
    "file name before heading": (
        submission("收件/甲市/总结0104-0110.docx", document="summary", document_title="第1期总结"),
        {"summary": SECOND},
    ),
    "member of an archive": (
        submission("收件/甲市/第1期.zip!报/总结第2期.docx", document="summary"),
        {"summary": SECOND},
    ),
    "nothing": (submission("收件/甲市/总结.docx", document="summary", document_title="总结"), {}),
    "another deliverable": (submission("收件/甲市/日报第2期.xlsx", deliverable="materials"), {}),
    "title of a plan": (submission("收件/甲市/方案.xlsx", sheets=[plan("第2期方案")]), {"plan": SECOND}),
    "sheet": (submission("收件/甲市/方案.xlsx", sheets=[plan("方案", "第1期")]), {"plan": FIRST}),
    "export of a questionnaire": (
        submission("表单导出/第1期.xlsx#3", answer_key="3", sheets=[plan("第2期方案")]),
        {"plan": SECOND},
    ),
    "registered for a period": (
        submission("代登记/甲市教育局/20201229-090000-0a1b2c-2021-01-04期-总结.docx", document="summary"),
        {"summary": SECOND},
    ),
    "stamp of a registration": (
        submission("代登记/甲市教育局/20201229-090000-0a1b2c-总结.docx", document="summary"),
        {},
    ),
    "sent back": (submission("收件/甲市/方案第2期.xlsx", deliverable="plan"), {"plan": SECOND}),
}


@pytest.mark.parametrize(("one", "named"), CASES.values(), ids=CASES)
def test_which_period_is_named(weekly: Notice, one: Submission, named: dict[str, str]) -> None:
    assert dict(NamedPeriods(weekly).of(one)) == named
