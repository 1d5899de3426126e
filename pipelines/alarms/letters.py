"""What an alarm says, and that it is over: as a mail to data staff and as a message to a group."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipelines.alarms.record import KINDS, Alarm
from pipelines.alarms.robots import Message
from pipelines.notice import Notice
from pipelines.send.compose import Mail, make_key
from pipelines.send.letter import Letter, Table
from pipelines.send.mailbox import Mailbox
from pipelines.send.records import mail_settings

PURPOSE = "alarm"
Event = Literal["raised", "over"]
WORDS = {"raised": "发生", "over": "恢复"}
_STAFF = "contacts"
"""Stands for the list where the notice names none and its contacts are written to."""


def addressees(notice: Notice) -> list[tuple[str, str]]:
    """(list, address) of everybody who gets a notice's alarms, each address once; nobody where it sends no mail."""
    if notice.mail is None:
        return []
    names = notice.mail.alarms_to
    if not names and notice.remind and notice.remind.escalation:
        names = (notice.remind.escalation.to,)
    pairs = [(name, address) for name in names for address in notice.mail.lists[name]]
    if not names:
        pairs = [(_STAFF, one.email) for one in notice.mail.contacts if one.email]
    return list({address.lower(): (name, address) for name, address in reversed(pairs)}.values())[::-1]


def title_of(alarm: Alarm, event: Event) -> str:
    if event == "raised":
        return f"告警：{alarm.name}"
    return f"告警{'已处理' if _is_settled(alarm) else '恢复'}：{alarm.name}"


def lines_of(alarm: Alarm, event: Event, title: str, local: "Local") -> tuple[str, ...]:
    """What is seen, since when, and what to do; or from when to when it was. Each is a sentence."""
    about = f"{title}。" if title else ""
    if event == "raised":
        return (
            f"{about}{alarm.sentence}。",
            f"发现于 {local(alarm.raised_at)}（编号 {alarm.id}）。",
            f"怎么办：{alarm.remedy}。",
        )
    assert alarm.over_at
    begin, until = alarm.raised_at, alarm.gone_at or alarm.over_at
    how = f"由 {alarm.settled_by} 处理" if _is_settled(alarm) else "恢复正常"
    return (
        f"{about}{alarm.sentence}。",
        f"{local(begin)} 发现，{local(until)} {how}，历时 {_in_words(until - begin)}（编号 {alarm.id}）。",
    )


class Local:
    """Moments as a reader in one notice's zone reads them."""

    def __init__(self, notice: Notice | None) -> None:
        self._notice = notice

    def __call__(self, moment: datetime) -> str:
        return f"{self.read(moment):%Y-%m-%d %H:%M}{'' if self._notice else ' UTC'}"

    def read(self, moment: datetime) -> datetime:
        """Naive, in the notice's zone, or in UTC where there is no notice."""
        return self._notice.local(moment) if self._notice else moment.astimezone(UTC).replace(tzinfo=None)


def write_message(alarm: Alarm, event: Event, title: str, notice: Notice | None) -> Message:
    """`notice`: whose zone moments are told in."""
    return Message(title_of(alarm, event), lines_of(alarm, event, title, Local(notice)), event == "over")


def write_mails(alarm: Alarm, event: Event, title: str, carrier: Notice) -> Iterator[Mail]:
    """One to each addressee of the notice that carries it."""
    sender, lines = mail_settings(carrier).sender, lines_of(alarm, event, title, Local(carrier))
    rows = tuple(zip(("情况", "何时", "怎么办"), lines, strict=False))
    letter = Letter(title_of(alarm, event), "数据人员", (Table(("项", "内容"), rows),), (sender.name,))
    for name, address in addressees(carrier):
        yield Mail(
            purpose=PURPOSE,
            recipient=name,
            what=what_of(alarm, event),
            to=Mailbox("", address),
            subject=f"{letter.title}（{title or '全部通知'}）",
            text=letter.text,
            html=letter.html,
            member=address,
            thread=f"alarm {alarm.id} {alarm.raised_at.isoformat()}",
        )


def what_of(alarm: Alarm, event: Event) -> str:
    """Tells one alarm's mail from every other's, also after the journal was restored from a backup and counts anew."""
    return f"{alarm.id} {alarm.raised_at.isoformat()} {WORDS[event]}"


def keys_of(alarm: Alarm, event: Event, carrier: Notice) -> list[str]:
    """The outbox's keys of these mails."""
    return [
        make_key(carrier.id, PURPOSE, name, what_of(alarm, event), address)
        for name, address in addressees(carrier)
    ]


def _is_settled(alarm: Alarm) -> bool:
    return bool(alarm.settled_by) and not KINDS[alarm.kind].is_watched


def _in_words(span: timedelta) -> str:
    minutes = max(int(span.total_seconds() // 60), 1)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes % 60} 分钟" if hours else f"{minutes} 分钟"
