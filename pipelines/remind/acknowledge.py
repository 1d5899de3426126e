"""What arrived, in a unit's mail of the day: each file with the day it came and what became of it; returns with their files."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pipelines.remind.arrivals import Arrival
from pipelines.remind.attachments import Returned
from pipelines.remind.series import say_day, say_days
from pipelines.send.compose import File
from pipelines.send.letter import Block, Table

MOST_LISTED = 20
"""Files that a mail lists; of more, those that went back, and the first others."""
MOST_NOTED = 20
"""Notes that a mail lists."""
MOST_BYTES = 10_000_000
"""Of attachments; common servers refuse more than about 20 MB, and base64 adds a third."""
STRAY = "如不是报送材料，可不理会。"
_RESULTS = (
    ("accepted", "收下"),
    ("partly accepted", "部分退回"),
    ("rejected", "退回"),
    ("duplicate", "重复"),
)


def say_news(news: Iterable[Arrival], returned: Returned, now: datetime) -> Iterator[Block]:
    """The part about what arrived; nothing where nothing did."""
    news = list(news)
    if not news:
        return
    files = [one for one in news if one.state != "attachment"]
    attached = len(news) - len(files)
    days = say_days(news[0].received_at.date(), news[-1].received_at.date(), now)
    counts = Counter(one.state for one in files)
    ends = [f"{word} {counts[state]} 件" for state, word in _RESULTS if counts[state]]
    ends += [f"图片、视频等附件 {attached} 件（已存档）"] if attached else []
    yield f"收到贵单位 {days} 报来的 {len(news)} 件：{'，'.join(ends)}。"
    shown = sorted(files, key=lambda one: not one.is_returned)[:MOST_LISTED]
    shown.sort(key=files.index)
    if shown:
        rows = tuple(_line(one, returned, now) for one in shown)
        yield Table(("报来的", "事项", "收到时间", "结果", "退回原因"), rows)
    if len(files) > len(shown):
        rest = Counter(one.state for one in files if one not in shown)
        yield f"另有 {len(files) - len(shown)} 件没有逐件列出：{'，'.join(f'{word} {rest[state]} 件' for state, word in _RESULTS if rest[state])}。"
    yield from _say_notes(news)
    if any(one.is_returned for one in files):
        yield (
            "退回的请改正后重新报送；部分收下的，已收下的行不受影响，不必删去。"
            "附件是标出问题的退回件，也放在贵单位文件夹的“退回”里。"
        )


def _say_notes(news: Iterable[Arrival]) -> Iterator[Block]:
    """What else was noted of these, for the unit to look at again; nothing where nothing was."""
    notes = [(one.name, note) for one in news for note in dict.fromkeys(one.notes)]
    if notes:
        yield Table(("报来的", "另外提请核对"), tuple(notes[:MOST_NOTED]))
    if len(notes) > MOST_NOTED:
        yield f"另有 {len(notes) - MOST_NOTED} 条提请核对的没有列出。"


def find_files(news: Iterable[Arrival], returned: Returned) -> Iterator[File]:
    """The returned files, as many as a mail holds; each goes with the one mail that first tells of it."""
    left = MOST_BYTES
    for one in news:
        file = returned.file(one.submission_id) if one.is_returned else None
        if file and len(file.content) <= left:
            left -= len(file.content)
            yield file


def _line(one: Arrival, returned: Returned, now: datetime) -> tuple[str, str, str, str, str]:
    kept = one.row_count - one.rejected_row_count
    result = {
        "accepted": f"收下，{one.row_count} 行计入" if one.row_count else "收下",
        "partly accepted": f"{kept} 行计入，{one.rejected_row_count} 行退回",
        "rejected": "退回，没有计入",
        "duplicate": "与先前报来的相同，不重复计",
    }[one.state]
    why = returned.summary(one.submission_id) if one.is_returned else ""
    why += STRAY if one.is_stray else ""
    return (
        one.name,
        one.deliverable_name or "",
        f"{say_day(one.received_at.date(), now)} {one.received_at:%H:%M}",
        result,
        why,
    )
