"""What is owed only where something else was submitted: whether that is there, and ends somewhere."""

from collections.abc import Iterator

from pipelines.notice.files import YamlFile
from pipelines.notice.model import Notice


def check_conditions(notice: Notice, file: YamlFile) -> Iterator[str]:
    """`if_submitted` names another deliverable that does not hang on this one, and that the same units may send."""
    items = notice.deliverables
    for name, item in items.items():
        if item.if_submitted is None:
            continue
        place = file.at("deliverables", name, "if_submitted")
        first = items.get(item.if_submitted)
        if first is None:
            others = "、".join(one for one in items if one != name)
            yield f"{place}：没有报送事项 {item.if_submitted}；可用：{others}"
        elif name in _chain(notice, name):
            yield f"{place}：{name} 的条件绕回了它自己，谁也不会欠它；请改正"
        elif item.within is not None and first.within is None:
            yield f"{place}：{item.if_submitted} 不是遇事才报的（every: event），{name} 不知道接着哪件事报；请改正"
        elif not set(item.owed_by) <= set(first.sent_by):
            (kind, *_) = [one for one in item.owed_by if one not in first.sent_by]
            yield f"{place}：{kind} 不报 {item.if_submitted}，永远不会欠 {name}；请核对 owed_by"


def _chain(notice: Notice, name: str) -> list[str]:
    """What a deliverable hangs on, one after another, until one hangs on nothing or comes again."""
    found: list[str] = []
    before = notice.deliverables[name].if_submitted
    while before in notice.deliverables and before not in found:
        found.append(before)
        before = notice.deliverables[before].if_submitted
    return found
