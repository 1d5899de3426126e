"""Units that come and go: what they owe begins and ends with their membership, and what was owed before stays."""

from pathlib import Path

import pytest

from pipelines.cli.notice import summarise
from pipelines.notice import Notice, load_notice
from pipelines.notice.obligations import expand_obligations
from tests.notice.test_broken import NOTICE, folder, problems

__all__ = ["folder"]
HEAD = "day,code,change,into,reason\n"


def load(folder: Path, *lines: str) -> Notice:
    (folder / NOTICE / "units_changes.csv").write_text(HEAD + "".join(f"{one}\n" for one in lines), "utf-8")
    return load_notice(NOTICE, folder)


def owed(notice: Notice, code: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in expand_obligations(notice):
        if one.recipient_code == code:
            found.setdefault(one.deliverable, []).append(one.period[5:])
    return found


DAYS = ["12-28", "12-29", "12-30", "12-31", "01-01", "01-02", "01-03"]
CASES = {
    "joined: from that day on": ("2020-12-30,B-2,joined,,新设", "B-2", DAYS[2:], ["12-31", "01-15"], [""]),
    "left: up to the day before": ("2020-12-30,B-2,left,,撤销", "B-2", DAYS[:2], [], []),
    "merged: its own up to the day before": ("2021-01-02,B-2,merged,B-1,机构改革", "B-2", DAYS[:5], ["12-31"], []),
    "nobody else is touched": ("2020-12-30,B-2,left,,撤销", "B-1", DAYS, ["12-31", "01-15"], [""]),
}  # fmt: skip


@pytest.mark.parametrize(("line", "code", "days", "dates", "once"), CASES.values(), ids=CASES)
def test_what_a_unit_owes_begins_and_ends_with_its_membership(
    folder: Path, line: str, code: str, days: list[str], dates: list[str], once: list[str]
) -> None:
    found = owed(load(folder, line), code)
    assert [found.get(name, []) for name in ("materials", "table", "summary")] == [days, dates, once]


def test_a_notice_without_the_file_is_as_before_and_one_with_it_has_another_fingerprint(folder: Path) -> None:
    before = load_notice(NOTICE, folder)
    after = load(folder, "2020-12-30,B-2,left,,撤销")
    assert before.units_changes == ()
    assert before.fingerprint != after.fingerprint
    assert "  2020-12-30 退出 乙市教育局（撤销）\n" in summarise(after)


MISTAKES = {
    "unknown_unit": (["2020-12-30,B-9,left,,撤销"], 2, "code：名册里没有 B-9"),
    "merged_into_nobody": (["2020-12-30,B-2,merged,,改革"], 2, "into：是空的"),
    "merged_into_an_unknown_unit": (["2020-12-30,B-2,merged,B-9,改革"], 2, "into：名册里没有 B-9"),
    "merged_into_itself": (["2020-12-30,B-2,merged,B-2,改革"], 2, "into：B-2 并入了它自己"),
    "left_for_another": (["2020-12-30,B-2,left,B-1,改革"], 2, "into：写成了 B-1"),
    "left_twice": (["2020-12-30,B-2,left,,撤销", "2020-12-31,B-2,merged,B-1,改革"], 3, "change：B-2 第 2 行已经退出"),
    "left_before_it_joined": (["2020-12-30,B-2,joined,,新设", "2020-12-29,B-2,left,,撤销"], 3, "day：B-2 加入"),
    "unknown_change": (["2020-12-30,B-2,split,,拆分"], 2, "change：写成了 'split'；应为 joined、left、merged、renamed、moved"),
    "renamed_to_nothing": (["2020-12-30,B-2,renamed,,改名"], 2, "into：是空的；改名"),
    "renamed_to_bars": (["2020-12-30,B-2,renamed,|,改名"], 2, "into：写成了 |；改名"),
    "renamed_to_what_it_was": (["2020-12-30,B-2,renamed,乙市教育局|乙市,改名"], 2, "into：B-2 在这之前就是 乙市教育局"),
    "renamed_like_another": (["2020-12-30,B-2,renamed,甲市 教育局,改名"], 2, "into：“甲市 教育局”第 2 行的 B-1 也有"),
    "renamed_to_one_letter": (["2020-12-30,B-2,renamed,乙,改名"], 2, "into：别名“乙”只有一个字"),
    "renamed_twice_a_day": (["2020-12-30,B-2,renamed,丙局,改名", "2020-12-30,B-2,renamed,丁局,改名"], 3, "change：B-2 第 2 行这一天已经改过"),
    "moved_nowhere": (["2020-12-30,B-2,moved,990300,划转"], 2, "into：没有 990300 这个市；可用：990100、990200"),
    "moved_where_it_is": (["2020-12-30,B-2,moved,990200,划转"], 2, "into：B-2 在这之前就是 990200"),
    "moved_before_it_joined": (["2020-12-30,B-2,joined,,新设", "2020-12-29,B-2,moved,990100,划转"], 3, "day：B-2 加入"),
    "moved_after_it_left": (["2020-12-30,B-2,left,,撤销", "2020-12-31,B-2,moved,990100,划转"], 3, "day：B-2 退出"),
    "unknown_line": (["2020-12-30,B-2,changed_line,culture,划转"], 2, "into：没有 culture 这条线；可用：education"),
    "no_reason": (["2020-12-30,B-2,left,,"], 2, "reason：是空的"),
    "no_such_day": (["2020-02-30,B-2,left,,撤销"], 2, "day：写成了 '2020-02-30'；没有这一天"),
}  # fmt: skip


def test_a_name_may_pass_on_to_another_unit(folder: Path) -> None:
    found = load(folder, "2020-12-30,B-2,renamed,丙市教育局,改名", "2020-12-31,B-1,renamed,乙市教育局,改名")
    assert "  2020-12-30 改名“丙市教育局” 乙市教育局（改名）\n" in summarise(found)


@pytest.mark.parametrize(("lines", "line", "said"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_one_message_at_its_line(
    folder: Path, lines: list[str], line: int, said: str
) -> None:
    (folder / NOTICE / "units_changes.csv").write_text(HEAD + "".join(f"{one}\n" for one in lines), "utf-8")
    (found,) = problems(folder)
    assert found.startswith(f"{NOTICE}/units_changes.csv 第 {line} 行 {said}"), found
    assert "；" in found
