"""Documents and plans by periods: what `check` says of the rule, and what the templates and registrations do with it."""

import shutil
from pathlib import Path

import pytest

from pipelines.cli.notice import summarise
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from tests.notice.test_broken import GOOD, NOTICE

SCHEDULES = {
    "week": ("{every: week, first: 2020-12-28, last: 2021-01-17}", 3, "12月28日—1月3日", "一周"),
    "month": ("{every: month, first: 2020-12-01, last: 2021-01-31}", 2, "2020年12月", "一个月"),
    "quarter": ("{every: quarter, first: 2020-10-01, last: 2020-12-31}", 1, "2020年第四季度", "一个季度"),
    "half-year": ("{every: half-year, first: 2020-07-01, last: 2020-12-31}", 1, "2020年下半年", "半年"),
    "year": ("{every: year, first: 2020-01-01, last: 2020-12-31}", 1, "2020年", "一年"),
}


@pytest.mark.parametrize("kind", ["summary", "document"])
@pytest.mark.parametrize("every", SCHEDULES)
def test_a_document_takes_every_schedule_and_check_tells_the_rule(
    tmp_path: Path, every: str, kind: str
) -> None:
    periods, count, example, span = SCHEDULES[every]
    shutil.copytree(GOOD / NOTICE, tmp_path / NOTICE)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    path = tmp_path / NOTICE / "notice.yaml"
    text = path.read_text("utf-8").replace("{every: once, due: 2021-01-20T18:00:00}", periods)
    text = text.replace("kind: summary", f"kind: {kind}").partition("extensions:")[0]
    path.write_text(text, "utf-8")
    said = summarise(load_notice(NOTICE, tmp_path))
    assert f"summary 总结：2 个单位 × {count} 期" in said
    assert f"（如 第1期、{example}）" in said
    assert f"截止未过{span}的最早一期" in said


def test_what_is_owed_once_is_told_no_rule() -> None:
    assert "每份算一期" not in summarise(load_notice("nx-canteen-safety-2020"))
