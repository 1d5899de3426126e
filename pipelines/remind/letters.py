"""What the mails of a day say, in Chinese: what to do by when, what came and what became of it, what is owed later."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from pipelines.notice.model import Notice
from pipelines.remind.acknowledge import find_files, say_news
from pipelines.remind.attachments import Returned, make_templates
from pipelines.remind.channels import say_channels, say_contact
from pipelines.remind.facts import Facts, Owed
from pipelines.remind.lacking import say_lacking
from pipelines.remind.plan import Wanted
from pipelines.remind.series import Run, find_runs, say_day, say_moment
from pipelines.remind.told import ESCALATION
from pipelines.send.compose import File
from pipelines.send.letter import Block, Letter, Table

MOST_CARDS = 60
"""About other units in one mail; the rest is counted."""


class Writer:
    """Writes the letters of one moment."""

    def __init__(
        self, notice: Notice, facts: Facts, reachable: Collection[str], returned: Returned, now: datetime
    ) -> None:
        self._notice, self._facts, self._reachable, self._returned = notice, facts, reachable, returned
        self._now = now
        self._units = {one.code: one for one in notice.recipients}

    def write(self, one: Wanted) -> tuple[Letter, tuple[File, ...]]:
        """The letter and what goes with it."""
        if one.purpose == ESCALATION:
            return self._letter(one, "数据人员", self._call(one)), ()
        files = [*find_files(one.news, self._returned)]
        tables = [*make_templates(self._notice, one.recipient, one.templates)]
        blocks = [*self._to_unit(one, bool(tables))]
        return self._letter(one, self._units[one.recipient].name, blocks), (*files, *tables)

    def _letter(self, one: Wanted, greeting: str, blocks: Iterable[Block]) -> Letter:
        assert self._notice.mail
        opening = f"《{self._notice.title}》（{self._notice.document_number}）："
        signature = (self._notice.mail.sender.name, say_day(one.day, self._now))
        return Letter(self._title(one), greeting, (opening, *blocks), signature)

    def subject(self, one: Wanted) -> str:
        """The title and the matter: of several notices' mails in one mailbox each says whose it is."""
        matter = self._notice.bulletins.subject or self._notice.title
        return f"{self._title(one)}（{matter}）"

    def _title(self, one: Wanted) -> str:
        """The day first, then what is asked for, in counts."""
        today = sum(owed.due_at.date() == one.day for owed in one.soon)
        parts = [
            f"请补报 {len(one.missing)} 项" if one.missing else "",
            f"今日截止 {today} 项" if today else "",
            f"将截止 {len(one.soon) - today} 项" if len(one.soon) > today else "",
            f"收到 {len(one.news)} 件" if one.news else "",
            f"退回 {returned} 件" if (returned := sum(new.is_returned for new in one.news)) else "",
            f"本{self._notice.bulletins.area}欠报 {_units(one.city)} 个单位" if one.city else "",
            f"多次催报未报 {_units(one.silent)} 个单位" if one.silent else "",
            f"没有邮箱 {_units(one.unreachable)} 个单位" if one.unreachable else "",
        ]
        call = "请联系：" if one.purpose == ESCALATION else ""
        return f"{say_day(one.day, self._now)}{call or '：'}{'，'.join(filter(None, parts))}"

    def _to_unit(self, one: Wanted, has_templates: bool) -> Iterator[Block]:
        line = self._units[one.recipient].line
        known = self._facts.collected.get(line)
        as_of = min(self._now, known) if known else self._now
        shown = {new.submission_id for new in one.news}
        if one.missing or one.soon:
            yield f"截至 {say_moment(as_of, self._now)} 收到的，贵单位要办的事："
        if one.missing:
            yield self._table(one.missing, f"请尽快补报以下 {len(one.missing)} 项（已过截止时间）：", shown)
        if one.soon:
            yield self._table(one.soon, f"请在截止前报送以下 {len(one.soon)} 项：", shown)
        if one.unverified:
            yield f"另有 {len(one.unverified)} 项刚到截止时间，收到的还在核对，下次告知。"
        yield from say_news(one.news, self._returned, self._now)
        if not (one.missing or one.soon or one.unverified):
            yield "到目前为止应报的都已报齐，谢谢！" if not one.later else "已到截止时间的都已报齐，谢谢！"
        yield from say_lacking(self._facts, one.recipient)
        if one.later:
            runs = "；".join(run.words(self._now) for run in find_runs(self._notice, one.later))
            yield f"以后还要报：{runs}。"
        if one.city:
            yield from self._city(one.city)
        if one.missing or one.soon or any(new.is_returned for new in one.news):
            yield self._how(one, line, has_templates)
        if contact := say_contact(self._notice, line):
            yield contact
        if one.missing or one.soon:
            yield "如在上述时间之后已经报送，不必理会此信。"

    def _how(self, one: Wanted, line: str, has_templates: bool) -> str:
        said = [f"怎么报：{say_channels(self._notice, line)}。"]
        if has_templates:
            said.append("附件里有预填的表样，下拉选择即可，不易填错。")
        owed = (*one.missing, *one.soon)
        for name in dict.fromkeys(debt.deliverable for debt in owed):
            if how := self._notice.said_of_sending(name):
                said.append(f"“{self._notice.deliverables[name].name}”{how}")
        items = [self._notice.deliverables[debt.deliverable] for debt in owed]
        if any(item.kind == "materials" for item in items):
            said.append("当日没有活动的，也请报“零报告”。")
        elif any(item.zero_report for item in items):
            said.append("本期没有情况的，也请报“零报告”。")
        return "".join(said)

    def _table(self, owed: Iterable[Owed], caption: str, shown: Collection[str]) -> Table:
        """A line a run of periods; a return that this mail tells of anyway is not explained twice."""
        rows = tuple(
            (run.name, run.period(self._now), _times(run), run.due(self._now), self._reason(run, shown))
            for run in find_runs(self._notice, owed)
        )
        return Table(("事项", "期", "项数", "截止", "曾被退回，因为"), rows, caption)

    def _reason(self, run: Run, shown: Collection[str]) -> str:
        found = run.owed[-1].returned_id
        if not found:
            return ""
        return "见下面的退回原因" if found in shown else self._returned.summary(found)

    def _city(self, owed: tuple[Owed, ...]) -> Iterator[Block]:
        yield (
            f"{owed[0].city or f'本{self._notice.bulletins.area}'}有 {_units(owed)} 个单位共 {len(owed)} 项应报而没有收到可用的报送，请予督促"
            "（已另行告知有邮箱的单位）："
        )
        yield from self._others(owed)

    def _call(self, one: Wanted) -> Iterator[Block]:
        """To data staff: who stayed silent, who has no address."""
        assert self._notice.remind
        assert self._notice.remind.escalation
        yield f"截至 {say_moment(self._now)}："
        if one.silent:
            yield (
                f"以下 {_units(one.silent)} 个单位共 {len(one.silent)} 项，已催报 "
                f"{self._notice.remind.escalation.after} 次以上仍未收到可用的报送，请电话联系。"
            )
            yield from self._others(one.silent)
        if one.unreachable:
            yield (
                f"以下 {_units(one.unreachable)} 个单位共 {len(one.unreachable)} 项，没有可用的邮箱，没有催报，请用其他方式联系；"
                f"用 notices contacts import {self._notice.id} 补上邮箱后，以后即可催报。"
            )
            yield from self._others(one.unreachable, with_remarks=False)
        if one.known:
            yield f"以前的信里列过、现在仍未报来的另有 {one.known} 项，全部见 notices status。"

    def _others(self, owed: Iterable[Owed], with_remarks: bool = True) -> Iterator[Block]:
        """A card for all units that owe the same: what it is, and their names in roster order."""
        groups: dict[str, list[Owed]] = {}
        for one in owed:
            groups.setdefault(one.recipient_code, []).append(one)
        cards: dict[tuple[str, str], list[str]] = {}
        for group in groups.values():
            remark = self._remark(group) if with_remarks else ""
            cards.setdefault(("；".join(self._debts(group)), remark), []).append(group[0].recipient)
        rows = tuple(
            (debts, str(len(names)), "、".join(names), remark) for (debts, remark), names in cards.items()
        )
        yield Table(("未报", "单位数", "单位", "备注"), rows[:MOST_CARDS])
        if len(rows) > MOST_CARDS:
            rest = sum(int(row[1]) for row in rows[MOST_CARDS:])
            yield f"另有 {rest} 个单位没有列出，全部见 notices status。"

    def _debts(self, group: list[Owed]) -> Iterator[str]:
        """Each deliverable once, with all its periods."""
        runs: dict[str, list[str]] = {}
        for run in find_runs(self._notice, group):
            period, count = run.period(self._now), f"，{len(run.owed)} 项" if len(run.owed) > 1 else ""
            runs.setdefault(run.name, []).extend([f"{period}{count}"] if period else [])
        for name, periods in runs.items():
            yield f"{name}（{'；'.join(periods)}）" if periods else name

    def _remark(self, group: list[Owed]) -> str:
        found = ["有退回"] if any(one.is_returned for one in group) else []
        found += [] if group[0].recipient_code in self._reachable else ["没有邮箱，催不到"]
        return "，".join(found)


def _units(owed: Iterable[Owed]) -> int:
    return len({one.recipient_code for one in owed})


def _times(run: Run) -> str:
    return f"{len(run.owed)} 项" if len(run.owed) > 1 else ""
