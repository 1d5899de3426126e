"""Dates, counts and words as people write them: every habit that contract section 4 lists, at random.

`typed` tells that the format keeps numbers and dates apart from text; where it does not, only text is given.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from pipelines.notice.column import Column
from pipelines.notice.model import Vocabulary
from pipelines.sample.grids import Cell

_EXCEL_EPOCH = date(1899, 12, 30)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
PLAIN_SHARE = 0.5
RANKS = 8
"""Into how many parts the span of a number is cut that has to be greater than others."""
"""This much is written plainly; the rest in one of the other ways."""


def spell_date(day: date, window: tuple[date, date] | None, rng: Random, *, typed: bool) -> Cell:
    """A day that can be read back as just this one; its year is only left out inside the window."""
    year, month, number = day.year, day.month, day.day
    if rng.random() < PLAIN_SHARE:
        return day if typed else day.isoformat()
    ways: list[Cell] = [
        f"{year}年{month}月{number}日",
        f"{year}.{month}.{number}",
        f"{year}/{month:02}/{number:02}",
        f"{day:%Y%m%d}",
        day.isoformat().translate(_FULL_WIDTH),
        f" {day.isoformat()} ",
    ]
    if typed:
        ways += [datetime.combine(day, time(9, 30)), (day - _EXCEL_EPOCH).days]
    if window and window[0] <= day <= window[1]:
        ways.append(f"{month}月{number}日")
        # 11.1 may be 1 or 10 November: only days whose short form has one reading.
        if number > 3 and number % 10:
            ways.append(f"{month}.{number}")
        if typed and number % 10 == 0 and not _is_inside(day, number // 10, window):
            ways.append(float(f"{month}.{number // 10}"))
    return rng.choice(ways)


def spell_moment(day: date, rng: Random) -> Cell:
    """A day with a time that can be read back; a moment as just this one."""
    moment = (
        day
        if isinstance(day, datetime)
        else datetime.combine(day, time(rng.randrange(8, 20), rng.randrange(60)))
    )
    return rng.choice(
        [
            f"{moment:%Y-%m-%d %H:%M}",
            f"{moment.year}年{moment.month}月{moment.day}日{moment.hour}时{moment.minute}分",
            f"{moment.year}/{moment.month}/{moment.day} {moment:%H:%M:%S}",
        ]
    )


def _is_inside(day: date, number: int, window: tuple[date, date]) -> bool:
    """Whether this day of the same month lies in the window, in any year it touches."""
    years = range(window[0].year, window[1].year + 1)
    return any(window[0] <= date(year, day.month, number) <= window[1] for year in years)


def spell_count(value: int, words: Vocabulary, rng: Random, *, typed: bool) -> Cell:
    """A count that can be read back; large round ones may come in tens of thousands."""
    if rng.random() < PLAIN_SHARE:
        return value if typed else str(value)
    unit, about, wan = (
        rng.choice(words.count_units),
        rng.choice(words.approximate_before),
        next(word for word, worth in words.multipliers.items() if worth == 10_000),
    )
    ways: list[Cell] = [
        str(value),
        f"{value:,}",
        f"{value}{unit}",
        f"{about}{value}{unit}",
        str(value).translate(_FULL_WIDTH),
        f" {value} ",
        float(value),
    ]
    if value >= 10_000:
        short = f"{value / 10_000:.1f}{wan}"
        ways += [short, f"{short}{unit}", f"{about}{short}"]
    return rng.choice(ways)


def spell_amount(column: Column, rng: Random, rank: int | None = None) -> Cell:
    """A decimal, percentage or amount of money between the column's limits, plainly or with its unit. `rank`: of a number that
    is compared with others, how many of them it has to be greater than."""
    low, high = column.limits
    least, most = int(low or 0), int(min(high or 900, 900))
    if rank is not None:
        share, rank = (most - least) // RANKS, min(rank, RANKS - 1)
        least, most = least + share * rank, least + share * (rank + 1) - 1
    value = Decimal(rng.randrange(least * 100, most * 100 + 1)) / 100
    number = column.number
    if number.type == "money":
        in_yuan = value * number.worth
        return rng.choice([f"{value}", f"{value}{number.unit}", f"{in_yuan:.2f}元", f"{in_yuan:,.2f}元"])
    if number.type == "percent":
        return f"{value}%"
    return rng.choice([f"{value}", f"{value}{number.unit}"])


def spell_word(word: str, rng: Random) -> str:
    """A word of a list or a county's name, with the stray white space that is to be taken out."""
    middle = max(1, len(word) // 2)
    ways: list[Callable[[], str]] = [
        lambda: word,
        lambda: f"{word[:middle]}\n{word[middle:]}",
        lambda: f"{word}\u3000",
        lambda: f"{word[:middle]} {word[middle:]}",
    ]
    return rng.choices(ways, weights=[9, 1, 1, 1])[0]()


def draw_count(rng: Random) -> int:
    """How many came: mostly tens and hundreds, sometimes tens of thousands, sometimes nobody."""
    return rng.choice([0, rng.randrange(1, 100), rng.randrange(100, 2000), rng.randrange(10, 99) * 1000])


def draw_day(first: date, last: date, rng: Random) -> date:
    return first + timedelta(rng.randrange((last - first).days + 1))
