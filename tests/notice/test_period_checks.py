"""Numbers that a notice compares with the period before: noted for data staff, never a reason to send back."""

import os
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.templates.rules import column_rules
from tests.notice.test_broken import NOTICE, folder

__all__ = ["folder"]
HEAD = "单位名称,统计日期,活动场次,参观人次\n"
UNIT = "      period_date: {headers: [统计日期], required: true}\n"
CHECK = '    checks:\n      - {left: visitors, is: ">=", right: visitors, last_period: true, severity: note, sentence: 累计数只增不减}\n'
# (unit, day, 活动场次, 参观人次, when it came)
SENT = (
    ("甲市教育局", "2020-12-31", 1, 100, "2021-01-02 09:00"),
    ("甲市教育局", "2021-01-15", 0, 90, "2021-01-15 09:00"),
    ("乙市教育局", "2020-12-31", 1, 100, "2021-01-02 09:00"),
    ("乙市教育局", "2021-01-15", 0, 100, "2021-01-15 09:00"),
)
SAID = "2021-01-15 这一期的“参观人次”为 90，应不小于上一期（2020-12-31）的“参观人次” 100，请核对这两期。累计数只增不减"


def load(folder: Path, check: str = CHECK) -> Notice:
    path = folder / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    text = text.replace("  summary:\n", f"{check}  summary:\n", 1)
    path.write_text(text.replace(UNIT, UNIT + "      unit_name: {headers: [单位名称]}\n"), "utf-8")
    return load_notice(NOTICE, folder)


def test_a_number_below_the_last_period_is_taken_and_noted(folder: Path, tmp_path: Path) -> None:
    notice, inbox, home = load(folder), tmp_path / "inbox", Home(tmp_path / "home")
    for unit, day, events, visitors, at in SENT:
        path = inbox / "收件" / unit / f"统计表{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HEAD}{unit},{day},{events},{visitors}\n", "utf-8")
        moment = datetime.fromisoformat(f"{at}+08:00").timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, datetime(2021, 1, 20))
    with duckdb.connect(home.published, read_only=True) as connection:
        states = connection.execute("SELECT DISTINCT state FROM core.submissions").fetchall()
        query = "SELECT recipient_code, value, last_value, sentence FROM marts.period_checks_as_of($1, $2) WHERE is_warning"
        before, after = (
            connection.execute(query, [NOTICE, at]).fetchall()
            for at in (datetime(2021, 1, 15, 8), datetime(2021, 1, 20))
        )
        compared = connection.execute("SELECT count(*) FROM marts.period_checks").fetchone()
    assert states == [("accepted",)]
    assert before == []
    assert after == [("B-1", 90, 100, SAID)]
    assert compared == (2,)


def test_the_template_tells_of_the_last_period(folder: Path) -> None:
    notice = load(folder)
    hints = {rule.name: rule.hint for rule in column_rules(notice, "table", notice.recipients[0])}
    assert "应不小于上一期的“参观人次”。" in hints["visitors"]
    assert "上一期" not in hints["events"]


MISTAKES = {
    "sent back": (", severity: note", "", "table.checks.0.severity", "与上一期比的不退回"),
    "with itself in one row": (", last_period: true", "", "table.checks.0.right", "与自己比"),
    "of no indicator": ("right: visitors", "right: guests", "table.checks.0.right", "不是这张表的指标"),
}


@pytest.mark.parametrize(("old", "new", "place", "said"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_named_at_its_place(folder: Path, old: str, new: str, place: str, said: str) -> None:
    with pytest.raises(BadNoticeError) as error:
        load(folder, CHECK.replace(old, new))
    (found,) = error.value.problems
    assert place in found
    assert said in found
