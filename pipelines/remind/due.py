"""Whether the flow that writes to a notice's units has anything to do: asked every hour of every open notice."""

from datetime import datetime, timedelta
from zlib import crc32

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.check import find_due, find_due_events
from pipelines.remind.queue import remind


def why_remind(home: Home, notice: Notice, now: datetime) -> str:
    """Why it is to run at `now` (Chinese); '' where it would do nothing. Changes nothing. Raises as `remind` does.

    Once a day it runs whatever there is to do, at an hour of its own: so that its addresses are looked at, and people see that
    it works.
    """
    if queued := remind(home, notice, now, dry_run=True).queued:
        return f"有 {len(queued)} 封信要放入发件箱"
    if hours := notice.remind.columns_every_hours if notice.remind else None:
        moment, every = notice.local(now), timedelta(hours=hours)
        due = [*find_due(home, notice, moment, every), *find_due_events(home, notice, moment, every)]
        if due:
            return f"有 {len(due)} 个专栏、活动页面要看"
    return "每天一次的例行检查" if notice.local(now).hour == crc32(notice.id.encode()) % 24 else ""
