"""The `mail:` section of a notice: from whom its mail comes, to whom its bulletins go, and how fast mail may leave."""

from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

ALL_RECIPIENTS = "all_recipients"
"""In `bulletins_to`: every unit that has an address."""


def check_address(text: str) -> str:
    """A mail address in the form it is sent to (the domain in ASCII). Raises ValueError where it is none.

    A syntax check alone: no name server is asked. Comments, quotes, control characters and Chinese before the @ are
    refused, because common servers refuse them too.
    """
    try:
        found = validate_email(text.strip(" "), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("不是合法的邮箱地址；应写成 name@example.org") from None
    return found.ascii_email or found.normalized


Address = Annotated[str, StringConstraints(max_length=254), AfterValidator(check_address)]
ListName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sender(_Frozen):
    """Whom a reader sees as the sender."""

    name: Annotated[
        str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]+$")
    ]
    address: Address


def _as_written(value: object) -> object:
    """YAML takes a bare 22:00 for the number 1320."""
    if not isinstance(value, str | time):
        raise ValueError('时刻要加引号，写成 "22:00"')
    return value


Clock = Annotated[time, BeforeValidator(_as_written)]


class QuietHours(_Frozen):
    """The time of day at which no mail leaves; `begin` may be later than `end`, which is the next morning."""

    begin: Clock
    end: Clock

    def until(self, moment: datetime) -> datetime:
        """The first moment from this one on at which mail may leave, in the same zone as `moment`."""
        clock = moment.time()
        if self.begin <= self.end:
            is_quiet, days = self.begin <= clock < self.end, 0
        else:
            is_quiet, days = clock >= self.begin or clock < self.end, int(clock >= self.begin)
        return datetime.combine(moment.date() + timedelta(days), self.end) if is_quiet else moment


class Mail(_Frozen):
    """How a notice's mail is sent."""

    sender: Sender = Field(alias="from")
    reply_to: Address | None = None
    connection: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")] = "smtp_default"
    """The Airflow connection that mail leaves through."""
    lists: dict[ListName, tuple[Address, ...]] = {}
    bulletins_to: tuple[ListName | Literal["all_recipients"], ...] = ()
    quiet_hours: QuietHours | None = None
    per_minute: int = Field(default=20, ge=1)
    per_day: int = Field(default=500, ge=1)
    """Messages a calendar day, of all notices through the same connection."""
    give_up_after_hours: int = Field(default=72, ge=1)
    """A message that has not left this long after it might have is given up, whatever the reason."""
    dry_run: bool = False
    """True: messages are written as files even where the connection is configured."""

    @model_validator(mode="after")
    def _lists_exist(self) -> "Mail":
        if ALL_RECIPIENTS in self.lists:
            raise ValueError(f"lists 里不能用 {ALL_RECIPIENTS} 这个名字：它指全部主送单位")
        for name in self.bulletins_to:
            if name != ALL_RECIPIENTS and name not in self.lists:
                have = "、".join([*self.lists, ALL_RECIPIENTS])
                raise ValueError(f"bulletins_to 里的 {name} 不在 lists 里；可用：{have}")
        return self

    def allowed_from(self, moment: datetime) -> datetime:
        """The first moment from this one on at which mail may leave."""
        return self.quiet_hours.until(moment) if self.quiet_hours else moment
