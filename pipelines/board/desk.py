"""待办: all that waits for a person, most urgent first, each with the decisions that fit."""

from pipelines.board.desk_files import find_files, find_lessons, find_notes
from pipelines.board.desk_office import (
    find_broken,
    find_bulletins,
    find_held,
    find_mails,
    find_pushes,
    find_sources,
)
from pipelines.board.desk_select import find_lost, find_shortlists
from pipelines.board.desk_units import find_checks, find_columns, find_far_off, find_unreached
from pipelines.board.entries import Desk, Entry, Find, Offer, Queue

__all__ = ["SORTS", "Desk", "Entry", "Offer", "Queue", "find_queues"]
_UNREAD = (
    "unsupported_format",
    "encrypted",
    "unreadable",
    "too_large",
    "unsafe_archive",
    "unknown_deliverable",
)
_UNREAD_NOTES = ("unread_sheet", "unread_table", "unread_column", "unread_row", "unread_document")
SORTS: dict[str, Find] = {
    "有误的通知文件夹": find_broken,
    "没有读全、没有按时读的来源": find_sources,
    "等着审签的通报": find_bulletins,
    "认领过两次、可以记住的名称": find_lessons,
    "认不出单位的文件": find_files("unknown_recipient"),
    "填报单位与文件夹不符的文件": find_files("recipient_conflict"),
    "没有读成的文件": find_files(*_UNREAD),
    "没能收下的文件、邮件和答卷": find_held,
    "没发成或收下与否不明的信": find_mails,
    "没推成或收下与否不明的推送": find_pushes,
    "等着遴选的初选名单": find_shortlists,
    "入选以后更正或撤回的": find_lost,
    "联系不上的欠报单位": find_unreached,
    "大得反常的数": find_far_off,
    "统计表与每日材料对不上": find_checks,
    "合计与各行之和不符": find_notes("total_differs"),
    "超过名额的推荐": find_notes("over_quota"),
    "没有读的工作表、列和行": find_notes(*_UNREAD_NOTES),
    "打不开的专栏": find_columns,
}
"""In the order of urgency: what keeps figures back first."""


def find_queues(desk: Desk) -> list[Queue]:
    """What waits as of a moment, most urgent sort first; what a person settled is not among it. Sorts without any are left out."""
    settled = desk.decisions.settled(desk.at)
    found = []
    for title, find in SORTS.items():
        entries = [one for one in find(desk) if one.id not in settled]
        if entries:
            found.append(Queue(title, entries))
    return found
