"""How units write days. The window is 8 to 14 November 2020."""

from datetime import date, datetime
from typing import Any

from tests.read.habits.case import Case, accepted, material, materials, one, rejected
from tests.read.habits.write import biff, text
from tests.read.habits.write import word_later as word
from tests.read.habits.write import xlsx_later as xlsx

_NINTH, _TENTH = date(2020, 11, 9), date(2020, 11, 10)


def _read(id: str, cell: Any, day: date, write: Any = xlsx, name: str = "日报.xlsx") -> Case:
    return one(
        f"date-{id}",
        name,
        write(materials(material(date=cell))),
        accepted(1, values=[{"activity_date": day}]),
    )


def _fails(
    id: str, cell: Any, reason: str, day: date | None, seen: str, write: Any = xlsx, name: str = "日报.xlsx"
) -> Case:
    end = rejected(
        "no_valid_row",
        rejected_rows=reason,
        rows=1,
        values=[{"activity_date": day}],
        faults=[(2, "活动日期", reason, seen)],
    )
    return one(f"date-{id}", name, write(materials(material(date=cell))), end)


CASES = [
    _read("real", _NINTH, _NINTH),
    _read("real-with-time", datetime(2020, 11, 9, 23, 59, 58), _NINTH),
    _read("real-biff", _NINTH, _NINTH, biff, "日报.xls"),
    _read("serial", 44144, _NINTH),
    _read("serial-with-time", 44144.75, _NINTH),
    _read("serial-as-text", "44144", _NINTH),
    _read("serial-csv", 44144, _NINTH, text, "日报.csv"),
    _read("serial-with-time-csv", 44144.75, _NINTH, text, "日报.csv"),
    _read("words", "2020年11月9日", _NINTH),
    _read("words-padded", "2020年11月09日", _NINTH),
    _read("words-with-spaces", " 2020 年 11 月 9 日 ", _NINTH),
    _read("words-with-time", "2020年11月9日 15:30", _NINTH),
    _read("words-without-year", "11月9日", _NINTH),
    _read("words-without-year-hao", "11月9号", _NINTH),
    _read("dots", "2020.11.9", _NINTH),
    _read("dots-padded", "2020.11.09", _NINTH),
    _read("slashes", "2020/11/09", _NINTH),
    _read("slashes-with-time", "2020/11/9 8:05:00", _NINTH),
    _read("iso", "2020-11-09", _NINTH),
    _read("iso-with-time", "2020-11-09 00:00:00", _NINTH),
    _read("iso-with-t", "2020-11-09T08:00:00", _NINTH),
    _read("compact", "20201109", _NINTH),
    _read("compact-number", 20201109, _NINTH),
    _read("month-dot-day-text", "11.9", _NINTH),
    _read("month-dot-day-number", 11.9, _NINTH),
    _read("month-dot-padded-day-number", 11.09, _NINTH),
    _read("month-slash-day", "11/9", _NINTH),
    _read("month-hyphen-day", "11-09", _NINTH),
    _read("full-width", "２０２０年１１月９日", _NINTH),
    _read("full-width-dots", "２０２０．１１．９", _NINTH),
    _read("full-width-short", "１１．９", _NINTH),
    _read("line-break", "2020年\n11月9日", _NINTH),
    _read("number-11.1-is-the-tenth", 11.1, _TENTH),
    _read("csv-11.1-is-the-tenth", "11.1", _TENTH, text, "日报.csv"),
    _read("text-11.10", "11.10", _TENTH),
    _read("number-11.14", 11.14, date(2020, 11, 14)),
    _read("docx-short", "11月9日", _NINTH, word, "日报.docx"),
    _fails("number-11.2-is-the-second", 11.2, "outside_window", date(2020, 11, 2), "11.2"),
    _fails("day-before", "2020-11-07", "outside_window", date(2020, 11, 7), "2020-11-07"),
    _fails("day-after", date(2020, 11, 15), "outside_window", date(2020, 11, 15), "2020-11-15"),
    _fails("another-year", "2019.11.9", "outside_window", date(2019, 11, 9), "2019.11.9"),
    _fails("two-days", "11月9日-10日", "bad_date", None, "11月9日-10日"),
    _fails("no-such-day", "2020-11-31", "bad_date", None, "2020-11-31"),
    _fails("no-such-month", "13.9", "bad_date", None, "13.9"),
    _fails("weekday", "星期一", "bad_date", None, "星期一"),
    _fails("slash", "/", "bad_date", None, "/"),
    _read("two-digit-year", "20.11.9", _NINTH),
    _fails("endless", "9" * 5000, "bad_date", None, "9" * 5000),
    _fails("number-eleven", 11, "bad_date", None, "11"),
    one("date-blank", "日报.xlsx", xlsx(materials(material(date=None))),
        rejected("no_valid_row", rejected_rows="missing_required", faults=[(2, "活动日期", "missing_required", None)])),
    one("date-spaces", "日报.xlsx", xlsx(materials(material(date="　 "))),
        rejected("no_valid_row", rejected_rows="missing_required")),
]  # fmt: skip
