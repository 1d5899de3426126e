"""The sources that a deliverable names as its channels: whether they exist, and whether its units can be heard there."""

from collections.abc import Iterator

from pipelines.notice.files import YamlFile
from pipelines.notice.model import Notice
from pipelines.notice.sources import BY_HAND


def check_channels(notice: Notice, file: YamlFile) -> Iterator[str]:
    """A source that no unit of the deliverable reports to would have all that comes noted as sent another way."""
    lines = {one.id: one.line for one in notice.sources}
    for name, item in notice.deliverables.items():
        senders = {one.line for one in notice.recipients if one.kind in item.sent_by}
        senders |= {one.into for one in notice.units_changes if one.change == "changed_line"}
        for index, source in enumerate(item.sources):
            place = file.at("deliverables", name, "sources", index)
            if source in item.sources[:index]:
                yield f"{place}：{source} 写了两次；请留一个"
            elif source not in lines and source != BY_HAND:
                yield f"{place}：没有 {source} 这个来源；可用：{'、'.join((*lines, BY_HAND))}"
            elif source in lines and lines[source] not in senders:
                yield f"{place}：{source} 收的是条线 {lines[source]}，报这一项的单位都不在这条线；请核对"
