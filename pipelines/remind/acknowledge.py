"""Acknowledgements and returns: each day a unit hears what became of what it sent; what went back is explained at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from pipelines.notice.model import Notice
from pipelines.remind.arrivals import Arrival
from pipelines.remind.attachments import Returned
from pipelines.remind.letters import Writer, say_day, say_moment
from pipelines.remind.moments import is_fresh
from pipelines.send.compose import File, Mail
from pipelines.send.letter import Letter, Table
from pipelines.send.mailbox import Mailbox
from pipelines.send.records import mail_settings

ACKNOWLEDGEMENT, RETURN = "acknowledgement", "return"
MOST_LISTED = 40
"""Lines of a acknowledgement's table: more do not fit a phone."""
MOST_NOTED = 20
"""Notes that an acknowledgement lists."""
MOST_BYTES = 10_000_000
"""Of attachments; common servers refuse more than about 20 MB, and base64 adds a third."""
DAY = timedelta(days=1)


class Acknowledgements:
    """The acknowledgements and returns that stand at a moment; what each says is only written where it is asked for."""

    def __init__(
        self, notice: Notice, units: Mapping[str, Mailbox], writer: Writer, returned: Returned
    ) -> None:
        self._notice, self._units, self._writer, self._returned = notice, units, writer, returned
        self._settings = mail_settings(notice)

    def returns(self, arrivals: Iterable[Arrival], now: datetime) -> Iterator[tuple[str, str, list[Arrival]]]:
        """Recipient, what and content of each return: once a submission, while it is news."""
        for one in arrivals:
            is_written = one.is_returned and self._returned.is_written(one.submission_id)
            if (
                is_written
                and one.recipient_code in self._units
                and is_fresh(one.known_at, now, self._settings)
            ):
                yield one.recipient_code, one.submission_id, [one]

    def acknowledgements(
        self, arrivals: Iterable[Arrival], now: datetime
    ) -> Iterator[tuple[str, str, list[Arrival]]]:
        """Recipient, what and content of each acknowledgement: one for each day on which something of a unit became known."""
        remind = self._notice.remind
        assert remind
        assert remind.acknowledgements
        found: dict[tuple[datetime, str], list[Arrival]] = {}
        for one in arrivals:
            moment = datetime.combine(one.known_at.date(), remind.acknowledgements.at)
            moment += DAY if one.known_at > moment else timedelta(0)
            if moment <= now and one.recipient_code in self._units and is_fresh(moment, now, self._settings):
                found.setdefault((moment, one.recipient_code), []).append(one)
        for (moment, code), content in found.items():
            yield code, moment.date().isoformat(), content

    def write(self, purpose: str, recipient: str, what: str, content: list[Arrival]) -> Mail:
        letter = (
            self._write_return(recipient, content[0])
            if purpose == RETURN
            else self._write_acknowledgement(recipient, content)
        )
        files = tuple(self._files(content))
        return Mail(
            *(purpose, recipient, what, self._units[recipient], letter.title, letter.text, letter.html, files)
        )

    def _files(self, content: list[Arrival]) -> Iterator[File]:
        left = MOST_BYTES
        for one in content:
            file = self._returned.file(one.submission_id) if one.is_returned else None
            if file and len(file.content) <= left:
                left -= len(file.content)
                yield file

    def _write_return(self, recipient: str, one: Arrival) -> Letter:
        has_file = self._returned.file(one.submission_id) is not None
        how = "附件是标出问题的退回件。" if has_file else ""
        kept = one.row_count - one.rejected_row_count
        word = f"部分退回（{kept} 行已收下）" if one.state == "partly accepted" else "退回"
        parts = (
            f"{self._writer.opening}贵单位 {say_moment(one.received_at)} 报来的{one.name}有问题，请改正后重新报送。{how}",
            self._returned.summary(one.submission_id),
            "只需重报有问题的部分；已收下的不受影响。" if one.state == "partly accepted" else "",
        )
        blocks = tuple(part for part in parts if part)
        return Letter(f"{word}：{one.name}", self._writer.name(recipient), blocks, self._writer.signature)

    def _write_acknowledgement(self, recipient: str, content: list[Arrival]) -> Letter:
        shown = [one for one in content if one.state != "attachment"]
        attached = len(content) - len(shown)
        first, last = content[0].known_at, content[-1].known_at
        days = (
            say_day(last.date(), last)
            if first.date() == last.date()
            else f"{say_moment(first)} 至 {say_moment(last)}"
        )
        blocks: list[str | Table] = [
            f"{self._writer.opening}{days}收到贵单位报来的 {len(content)} 件，结果如下。"
        ]
        if shown:
            rows = tuple(self._line(one) for one in shown[:MOST_LISTED])
            blocks.append(Table(("报来的", "事项", "收到时间", "结果", "退回原因"), rows))
        if len(shown) > MOST_LISTED:
            blocks.append(f"另有 {len(shown) - MOST_LISTED} 件没有列出。")
        if attached:
            blocks.append(f"图片、视频等附件 {attached} 个，已存档。")
        blocks += _noted(content)
        owed = self._writer.owed_by(recipient)
        blocks.append(owed or "到目前为止应报的都已报齐，谢谢！")
        title = f"回执：收到 {len(content)} 件"
        if returned := sum(one.is_returned for one in content):
            title += f"，其中 {returned} 件有退回"
        return Letter(title, self._writer.name(recipient), tuple(blocks), self._writer.signature)

    def _line(self, one: Arrival) -> tuple[str, str, str, str, str]:
        kept = one.row_count - one.rejected_row_count
        result = {
            "accepted": f"收下，{one.row_count} 行计入" if one.row_count else "收下",
            "partly accepted": f"{kept} 行计入，{one.rejected_row_count} 行退回",
            "rejected": "退回，没有计入",
            "duplicate": "与先前报来的相同，不重复计",
        }[one.state]
        why = self._returned.summary(one.submission_id) if one.is_returned else ""
        return one.name, one.deliverable_name or "", say_moment(one.received_at), result, why


def _noted(content: list[Arrival]) -> list[str | Table]:
    """What else was noted of these, for the unit to look at again; nothing where nothing was."""
    notes = [(one.name, note) for one in content for note in dict.fromkeys(one.notes)]
    if not notes:
        return []
    blocks: list[str | Table] = [Table(("报来的", "另外提请核对"), tuple(notes[:MOST_NOTED]))]
    if len(notes) > MOST_NOTED:
        blocks.append(f"另有 {len(notes) - MOST_NOTED} 条提请核对的没有列出。")
    return blocks
