"""What a notice says about its bulletins (`bulletins:` in notice.yaml), and when each one is made."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from pipelines.notice.fields import Code, Day, Frozen, Moment, TimeOfDay, Word, refuse

if TYPE_CHECKING:
    from pipelines.notice.model import Notice

Cadence = Literal["daily", "final"]
Issued = Literal["daily", "final", "correction"]
"""What goes out: the bulletins, and corrections of them (更正通报)."""


class Approval(Frozen):
    """A person releases or withholds what is ready; without an answer in time it goes as `otherwise` says."""

    asked: Annotated[tuple[Issued, ...], Field(min_length=1)] = Field(
        default=("daily", "final", "correction"),
        description="哪些要审签：daily 日报、final 总的通报、correction 更正通报",
    )
    wait_hours: int = Field(default=2, ge=1, description="送审后等几小时")
    otherwise: Literal["release", "withhold"] = Field(description="到时没有答复：release 发出，withhold 不发")


class Corrections(Frozen):
    """From which change on a published figure is corrected in public; smaller ones are only seen in the figures."""

    counts: int = Field(default=1, ge=1, description="单位数、项数、件数变动达到多少")
    rates: float = Field(default=0.01, gt=0, le=1, description="率变动达到多少，0.01 即 1 个百分点")
    sums: float = Field(default=0.05, gt=0, description="人次变动达到原数的多少，0.05 即 5%")


class Head(Frozen):
    """What makes a draft look as the office sends it: the red head and the imprint. Every part may be left out."""

    mark: Word = Field(description="发文机关标志，如 某某厅文件；红色小标宋居中")
    copy_number: Word | None = Field(default=None, description="份号，6 位数字")
    secrecy: Word | None = Field(default=None, description="密级和保密期限，如 秘密★1年")
    urgency: Word | None = Field(default=None, description="紧急程度，如 特急")
    document_number: Word | None = Field(default=None, description="发文字号，如 某教字〔年份〕9号")
    signer: Word | None = Field(default=None, description="签发人，只用于上行文")
    copied_to: Word | None = Field(default=None, description="版记：抄送哪些机关")
    printed_by: Word | None = Field(default=None, description="版记：印发机关")
    printed_on: Day | None = Field(default=None, description="版记：印发日期；省略为成文日期")


class Bulletins(Frozen):
    """Everything has a default: a notice that says nothing gets a bulletin each evening of its event and a final one."""

    subject: Word | None = Field(default=None, description="标题里怎么称呼这件事；不写则取自通知标题")
    addressees: Word | None = Field(default=None, description="主送，不带冒号；不写则为各类有报送任务的单位")
    publisher: Word | None = Field(default=None, description="署名；不写则为发文机关")
    whole: Word = Field(default="全部", description="合计行叫什么，如 全省")
    area: Word = Field(default="市", description="地区叫什么，如 市：16个市")
    county: Word | None = Field(default=None, description="地区的下一级叫什么，如 街道；不写则为县（市、区）")
    own_units: Word = Field(
        default="省直",
        description="regions.csv 有 province 一行时，不属于哪个市的单位那一行叫什么，如 省直、市直",
    )
    first: Day | None = Field(default=None, description="从这天起每天出一期；不写则为活动首日")
    last: Day | None = Field(default=None, description="到这天为止；不写则为活动末日")
    daily_at: TimeOfDay = Field(default=time(18, 0), description="每天几点出")
    final: Moment | None = Field(default=None, description="总的通报截至何时；不写则为收件末日0时")
    named: int = Field(default=5, ge=1, description="居前的最多点几个名；并列的不拆开")
    listed: int = Field(default=12, ge=0, description="迟报、未报不超过几个单位时在正文里点名；多的见附件")
    blame: Literal["named", "counted"] = Field(
        default="named", description="迟报、未报：named 点名，counted 只说个数"
    )
    head: Head | None = Field(default=None, description="红头和版记，由办公室填写；不写则只是文稿")
    approval: Approval | None = Field(default=None, description="发出前要人审签；不写则自动发出")
    extracts_to: tuple[Code, ...] = Field(
        default=(),
        description="哪几类单位随通报邮件收到本市的摘录：逐行，只有本市的；也要在 mail.bulletins_to 里",
    )
    corrections: Corrections = Field(
        default=Corrections(), description="已发布的数变动到什么程度，要出更正通报"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Bulletins":
        if self.first and self.last and self.last < self.first:
            raise refuse(f"last {self.last} 早于 first {self.first}；请核对这两天", "last")
        return self


def final_moment(notice: "Notice") -> datetime:
    return notice.local(notice.bulletins.final or datetime.combine(notice.closes, time()))


def daily_moments(notice: "Notice") -> list[datetime]:
    """When daily bulletins are made: each evening of the event, and each due moment of what is not owed daily; sorted."""
    said, event = notice.bulletins, notice.event
    first = said.first or (event.first_day if event else None)
    last = said.last or (event.last_day if event else None)
    found = {
        notice.local(period.due_at)
        for item in notice.deliverables.values()
        if item.periods.every != "day"
        for period in item.periods.periods()
    }
    if first and last:
        days = range((last - first).days + 1)
        found |= {datetime.combine(first + timedelta(n), said.daily_at) for n in days}
    return sorted(moment for moment in found if moment < final_moment(notice))


def planned_moments(notice: "Notice") -> list[datetime]:
    """Every moment that a bulletin is planned for, the final one last; sorted."""
    return [*daily_moments(notice), final_moment(notice)]


def cadence_of(notice: "Notice", as_of: datetime) -> Cadence:
    """The final bulletin is the one of the final moment; also one that somebody makes later."""
    return "final" if as_of >= final_moment(notice) else "daily"


def latest_moment(notice: "Notice", moment: datetime) -> datetime | None:
    """The last planned moment that is not after this one; None before the first."""
    return max((one for one in planned_moments(notice) if one <= notice.local(moment)), default=None)


def previous_moment(notice: "Notice", as_of: datetime) -> datetime | None:
    """The moment of the bulletin before this one; None for the first."""
    return max((moment for moment in daily_moments(notice) if moment < as_of), default=None)


def issue_number(notice: "Notice", as_of: datetime) -> int | None:
    """第几期, from 1; None for a moment that no bulletin is planned for."""
    moments = daily_moments(notice)
    return moments.index(as_of) + 1 if as_of in moments else None
