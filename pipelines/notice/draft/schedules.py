"""A duty's timing as the periods of a notice.yaml: what today's keys can say, else None and why."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from pipelines.notice.draft.numbers import to_number
from pipelines.notice.draft.records import Draft, Duty
from pipelines.notice.files import OPEN

_DAYS = {letter: n for n, letter in enumerate("一二三四五六日")} | {"天": 6}


@dataclass(frozen=True)
class Plan:
    """Periods as the keys of a notice.yaml, their last due day where it is known, and what is left to confirm."""

    keys: dict[str, str]
    last_due: date | None
    doubt: str = ""


def plan(duty: Duty, draft: Draft) -> Plan | None:
    """None where the present keys have no such schedule: on a day of each year, at any time."""
    first, last = _span(duty, draft)
    if duty.repeat == "once":
        return _once(duty, draft)
    if duty.repeat == "daily":
        keys = {"every": "day", "first": first, "last": last, **_days_after(duty), **_time(duty)}
        return Plan(keys, _day(last))
    if duty.repeat == "weekly":
        return _weekly(duty, first, last)
    if duty.repeat == "monthly":
        return _monthly(duty, first, last)
    if duty.repeat == "quarterly":
        return _quarterly(duty, first, last)
    return _on_event(duty)


def _on_event(duty: Duty) -> Plan | None:
    """发生后2小时内, 24小时之内: owed once something happened. None where nothing says within how long."""
    words = duty.relative_due or ""
    found = re.search(
        r"(\d{1,3}|[一二三四五六七八九十两半]{1,3})(?:个)?(小时|工作日|日|天)(?:之|以)?内", words
    )
    is_event = found and (found[2] == "小时" or re.search(r"发生|发现|确诊|接报|变更|变动", words))
    number = to_number(found[1]) if found else None
    if duty.repeat != "irregular" or found is None or not is_event or not number:
        return None
    doubt = "遇事才报，时限从发生时算起" + ("；工作日按日历日算" if found[2] == "工作日" else "")
    within = f"{number}h" if found[2] == "小时" else f"{number}d"
    return Plan({"every": "event", "within": within}, None, doubt)


def plan_days(duties: list[Duty]) -> Plan:
    """One deliverable on several days: each day a period of its own."""
    days = [_day(duty.due or "") for duty in duties]
    moments = [duty.due if "T" in (duty.due or "") else f"{duty.due}T23:59:59" for duty in duties]
    dates = ", ".join(f"{{day: {day}, due: {moment}}}" for day, moment in zip(days, moments, strict=True))
    return Plan(
        {"every": "date", "dates": f"[{dates}]"}, max(day for day in days if day), "每个报送日各是一期"
    )


def _once(duty: Duty, draft: Draft) -> Plan:
    if duty.due:
        day, _, clock = duty.due.partition("T")
        doubt = "" if clock else "原文没有写几点，作当天 23:59:59"
        return Plan(
            {"every": "once", "due": f"{day}T{clock + ':00' if clock else '23:59:59'}"}, _day(day), doubt
        )
    computed = _after_event(duty, draft)
    if computed:
        return Plan(
            {"every": "once", "due": f"{computed}T{_clock(duty) or '23:59:59'}"},
            computed,
            f"由“{duty.relative_due}”和活动最后一天算出",
        )
    return Plan({"every": "once", "due": OPEN}, None, f"原文只说“{duty.relative_due or ''}”")


def _after_event(duty: Duty, draft: Draft) -> date | None:
    """结束后10日内, 结束次日: counted from the event's last day; working days are not counted here."""
    words = duty.relative_due or ""
    end = _day(draft.event_end.value) if draft.event_end else None
    if end is None or "结束" not in words or "工作日" in words or "过程" in words:
        return None
    if "次日" in words:
        return end + timedelta(1)
    found = re.search(r"结束(?:后|之日起)?的?(\d+|[一二三四五六七八九十]+)(?:个)?(日|天|周|月)", words)
    if not found:
        return None
    number = to_number(found[1]) or 0
    return end + timedelta(number * {"日": 1, "天": 1, "周": 7, "月": 30}[found[2]])


def _span(duty: Duty, draft: Draft) -> tuple[str, str]:
    """First and last day that a repeat runs through: the event's, else open."""
    first = draft.event_start.value if draft.event_start else OPEN
    last = draft.event_end.value if draft.event_end else OPEN
    return first, last


def _days_after(duty: Duty) -> dict[str, str]:
    return (
        {"due_days_after": "1"}
        if re.search(r"次日|前一日|前24小时|昨日", f"{duty.relative_due}{duty.what}")
        else {}
    )


def _clock(duty: Duty) -> str | None:
    found = re.search(
        r"(上午|下午|晚上?)?(\d{1,2})(?::(\d{2})|[时点](半)?(?:(\d{1,2})分)?)", duty.relative_due or ""
    )
    if not found:
        return None
    hour = int(found[2]) + (12 if found[1] and found[1][0] in "下晚" and int(found[2]) < 12 else 0)
    minute = int(found[3] or found[5] or (30 if found[4] else 0))
    if (hour, minute) == (24, 0):
        return "23:59:59"
    return f"{time(hour, minute):%H:%M:%S}" if hour < 24 and minute < 60 else None


def _time(duty: Duty) -> dict[str, str]:
    clock = _clock(duty)
    return {"due_time": clock} if clock else {}


def _weekly(duty: Duty, first: str, last: str) -> Plan:
    """每周五前: weeks end on that day; 每周一……上周: weeks from Monday to Sunday, due that many days after."""
    found = re.search(r"(?:周|星期)([一二三四五六日天])", duty.relative_due or "")
    weekday = _DAYS[found[1]] if found else 6
    about_last = bool(re.search(r"上(?:一)?周", duty.sentence))
    begin, end = _day(first), _day(last)
    keys = {"every": "week", "first": first, "last": last}
    doubt = "" if found else "原文没有写星期几，作每周日"
    if begin and end:
        wanted = 0 if about_last else (weekday + 1) % 7
        keys["first"] = (begin - timedelta((begin.weekday() - wanted) % 7)).isoformat()
    if about_last:
        keys["due_days_after"] = str(weekday + 1)
    return Plan({**keys, **_time(duty)}, end + timedelta(8) if end else None, doubt)


def _monthly(duty: Duty, first: str, last: str) -> Plan:
    """每月5日前报上月: due so many days after the month; 每月25日前: on that day of each month."""
    found = re.search(r"(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]", duty.relative_due or "")
    day = to_number(found[1]) if found else None
    if day is None or re.search(r"上月|上一?个?月|次月|下月", f"{duty.sentence}{duty.relative_due}"):
        keys = {
            "every": "month",
            "first": first,
            "last": last,
            **({"due_days_after": str(day)} if day else {}),
            **_time(duty),
        }
        end = _day(last)
        return Plan(keys, end + timedelta(31) if end else None, "" if day else "原文没有写几日，作月末")
    begin, end = _day(first), _day(last)
    if not begin or not end:
        return Plan({"every": "date", "dates": OPEN}, None, f"每月{day}日各是一期，起止月份原文没有写明")
    days = _days_of_months(begin, end, day)
    clock = _clock(duty) or "23:59:59"
    dates = ", ".join(f"{{day: {one}, due: {one}T{clock}}}" for one in days)
    return Plan({"every": "date", "dates": f"[{dates}]"}, days[-1] if days else None)


def _quarterly(duty: Duty, first: str, last: str) -> Plan:
    """季后8日前, 季度终了后10日内: due so many days after the quarter; working days are counted as days, and asked about."""
    found = re.search(
        r"(\d{1,2}|[一二三四五六七八九十]{1,3})(?:个)?(工作日|[日天号])", duty.relative_due or ""
    )
    day = to_number(found[1]) if found else None
    keys = {"every": "quarter", "first": first, "last": last}
    end = _day(last)
    doubt = "" if day else "原文没有写季后几日，作季末当天"
    if found and found[2] == "工作日":
        doubt = f"原文写的是“{duty.relative_due}”，工作日按天数写了，请对照日历改"
    return Plan(
        {**keys, **({"due_days_after": str(day)} if day else {}), **_time(duty)},
        end + timedelta(day or 0) if end else None,
        doubt,
    )


def _days_of_months(first: date, last: date, day: int) -> list[date]:
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        one = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if first <= one <= last:
            found.append(one)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
