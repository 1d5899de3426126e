"""What a single value of a notice's files may be: words, codes, days and moments, never half-understood.

YAML hands every value over as text (files.py), so that what is written is what is judged.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that code, SQL and file names can carry: lower case, digits, underscores."""
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]

_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}(:\d{2})?"
_UNPADDED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{1,2}(:\d{1,2})?)?")
_ZONE = r"(Z|[+-]\d{2}:\d{2})?"


def refuse(sentence: str, *place: str | int) -> PydanticCustomError:
    """An error that says in one sentence what is wrong; `place` leads on from where it is raised."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence, "place": place})


def _written_as(pattern: str, sentence: str) -> BeforeValidator:
    def judge(value: Any) -> Any:
        if isinstance(value, date | time) or (isinstance(value, str) and re.fullmatch(pattern, value)):
            return value
        if isinstance(value, str) and _UNPADDED.fullmatch(value) and re.search(r"(?<!\d)\d(?!\d)", value):
            raise refuse(f"写成了 {value!r}；月、日、时、分都写两位，如 2020-11-08、2020-11-05T23:59:59")
        raise refuse(f"写成了 {value!r}；{sentence}")

    return BeforeValidator(judge)


Day = Annotated[
    date,
    _written_as(_DAY, "日期应写成 2020-11-08"),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAY}$", "examples": ["2020-11-08"]}),
]
Moment = Annotated[
    datetime,
    _written_as(f"{_DAY}[T ]{_TIME}{_ZONE}", "应写明几点，如 2020-11-05T23:59:59"),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_DAY}[T ]{_TIME}{_ZONE}$", "examples": ["2020-11-05T23:59:59"]}
    ),
]
"""Without a zone it is in the notice's; a bare day is refused, because its midnight is hardly ever meant."""
TimeOfDay = Annotated[
    time,
    _written_as(_TIME, '时刻应写成 "18:00" 或 "23:59:59"'),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME}$", "examples": ["18:00"]}),
]


def _later(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    text = str(value)
    number, unit = text[:-1], text[-1:]
    if number.isdecimal() and int(number) and unit in "dh":
        return timedelta(days=int(number)) if unit == "d" else timedelta(hours=int(number))
    raise refuse(f"写成了 {text!r}；应写几天或几小时，如 2d、48h")


Later = Annotated[
    timedelta,
    BeforeValidator(_later),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+[dh]$", "examples": ["2d", "48h"]}),
]
"""A length of time, in whole days or hours."""


def say_length(length: timedelta) -> str:
    """2 小时; whole days beyond two as 3 天."""
    hours = length // timedelta(hours=1)
    return f"{hours // 24} 天" if hours > 24 and hours % 24 == 0 else f"{hours} 小时"


class Frozen(BaseModel):
    """Part of a notice: unknown keys are refused, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
