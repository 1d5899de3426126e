"""What the mails say, in Chinese: what is owed and by when, what was returned and why, who stayed silent."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from pipelines.notice.model import Notice
from pipelines.remind.attachments import Returned, make_templates
from pipelines.remind.facts import Facts, Owed
from pipelines.remind.plan import DIGEST, ESCALATION, REMINDER, Wanted
from pipelines.send.compose import File
from pipelines.send.letter import Letter, Table

Block = str | Table
STATUSES = {"missing": "已过截止，未报", "pending": "未到截止"}


class Writer:
    """Writes the letters of one moment."""

    def __init__(
        self,
        notice: Notice,
        facts: Facts,
        reachable: Collection[str],
        returned: Returned,
    ) -> None:
        self._notice, self._facts, self._reachable, self._returned = notice, facts, reachable, returned
        self._names = {one.code: one.name for one in notice.recipients}

    def write(self, one: Wanted) -> tuple[Letter, tuple[File, ...]]:
        """The letter and what goes with it."""
        title, greeting, blocks = {
            REMINDER: self._reminder,
            DIGEST: self._digest,
            ESCALATION: self._escalation,
        }[one.purpose](one)
        files = (
            tuple(make_templates(self._notice, one.recipient, one.about)) if one.purpose == REMINDER else ()
        )
        if files:
            blocks.insert(-1, "附件是预填的表样，下拉选择即可，不易填错。")
        return Letter(title, greeting, tuple(blocks), self.signature), files

    @property
    def signature(self) -> tuple[str, ...]:
        assert self._notice.mail
        return (self._notice.mail.sender.name, say_day(self._facts.now.date(), self._facts.now))

    def name(self, recipient: str) -> str:
        return self._names[recipient]

    def owed_by(self, recipient: str) -> Table | None:
        """All that a unit still owes; None where that is nothing."""
        owed = [one for one in self._facts.owed if one.recipient_code == recipient]
        return self._table(owed, "还欠：") if owed else None

    def _reminder(self, one: Wanted) -> tuple[str, str, list[Block]]:
        missing = [owed for owed in one.about if owed.status == "missing"]
        pending = [owed for owed in one.about if owed.status == "pending"]
        others = [
            owed
            for owed in self._facts.owed
            if owed.recipient_code == one.recipient and owed.status == "missing" and owed not in one.about
        ]
        said = [f"{len(missing)} 项已过截止时间，还没有收到可用的报送"] if missing else []
        said += [f"{len(pending)} 项即将截止"] if pending else []
        blocks: list[Block] = [
            f"{self.opening}截至 {say_moment(self._facts.now)}，贵单位有 {'；有 '.join(said)}。请尽快报送。",
            self._table(one.about),
        ]
        if others:
            blocks += [self._table(others, "此外，以下各项也已过截止时间，还没有收到：")]
        blocks += [
            "请按通知规定的渠道报送。当日没有活动的，也请报“零报告”。"
            if any(self._notice.deliverables[owed.deliverable].kind == "materials" for owed in one.about)
            else "请按通知规定的渠道报送。",
            "如在上述时间之后已经报送，不必理会此信。",
        ]
        word = "逾期未报" if missing else "即将截止"
        return f"催报（{word}）：{say_items(one.about)}", self.name(one.recipient), blocks

    def _digest(self, one: Wanted) -> tuple[str, str, list[Block]]:
        units = dict.fromkeys(owed.recipient_code for owed in one.about)
        city = one.about[0].city or ""
        blocks: list[Block] = [
            f"{self.opening}截至 {say_moment(self._facts.now)}，{city}有 {len(units)} 个单位共 {len(one.about)} 项"
            "应报而没有收到可用的报送，请予督促。催报另行发给有邮箱的单位。",
            self._units_table(one.about),
        ]
        title = f"本市欠报情况：{len(units)} 个单位 {len(one.about)} 项"
        return title, self.name(one.recipient), blocks

    def _escalation(self, one: Wanted) -> tuple[str, str, list[Block]]:
        blocks: list[Block] = [f"{self.opening}截至 {say_moment(self._facts.now)}："]
        parts = []
        if one.about and self._notice.remind and self._notice.remind.escalation:
            after = self._notice.remind.escalation.after
            units = len({owed.recipient_code for owed in one.about})
            parts.append(f"多次催报未报 {units} 个单位")
            blocks += [
                f"以下 {units} 个单位共 {len(one.about)} 项，已催报 {after} 次以上仍未收到可用的报送，请电话联系。",
                self._units_table(one.about),
            ]
        if one.unreachable:
            units = len({owed.recipient_code for owed in one.unreachable})
            parts.append(f"没有邮箱 {units} 个单位")
            blocks += [
                f"以下 {units} 个单位没有可用的邮箱，本次没有催报，请用其他方式联系；"
                "在 recipients.csv 的 email 列补上地址后，以后即可催报。",
                self._units_table(one.unreachable),
            ]
        return f"请联系：{'，'.join(parts)}", "数据人员", blocks

    @property
    def opening(self) -> str:
        return f"《{self._notice.title}》（{self._notice.document_number}）：\n"

    def _table(self, owed: Iterable[Owed], caption: str = "") -> Table:
        rows = tuple((*self._item(one), STATUSES[one.status], self._reason(one)) for one in owed)
        return Table(("事项", "期", "截止", "情况", "曾被退回，因为"), rows, caption)

    def _units_table(self, owed: Iterable[Owed]) -> Table:
        rows = tuple((one.recipient, *self._item(one), self._remark(one)) for one in owed)
        return Table(("单位", "事项", "期", "截止", "备注"), rows)

    def _remark(self, one: Owed) -> str:
        found = ["有退回"] if one.is_returned else []
        found += [] if one.recipient_code in self._reachable else ["没有邮箱，催不到"]
        return "，".join(found)

    def _item(self, one: Owed) -> tuple[str, str, str]:
        return (
            one.deliverable_name,
            say_period(one.first_day, one.last_day, self._facts.now),
            say_moment(one.due_at, self._facts.now),
        )

    def _reason(self, one: Owed) -> str:
        return self._returned.summary(one.returned_id) if one.returned_id else ""


def say_items(owed: Iterable[Owed]) -> str:
    """The deliverables in one line, for a subject."""
    names = list(dict.fromkeys(one.deliverable_name for one in owed))
    return names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 项"


def say_period(first: date | None, last: date | None, now: datetime) -> str:
    """'' where a deliverable is owed once."""
    if first is None or last is None:
        return ""
    return say_day(first, now) if first == last else f"{say_day(first, now)}至{say_day(last, now)}"


def say_day(day: date, now: datetime) -> str:
    """With its year where that is not this one."""
    return f"{day.month}月{day.day}日" if day.year == now.year else f"{day.year}年{day.month}月{day.day}日"


def say_moment(moment: datetime, now: datetime | None = None) -> str:
    """To the minute; seconds where they are none of 0 and 59."""
    clock = f"{moment:%H:%M}" if moment.second in (0, 59) else f"{moment:%H:%M:%S}"
    return f"{say_day(moment.date(), now or moment)} {clock}"
