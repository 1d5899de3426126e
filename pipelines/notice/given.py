"""Grants in a notice's folder: who need not send something, or may send it later; for whom and for which periods each holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from pipelines.notice.fields import Code, Day, Frozen, Later, Moment, Word, refuse

_WHOM = ("recipient", "recipients", "kinds", "cities", "all")


class Grant(Frozen):
    """Something granted to one unit, a list, a kind, a city or all; for one period, a span, or all periods."""

    recipient: Word | None = Field(default=None, description="一个单位的代码")
    recipients: Annotated[tuple[Word, ...], Field(min_length=1)] | None = Field(
        default=None, description="几个单位的代码"
    )
    kinds: Annotated[tuple[Code, ...], Field(min_length=1)] | None = Field(
        default=None, description="哪几类单位"
    )
    cities: Annotated[tuple[Word, ...], Field(min_length=1)] | None = Field(
        default=None, description="哪几个市的单位，写 regions.csv 里的代码"
    )
    all: bool = Field(default=False, description="true：要报这一项的全部单位")
    deliverable: Code
    period: str | None = Field(
        default=None, description="哪一期（该期第一天，如 2020-11-08）；period、first 和 last 都不写为各期"
    )
    first: Day | None = Field(default=None, description="从哪天起的各期：与 last 同用，看每期的第一天")
    last: Day | None = Field(default=None, description="到哪天为止的各期")
    reason: Word = Field(description="理由")

    @model_validator(mode="after")
    def _clear(self) -> "Grant":
        whom = self.whom
        if len(whom) != 1:
            said = "、".join(whom)
            raise refuse(
                f"同时写了 {said}；只写一样，别的另写一条"
                if whom
                else "缺少必填的键 recipient；也可写 recipients、kinds、cities 或 all: true，请补上一样",
                *whom[1:2],
            )
        if (self.first is None) != (self.last is None):
            raise refuse("first 和 last 只写了一个；请都写上，或都不写", "first" if self.first else "last")
        if self.first and self.last and self.last < self.first:
            raise refuse(f"last {self.last} 早于 first {self.first}；请核对这两天", "last")
        if self.period is not None and self.first:
            raise refuse("写了 period，又写了 first 和 last；请留一样", "period")
        return self

    @property
    def whom(self) -> list[str]:
        """The keys that say to whom."""
        return [key for key in _WHOM if getattr(self, key)]

    @property
    def codes(self) -> tuple[str, ...]:
        """The units that are named one by one."""
        return (self.recipient,) if self.recipient else self.recipients or ()

    def is_for(self, code: str, kind: str, city_code: str) -> bool:
        """Whether a unit is meant."""
        return (
            self.all or code in self.codes or kind in (self.kinds or ()) or city_code in (self.cities or ())
        )

    def holds_in(self, period: str) -> bool:
        """Whether a period is meant; '' is the only one of what is owed once."""
        if self.first and self.last:
            return self.first.isoformat() <= period <= self.last.isoformat()
        return self.period in (None, period)

    @property
    def rank(self) -> tuple[int, int]:
        """How closely it speaks of an obligation: first of its period, then of its unit; the closest grant decides."""
        period = 2 if self.period is not None else 1 if self.first else 0
        return period, 3 if self.codes else 2 if self.cities else 1 if self.kinds else 0


class Exemption(Grant):
    """Whoever is meant need not send a deliverable; left out of every count."""


class Extension(Grant):
    """Whoever is meant may send a deliverable until `due`, or `later` than its due moment."""

    due: Moment | None = Field(default=None, description="延到何时")
    later: Later | None = Field(default=None, description="不写 due 时：比各期原来的截止推后多久，如 2d、48h")

    @model_validator(mode="after")
    def _until_when(self) -> "Extension":
        if self.due is None and self.later is None:
            raise refuse("缺少必填的键 due；请补上（各期都推后几天的写 later）")
        if self.due is not None and self.later is not None:
            raise refuse("写了 due，又写了 later；请留一个", "later")
        return self

    def new_due(self, plain: datetime) -> datetime:
        """When what was due at a moment is due under this grant."""
        return self.due if self.due else plain + (self.later or timedelta())


Given = TypeVar("Given", Exemption, Extension)


def closest(grants: Iterable[Given]) -> Given | None:
    """Of the grants that speak of one obligation, the one that speaks of it most closely."""
    return max(grants, key=lambda grant: grant.rank, default=None)
