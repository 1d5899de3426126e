"""The public events of a notice (`events:` in notice.yaml): national and provincial ones, where, when, and where they are shown live.

Only what the notice says: a place or a time that it does not name is left out, and nothing is made up for it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from pipelines.notice.fields import Code, Frozen, Word, refuse
from pipelines.notice.files import YamlFile

if TYPE_CHECKING:
    from pipelines.notice.model import Notice

FAR = 366
"""Days before opening or after closing from which on an event is a slip in the year."""
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")


def _when(value: Any) -> date | datetime:
    """A day, or a moment in the notice's zone."""
    if isinstance(value, date):
        return value
    text = str(value)
    if not _WHEN.fullmatch(text):
        raise refuse(f"写成了 {text!r}；应写哪一天，知道几点的写到几点，如 2020-11-08、2020-11-08T09:00:00")
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        raise refuse(f"写成了 {text!r}；没有这一天或这一刻，请核对") from None


def _address(value: Any) -> str:
    text = str(value)
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_web = False
    if not is_web or re.search(r"\s", text):
        raise refuse(f"写成了 {text!r}；应是完整的网址，如 https://www.example.cn/live")
    return text


When = Annotated[
    date | datetime,
    BeforeValidator(_when),
    WithJsonSchema({"type": "string", "pattern": f"^{_WHEN.pattern}$", "examples": ["2020-11-08"]}),
]
Address = Annotated[
    str,
    BeforeValidator(_address),
    WithJsonSchema({"type": "string", "pattern": r"^https?://\S+$", "examples": ["https://www.example.cn/"]}),
]
"""Where people read or watch something on the web."""


class PublicEvent(Frozen):
    """One event. Its channels are visited as units' columns are."""

    id: Code = Field(description="活动的代码，定了不要改：访问记录用它")
    name: Word = Field(description="活动名称，照原文")
    level: Literal["national", "provincial"] | None = Field(
        default=None, description="national 全国、provincial 全省；原文没有分清的不写"
    )
    place: Word | None = Field(default=None, description="在哪里；原文没有写的不写")
    begins: When | None = Field(
        default=None, alias="from", description="哪天开始，知道几点的写到几点；没有写的不写"
    )
    ends: When | None = Field(default=None, alias="to", description="到哪天为止；不写则只有 from 这一天")
    organiser: Word | None = Field(default=None, description="谁主办；原文没有写的不写")
    live: Address | None = Field(default=None, description="直播频道的网址；由程序定期访问")
    page: Address | None = Field(default=None, description="活动网页的网址；由程序定期访问")

    @model_validator(mode="after")
    def _in_order(self) -> "PublicEvent":
        if self.ends and not self.begins:
            raise refuse("写了 to，没有写 from；请补上哪天开始", "to")
        if self.begins and self.ends:
            is_early = _day(self.ends) < _day(self.begins)
            if isinstance(self.begins, datetime) and isinstance(self.ends, datetime):
                is_early = self.ends <= self.begins
            if is_early:
                raise refuse(f"to {self.ends} 早于 from {self.begins}；请核对", "to")
        return self

    @property
    def first_day(self) -> date | None:
        """None where the notice does not say when it is."""
        return _day(self.begins) if self.begins else None

    @property
    def last_day(self) -> date | None:
        return _day(self.ends) if self.ends else self.first_day

    @property
    def begins_at(self) -> datetime | None:
        """None where no time of day is known."""
        return self.begins if isinstance(self.begins, datetime) else None

    @property
    def ends_at(self) -> datetime | None:
        return self.ends if isinstance(self.ends, datetime) else None

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is visited, each once."""
        return tuple(dict.fromkeys(one for one in (self.live, self.page) if one))


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def check_programme(notice: "Notice", file: YamlFile) -> Iterator[str]:
    """Events that are written twice, or of another year."""
    seen: dict[tuple[str, str], int] = {}
    for index, one in enumerate(notice.events):
        for key, value in (("id", one.id), ("name", one.name)):
            if (first := seen.setdefault((key, value), index)) != index:
                yield f"{file.at('events', index, key)}：{value} 第 {first + 1} 项已经有了；一个活动只写一次，请改正或删去"
        if one.first_day and one.last_day:
            is_far = (one.first_day - notice.closes).days > FAR or (notice.opens - one.last_day).days > FAR
            if is_far:
                yield (
                    f"{file.at('events', index, 'from')}：{one.first_day} 与收件日期 {notice.opens} 至 {notice.closes} "
                    "相差一年以上；请核对年份"
                )
