"""What is wrong with the home itself: little room on its disk, a lake that lags behind, robots that do not answer."""

import shutil
from collections.abc import Iterator
from datetime import datetime

from pipelines.alarms.journal import FILE, Alarms
from pipelines.alarms.record import ALL_OF_THE_HOME, Condition
from pipelines.ground.durable import has_base
from pipelines.ground.home import Home
from pipelines.ground.settings import MIB, Settings
from pipelines.warehouse.lake.follow import read_failure


def find_disk(home: Home, settings: Settings) -> Iterator[Condition]:
    place = home.path
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < settings.low_disk_bytes:
        sentence = f"数据所在的磁盘只剩 {free / (1024 * MIB):.1f} GiB，低于 {settings.low_disk_bytes / (1024 * MIB):.1f} GiB"
        yield Condition("disk", ALL_OF_THE_HOME, "", sentence)


def find_lake(home: Home, now: datetime) -> Iterator[Condition]:
    """A lake that does not follow what is published; the snapshot does not lag behind for that."""
    if failure := read_failure(home):
        since = failure.since.astimezone(now.tzinfo)
        yield Condition(
            "lake", ALL_OF_THE_HOME, "", f"湖仓从 {since:%m-%d %H:%M} 起没有跟上发布，快照文件照常"
        )


def find_unreached_robots(home: Home) -> Iterator[Condition]:
    """Robots that said no last time, or were not reached."""
    if not has_base(home.alarms / FILE):
        return
    with Alarms(home.alarms) as journal:
        last = {
            channel: (state, error)
            for channel, state, error in journal.base.execute(
                "SELECT channel, state, error FROM tellings WHERE attempts > 0 ORDER BY changed_at, rowid"
            )
        }
    for channel, (state, error) in last.items():
        if state in ("queued", "failed"):
            yield Condition("robots", ALL_OF_THE_HOME, channel, f"连接 {channel}：{error}")
