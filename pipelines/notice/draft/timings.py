"""By when and how often something is due: calendar days, repeats, days relative to something, 随时 and 及时."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.notice.draft.dates import Day, find_days, find_ranges, iso

_N = r"(?:\d{1,3}|[一二三四五六七八九十两半]{1,3})"
_UNTIL = r"(?:(?:以|之)?前(?!期|往)|内|截止|止)"
_TAIL = r"(?:[一二三四五六日天\d月号时点分:上下午中早晚第个周末底初班工作起至—\-～~、和整后最]|星期|首|终了|结束){0,16}?"
REPEAT = re.compile(
    rf"(?P<this_month>当月(?:{_N}[日号]|底|末)(?:{_UNTIL})?)"
    rf"|(?:次|下|翌)月(?:初)?{_N}[日号]{_TAIL}(?P<next_month>{_UNTIL})"
    rf"|(?:次|翌|第二)(?:日|天){_TAIL}(?P<next_day>{_UNTIL})"
    rf"|每(?:个)?(?P<unit>工作日|[天日晚旬年]|周|星期|月|季度?|半年|双周|两周|半月|学期)(?:度)?(?!人|名|所|篇|市|县|校|地)(?:{_TAIL}{_UNTIL}|[一二三四五六日天]?(?:[上下]午)?(?:\d{{1,2}}[日号时])?(?:末|底|初)?)"
    rf"|(?P<quarter>季(?:度)?(?:后|终了后|结束后|末后|度后)的?{_N}(?:个)?(?:工作)?[日天]{_UNTIL}?)"
    rf"|(?P<by>逐(?P<by_unit>[日天周月季])|按(?P<by_unit2>[日周月]|季度?|旬)(?=报送|上报|填报|报告|[，、]))"
)
_UNITS = {
    "工作日": "daily",
    "天": "daily",
    "日": "daily",
    "晚": "daily",
    "周": "weekly",
    "星期": "weekly",
    "旬": "irregular",
    "双周": "irregular",
    "半月": "irregular",
    "两周": "irregular",
    "月": "monthly",
    "季": "quarterly",
    "季度": "quarterly",
    "半年": "irregular",
    "学期": "irregular",
    "年": "yearly",
}
RELATIVE = re.compile(
    rf"(?:自|在|于)?(?:收到|接到|接)(?:本)?(?:《?通知》?|函|文件?|来?文)(?:之日|后)?(?:起|后)?(?:的)?{_N}(?:个)?(?:工作)?(?:[日天周月]|小时){_UNTIL}?"
    rf"|(?P<after>(?:(?![于由在将按请把])[\u4e00-\u9fff“”]){{0,12}}?(?:结束|完成|完毕|闭幕|期满|到期|公示期满|过程结束)(?:后|之日起)?的?(?:次日|当天|当日|{_N}(?:个)?(?:工作)?(?:[日天周月]|小时))(?:[上下]午)?(?:{_N}[时点])?(?:{_UNTIL})?)"
    rf"|(?P<event>(?:在|于)?{_N}(?:个)?(?:小时|分钟)之?内|(?:最迟)?不(?:得)?超过{_N}(?:个)?(?:小时|分钟))"
    rf"|(?P<ahead>提前{_N}(?:个)?(?:工作)?[日天周])"
    rf"|(?P<same>当[日天](?=报|上报|报送|内|前))"
    rf"|(?P<within>(?:[\u4e00-\u9fff]{{0,6}}(?:发生|发现|变更|变动|确诊|接报)[\u4e00-\u9fff]{{0,4}}(?:后|之日起))(?:的)?{_N}(?:个)?(?:工作)?[日天]{_UNTIL}?)"
    rf"|(?P<days>(?:应|须|需)?(?:在|于){_N}(?:个)?(?:工作)?[日天]内)"
)
LOOSE = re.compile(r"随时|及时|立即|第一时间|即时|实时|尽快|马上|迅速")
SCOPE = re.compile(
    r"^(?:[自从]?.{0,14}(?:起|期间|阶段|以来)|(?:活动|工作|检查|假期|汛期|监测|整治|宣传)[^，。]{0,6}(?:期间|阶段)|.{0,4}期间)$"
)
_ON_A_DAY = re.compile(r"^(?:前)?(?:[^，。；]{0,12}(?:报送|上报|提交|报|填报|反馈|交|发|分别))")


@dataclass(frozen=True)
class Timing:
    """When something is due, as a span of the sentence. `due` is a calendar day or moment, else `words` say it."""

    start: int
    end: int
    due: str | None
    repeat: str
    words: str
    is_loose: bool = False


def find_timings(text: str, issued: date | None) -> list[Timing]:
    """Every timing in a sentence, in order; ranges and days that nothing is due at are left out."""
    found: list[Timing] = []
    taken: list[tuple[int, int]] = []

    def take(timings: Iterator[Timing]) -> None:
        for timing in timings:
            if all(timing.end <= start or timing.start >= end for start, end in taken):
                found.append(timing)
                taken.append((timing.start, timing.end))

    take(_repeats(text, issued))
    take(_relative(text))
    take(_calendar(text, issued))
    take(Timing(m.start(), m.end(), None, "irregular", m[0], True) for m in LOOSE.finditer(text))
    return sorted(found, key=lambda timing: timing.start)


def _repeats(text: str, issued: date | None) -> Iterator[Timing]:
    for match in REPEAT.finditer(text):
        if match["next_month"] or match["this_month"]:
            repeat = "monthly"
        elif match["next_day"]:
            if re.search(r"(?:结束|完成)(?:后)?的?$", text[: match.start()]):
                continue
            repeat = "daily"
        elif match["quarter"]:
            repeat = "quarterly"
        else:
            repeat = _UNITS[match["unit"] or match["by_unit"] or match["by_unit2"]]
        # 每 with a full date behind it (每年12月10日前) holds its own day.
        yield Timing(match.start(), match.end(), None, repeat, match[0])


def _relative(text: str) -> Iterator[Timing]:
    for match in RELATIVE.finditer(text):
        yield Timing(
            match.start(),
            match.end(),
            None,
            "irregular"
            if match["event"]
            or match["same"]
            or match["within"]
            or (match["days"] and re.search(r"变动|变更|发生|发现|的，", text[: match.start()]))
            or re.match(r"(?:每|一)次", match[0])
            else "once",
            match[0],
        )


def _calendar(text: str, issued: date | None) -> Iterator[Timing]:
    ranged = [(first.start, second.end, second) for first, second in find_ranges(text, issued)]
    days = find_days(text, issued)
    accepted: Day | None = None
    for index, day in enumerate(days):
        if any(start <= day.start < end for start, end, _ in ranged):
            if _closes_range(text, day, ranged):
                yield _timing(text, day)
            continue
        is_listed = (
            accepted is not None
            and bool(re.match(r"^[、，和及]?$", text[accepted.end : day.start]))
            and not re.match(r"^(?:起|至|—)", text[day.end :])
        )
        if is_listed or _is_deadline(text, day, days[index + 1 :]):
            accepted = day
            yield _timing(text, day)


def _timing(text: str, day: Day) -> Timing:
    return Timing(day.start, day.end, iso(day), "once", day.words)


def _closes_range(text: str, day: Day, ranged: list[tuple[int, int, Day]]) -> bool:
    """The end of a range in which something is handed in: 报送时间：自即日起至8月31日."""
    for start, _, second in ranged:
        if second.start == day.start:
            before = text[max(0, start - 12) : start]
            return "起止" not in before and bool(
                re.search(
                    r"(?:报送|申报|报名|提交|征集|填报|上报|投稿|推荐|受理|登记).{0,4}(?:时间|期限|日期)",
                    before,
                )
            )
    return False


def _is_deadline(text: str, day: Day, later: list[Day]) -> bool:
    before, after = text[: day.start], text[day.end :]
    if re.match(r"^(?:起|以来|开始|以后|之后|后(?!附))", after):
        return False
    if day.is_before:
        return True
    if day.precision != "month" and re.search(
        r"(?:截止|截稿|截至|报送|上报|提交|申报|报名)(?:日期|时间|期限)?(?:分别)?(?:为|是|到|至|：|于)?(?:[^，。；]{0,4})$",
        before,
    ):
        return True
    if re.match(r"^(?:截止|为止|止)", after):
        return True
    if later and re.match(r"^[、和及]$", text[day.end : later[0].start]):
        return _is_deadline(text, later[0], later[1:])
    if (
        day.precision == "day"
        and _ON_A_DAY.match(after)
        and not re.match(r"^(?:举办|召开|在|至|报到|报道|—|－|-)", after)
    ):
        return True
    return day.precision == "part" and bool(re.search(r"于$|请$", before)) and bool(_ON_A_DAY.match(after))
