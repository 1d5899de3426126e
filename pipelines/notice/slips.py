"""What is written rightly and surely meant otherwise: another year, a path that leads out."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath, PureWindowsPath

from pipelines.notice.files import YamlFile
from pipelines.notice.model import Notice

BEFORE = timedelta(days=92)
"""An event may be over when its notice opens, but hardly longer than this."""
_SPACES = re.compile(r"[\s\u200b\ufeff]+")


def check_slips(notice: Notice, file: YamlFile) -> Iterator[str]:
    """Each slip once, at its own line."""
    yield from _check_event(notice, file)
    yield from _check_paths(notice, file)


def plain_name(name: str) -> str:
    """A name as it is compared: NFKC, without white space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name))


def _check_event(notice: Notice, file: YamlFile) -> Iterator[str]:
    event = notice.event
    if event is None:
        return
    if event.first_day > notice.closes:
        yield f"{file.at('event', 'first_day')}：{event.first_day} 晚于 closes {notice.closes}，收件时活动还没有开始；请核对年份"
    elif event.last_day < notice.opens - BEFORE:
        yield f"{file.at('event', 'last_day')}：{event.last_day} 比 opens {notice.opens} 早了三个月以上；请核对年份"
    else:
        for name, item in notice.deliverables.items():
            window = notice.window(name) if item.kind == "materials" else None
            if window and (window[1] < event.first_day or window[0] > event.last_day):
                yield (
                    f"{file.at('deliverables', name, 'periods')}：{window[0]} 至 {window[1]} 与活动 {event.first_day} 至 {event.last_day} "
                    "没有一天相同，活动日覆盖率总是 0；请核对年月日"
                )


def _check_paths(notice: Notice, file: YamlFile) -> Iterator[str]:
    for index, source in enumerate(notice.sources):
        parts = PurePosixPath(source.path.replace("\\", "/")).parts
        if ".." in parts or source.path.startswith(("/", "\\")) or PureWindowsPath(source.path).drive:
            yield f"{file.at('sources', index, 'path')}：{source.path} 指到收件文件夹外面去了；请写收件文件夹里面的名称，不用 .. 和盘符"
