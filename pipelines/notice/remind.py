"""The `remind:` section of a notice: when whoever owes something is reminded, who gets digests, and when staff is called."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_serializer

from pipelines.notice.fields import Code, Frozen, TimeOfDay, refuse
from pipelines.notice.mail import Mail

if TYPE_CHECKING:
    from pipelines.notice.files import YamlFile
    from pipelines.notice.model import Notice

_PATTERN = r"^[+-]?\d{1,3}(h|d( \d{2}:\d{2})?)$"
_PARTS = re.compile(r"(?P<sign>[+-]?)(?P<count>\d{1,3})(?P<unit>[hd])(?: (?P<clock>\d{2}:\d{2}))?")


class Offset(Frozen):
    """A moment told from a due moment: so many hours or days before (-) or after (+) it, or at a time of that day."""

    days: int = 0
    hours: int = 0
    clock: time | None = None

    def moment(self, due: datetime) -> datetime:
        """The moment for this due moment, in the same zone."""
        day = due + timedelta(days=self.days, hours=self.hours)
        return datetime.combine(day.date(), self.clock) if self.clock else day

    @model_serializer
    def _write(self) -> str:
        """As a notice writes it."""
        if self.hours:
            return f"{self.hours:+}h"
        return f"{self.days:+}d {self.clock:%H:%M}" if self.clock else f"{self.days:+}d"


def _read_offset(value: Any) -> Any:
    if isinstance(value, Offset):
        return value
    found = _PARTS.fullmatch(value) if isinstance(value, str) else None
    try:
        clock = time.fromisoformat(found["clock"]) if found and found["clock"] else None
    except ValueError:
        found = None
    if not found or (found["clock"] and found["unit"] == "h"):
        raise refuse(
            f'写成了 {value!r}；应写成 "-1d 09:00"（截止前一天 9 点）、"+1d 09:00"（截止后一天 9 点）或 "-3h"（截止前 3 小时），加引号'
        )
    count = int(f"{found['sign']}{found['count']}")
    return Offset(hours=count) if found["unit"] == "h" else Offset(days=count, clock=clock)


Shift = Annotated[
    Offset,
    BeforeValidator(_read_offset),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["-1d 09:00", "+1d 09:00", "-3h"]}),
]


class Digest(Frozen):
    """Units of one kind get the list of what units of other kinds in their own city still owe."""

    to: Code = Field(description="发给哪类单位，如 city_education_bureau")
    about: Annotated[tuple[Code, ...], Field(min_length=1)] = Field(description="列本市哪几类单位的欠报")
    at: Annotated[tuple[Shift, ...], Field(min_length=1)] = Field(description="相对截止的什么时候发")


class Escalation(Frozen):
    """Data staff get the list of those who stayed silent."""

    to: Code = Field(description="发给 mail.lists 里哪个名单")
    after: int = Field(ge=1, description="催过几次还没有报来的才列")
    at: Shift = Field(description="相对截止的什么时候发")


class Acknowledging(Frozen):
    """One a day and unit, on days on which something arrived."""

    at: TimeOfDay = Field(description="每天几点发：含前一天这时以后收到的")


class Remind(Frozen):
    """When which mail about obligations is due. A moment without its mail for `mail.give_up_after_hours` is passed over."""

    at: tuple[Shift, ...] = Field(default=(), description="相对每个截止，什么时候催报；没有单列的事项按它")
    deliverables: dict[Code, tuple[Shift, ...]] = Field(
        default={}, description="单列的事项什么时候催报；空表为不催"
    )
    digests: tuple[Digest, ...] = Field(default=(), description="把本市各单位的欠报汇总给市里的单位")
    escalation: Escalation | None = Field(default=None, description="多次催报无果，交数据人员电话联系")
    acknowledgements: Acknowledging | None = Field(
        default=None, description="每天把收到了什么、计入了什么告诉单位；不写则不告知"
    )
    columns_every_hours: int | None = Field(
        default=None, ge=1, description="收件期间每隔几小时看一次各单位的专栏网址打不打得开；不写则不看"
    )
    returns: bool = Field(default=True, description="有退回时当即告知；false 为随回执告知")

    def reminders(self, deliverable: str) -> tuple[Offset, ...]:
        """When a deliverable is reminded of, told from its due moments."""
        return self.deliverables.get(deliverable, self.at)


def check_remind(notice: "Notice", file: "YamlFile") -> Iterator[str]:
    """Names must exist; what is to leave before a due moment must not be held back by quiet hours until after it."""
    remind, at = notice.remind, file.at
    if remind is None:
        return
    if notice.mail is None:
        yield f"{at('remind')}：有 remind 而没有 mail；请写上 mail（至少 from），见 docs/mail.md"
        return
    kinds = "、".join(notice.recipient_kinds)
    for name in remind.deliverables:
        if name not in notice.deliverables:
            yield f"{at('remind', 'deliverables', name)}：没有报送事项 {name}；可用：{'、'.join(notice.deliverables)}"
    for index, digest in enumerate(remind.digests):
        for key, named in (("to", (digest.to,)), ("about", digest.about)):
            yield from (
                f"{at('remind', 'digests', index, key)}：没有 {kind} 这类单位；可用：{kinds}"
                for kind in named
                if kind not in notice.recipient_kinds
            )
    if remind.escalation and remind.escalation.to not in notice.mail.lists:
        have = "、".join(notice.mail.lists) or "（一个也没有）"
        yield f"{at('remind', 'escalation', 'to')}：mail.lists 里没有 {remind.escalation.to}；可用：{have}"
    yield from _check_quiet(notice, remind, notice.mail, file)


def _check_quiet(notice: "Notice", remind: Remind, mail: Mail, file: "YamlFile") -> Iterator[str]:
    for name, item in notice.deliverables.items():
        place = ("remind", "deliverables", name) if name in remind.deliverables else ("remind", "at")
        for index, offset in enumerate(remind.reminders(name)):
            for period in item.periods.periods():
                due = notice.local(period.due_at)
                moment = offset.moment(due)
                if moment < due <= (leaves := mail.allowed_from(moment)):
                    yield (
                        f"{file.at(*place, index)}：{name} 截止 {due}，{moment} 在静默时段里，顺延到 {leaves} 已经过了截止；"
                        "请把催报提前，或改 quiet_hours"
                    )
                    break
