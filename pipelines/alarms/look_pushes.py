"""What is wrong with pushes: nobody can tell the end of some, some failed, or should have left long ago."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipelines.alarms.record import Condition
from pipelines.decide.record import Decisions
from pipelines.ground.durable import has_base
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.send.push_records import PushState
from pipelines.send.pushes import Pushes


def find_pushes(
    home: Home, notice: Notice, decisions: Decisions, now: datetime, settings: Settings
) -> Iterator[Condition]:
    """One a destination, so that two newspapers are told apart; none where nothing was ever pushed."""
    if not has_base(home.pushes / Pushes.file):
        return
    settled = decisions.settled(datetime.max)
    late = now - timedelta(minutes=settings.silent_minutes)
    counts: dict[str, dict[str, int]] = {}
    with Pushes(home.pushes) as pushes:
        for word, state in (("没推成", PushState.failed), ("收下与否不明", PushState.unsure)):
            for row in pushes.rows(state, notice.id):
                if f"push:{row.key}:{row.state}" not in settled:
                    _count(counts, row.destination, word)
        for row in pushes.rows(PushState.queued, notice.id):
            if row.queued_at <= late:
                _count(counts, row.destination, f"等了 {settings.silent_minutes} 分钟以上还没有推出")
    for destination, found in sorted(counts.items()):
        told = "、".join(f"{word} {count} 件" for word, count in found.items())
        yield Condition("pushes", notice.id, destination, f"推送到 {destination} 的{told}")


def _count(counts: dict[str, dict[str, int]], destination: str, word: str) -> None:
    found = counts.setdefault(destination, {})
    found[word] = found.get(word, 0) + 1
