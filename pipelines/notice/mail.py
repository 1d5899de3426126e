"""The `mail:` section of a notice: from whom its mail comes, to whom its bulletins go, and how fast mail may leave."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pipelines.notice.fields import Code, Frozen, TimeOfDay, Word, refuse

ALL_RECIPIENTS = "all_recipients"
"""In `bulletins_to`: every unit that has an address."""


def check_address(text: str) -> str:
    """A mail address in the form it is sent to (the domain in ASCII). Raises ValueError where it is none.

    A syntax check alone: no name server is asked. Comments, quotes, control characters and Chinese before the @ are
    refused, because common servers refuse them too.
    """
    from email_validator import (
        EmailNotValidError,
        validate_email,
    )  # whoever is handed a notice that was read needs it not

    try:
        found = validate_email(text.strip(" "), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise refuse(f"写成了 {text!r}；不是合法的邮箱地址，应写成 name@example.org") from None
    return found.ascii_email or found.normalized


Address = Annotated[str, AfterValidator(check_address)]


class Sender(Frozen):
    """Whom a reader sees as the sender."""

    name: Word = Field(description="收件人看到的名称")
    address: Address = Field(description="发件地址，多半要与登录邮箱一致")


class Contact(Frozen):
    """Whom a unit calls, and how it reports."""

    name: Word = Field(description="找谁：处室或岗位，不写个人姓名")
    phone: Word | None = Field(default=None, description="办公电话")
    email: Address | None = Field(default=None, description="办公邮箱；写了的，给单位的信回复到这里")
    line: Code | None = Field(default=None, description="哪条报送条线的；省略为各条线")
    how: Word | None = Field(default=None, description="怎么报，一句话；省略则照 sources 说")

    @property
    def words(self) -> str:
        """Whom to call, in one sentence."""
        ways = [f"电话 {self.phone}" if self.phone else "", f"邮箱 {self.email}" if self.email else ""]
        return f"有疑问请联系{self.name}：{'，'.join(filter(None, ways))}。"


class QuietHours(Frozen):
    """The time of day at which no mail leaves; `begin` may be later than `end`, which is the next morning."""

    begin: TimeOfDay = Field(description="从几点起不发")
    end: TimeOfDay = Field(description="到几点为止；早于 begin 即次日")

    def until(self, moment: datetime) -> datetime:
        """The first moment from this one on at which mail may leave, in the same zone as `moment`."""
        clock = moment.time()
        if self.begin <= self.end:
            is_quiet, days = self.begin <= clock < self.end, 0
        else:
            is_quiet, days = clock >= self.begin or clock < self.end, int(clock >= self.begin)
        return datetime.combine(moment.date() + timedelta(days), self.end) if is_quiet else moment


class Bounces(Frozen):
    """The mailbox that mail which could not be delivered comes back to: that of the sender's address."""

    connection: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")] = Field(
        description="用哪个 Airflow 连接（IMAP）读"
    )
    folder: Word = Field(default="INBOX", description="退信在哪个文件夹")


class Mail(Frozen):
    """How a notice's mail is sent."""

    sender: Sender = Field(alias="from", description="谁发")
    reply_to: Address | None = Field(default=None, description="回信寄到哪里；省略即发件人")
    contacts: tuple[Contact, ...] = Field(default=(), description="有疑问找谁、怎么报：写进给单位的每封信")
    connection: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")] = Field(
        default="smtp_default", description="用哪个 Airflow 连接发"
    )
    lists: dict[Code, tuple[Address, ...]] = Field(default={}, description="名单：名字和地址")
    bulletins_to: tuple[Code, ...] = Field(
        default=(), description="通报发给哪些名单；all_recipients 为全部有地址的主送单位"
    )
    alarms_to: tuple[Code, ...] = Field(
        default=(), description="告警发给哪些名单；省略即 remind.escalation.to，再省略即 contacts 里的邮箱"
    )
    quiet_hours: QuietHours | None = Field(default=None, description="静默时段：一封不发，顺延到结束时")
    per_minute: int = Field(default=20, ge=1, description="每分钟至多几封")
    per_day: int = Field(default=500, ge=1, description="每天至多几封，用同一连接的各通知合计")
    give_up_after_hours: int = Field(default=72, ge=1, description="过了最早发出时间多少小时还没发出就不再发")
    bounces: Bounces | None = Field(default=None, description="退信从哪个邮箱读；省略即由人登记")
    dry_run: bool = Field(default=False, description="true：配置了连接也只写成文件")

    @model_validator(mode="after")
    def _lists_exist(self) -> "Mail":
        if ALL_RECIPIENTS in self.lists:
            raise refuse(f"{ALL_RECIPIENTS} 指全部主送单位；请给名单另起一个名字", "lists", ALL_RECIPIENTS)
        for index, name in enumerate(self.bulletins_to):
            if name != ALL_RECIPIENTS and name not in self.lists:
                have = "、".join([*self.lists, ALL_RECIPIENTS])
                raise refuse(f"lists 里没有 {name}；可用：{have}", "bulletins_to", index)
        for index, name in enumerate(self.alarms_to):
            if name not in self.lists:
                raise refuse(f"lists 里没有 {name}；可用：{'、'.join(self.lists)}", "alarms_to", index)
        return self

    def contact(self, line: str) -> Contact | None:
        """A line's own, else the one for all lines."""
        own = [one for one in self.contacts if one.line == line]
        return next(iter([*own, *(one for one in self.contacts if one.line is None)]), None)

    def allowed_from(self, moment: datetime) -> datetime:
        """The first moment from this one on at which mail may leave."""
        return self.quiet_hours.until(moment) if self.quiet_hours else moment
