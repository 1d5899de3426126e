"""What a cell was taken for: one mark, one word and one colour each, so that none is told by colour alone."""

from dataclasses import dataclass

from pipelines.read.drawn import Way
from pipelines.read.layout.model import Role


@dataclass(frozen=True)
class RoleSign:
    """`code` is also the class in sheet.css, behind `r-`."""

    code: Role
    mark: str
    word: str


ROLES: dict[Role, RoleSign] = {
    sign.code: sign
    for sign in (
        RoleSign("title", "题", "标题"),
        RoleSign("declaration", "单", "填报单位"),
        RoleSign("header", "头", "表头"),
        RoleSign("value", "✓", "读出的值"),
        RoleSign("number", "序", "序号"),
        RoleSign("total", "Σ", "合计"),
        RoleSign("example", "例", "示例"),
        RoleSign("part", "其", "其中行"),
        RoleSign("remark", "注", "说明、落款"),
        RoleSign("ignored", "略", "按通知不读的列"),
        RoleSign("printed", "印", "表样印好的"),
        RoleSign("struck", "划", "划去的"),
        RoleSign("unread", "？", "没有读的"),
    )
}
"""In the order of the legend."""
WAYS: dict[Way, str] = {
    "read": "",
    "passed_over": "说明页或退回时附的页，没有读",
    "nothing_recognised": "没有认出表头",
    "attachment": "作为附件，没有从里面读数",
}
