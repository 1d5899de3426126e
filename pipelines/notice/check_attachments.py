"""Whether it can be told which deliverable an attachment is for, where a notice asks for a number of them."""

from collections.abc import Iterator

from pipelines.notice.files import YamlFile
from pipelines.notice.model import Notice


def check_attachments(notice: Notice, file: YamlFile) -> Iterator[str]:
    """Each mistake once, at its own line: of one kind of units only one deliverable may ask."""
    asking: dict[str, str] = {}
    for name, item in notice.deliverables.items():
        if item.attachments is None:
            continue
        place = file.at("deliverables", name, "attachments")
        if item.optional:
            yield f"{place}：自愿报送的谁也不欠，没有不齐的；请删去 attachments"
            continue
        shared = next((kind for kind in item.owed_by if kind in asking), None)
        if shared:
            yield (
                f"{place}：{notice.recipient_kinds.get(shared, shared)}的 {asking[shared]} 也要附件，"
                "附件的名称里不写是哪一项的，分不清；请只留一项"
            )
        asking |= {kind: name for kind in item.owed_by if kind not in asking}
