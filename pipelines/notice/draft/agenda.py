"""A table that says what is handed in, by whom and by when: each of its rows is a duty."""

import re
from collections.abc import Iterator
from datetime import date

from pipelines.notice.draft.records import Duty
from pipelines.notice.draft.reporting import find_channels
from pipelines.notice.draft.text import Line
from pipelines.notice.draft.timings import find_timings
from pipelines.notice.draft.units import split_units

_HEADS = {
    "due": r"(?:报送|上报|提交|完成|填报|截止)?(?:时间|时限|期限|日期|频次)(?:要求)?$",
    "what": r"(?:材料|内容|事项|报表|资料|表名|名称)(?:名称)?$",
    "who": r"(?:责任|报送|填报|上报|提交)(?:单位|部门|主体)$",
    "to": r"(?:接收|受理|收件|汇总|报送)(?:单位|部门|处室|科室|对象)$|报送至$|联系处室$",
    "way": r"(?:方式|渠道|途径|形式)$",
}


def read_agenda(rows: list[Line], issued: date | None) -> Iterator[Duty]:
    """The duties of a table whose header names a matter and a time; senders and receiver stay open where it names none."""
    if not rows:
        return
    places = _columns(_cells(rows[0]))
    if not {"due", "what"} <= set(places):
        return
    for row in rows[1:]:
        cells = _cells(row)
        said = {name: cells[place] for name, place in places.items() if place < len(cells)}
        time = said.get("due", "")
        timings = find_timings(time if time.endswith(("前", "内")) else f"{time}报送", issued)
        for timing in timings[:1] if said.get("what") else ():
            yield Duty(
                what=said["what"],
                who=tuple(split_units(said.get("who", ""))),
                to=said.get("to", ""),
                due=timing.due,
                relative_due=None if timing.due else time,
                repeat="once" if timing.due else timing.repeat,
                channel=tuple(find_channels(said.get("way", ""))),
                sentence=row.raw,
                is_receiver_said=bool(said.get("to")),
                are_senders_said=bool(said.get("who")),
            )


def _cells(row: Line) -> list[str]:
    return [re.sub(r"\s", "", cell) for cell in row.raw.strip().strip("|").split("|")]


def _columns(header: list[str]) -> dict[str, int]:
    """Which column says what; a header that fits two is the first one's."""
    found: dict[str, int] = {}
    for place, head in enumerate(header):
        for name, pattern in _HEADS.items():
            if name not in found and place not in found.values() and re.search(pattern, head):
                found[name] = place
    return found
