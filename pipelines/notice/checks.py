"""Comparisons between two numbers of one row that a notice asks for: 整改数 ≤ 发现数."""

from typing import Literal

from pydantic import Field

from pipelines.notice.fields import Code, Frozen, Word

_SAID = {"<=": "不大于", "<": "小于", ">=": "不小于", ">": "大于"}


class Check(Frozen):
    """What one number of a row has to be beside another one; a row in which either is not given is not judged."""

    left: Code = Field(description="哪个指标（写列的代码）；退回时标在它的格子上")
    is_: Literal["<=", "<", ">=", ">"] = Field(alias="is", description='应是 "<="、"<"、">=" 或 ">"')
    right: Code = Field(description="与同一行的哪个指标比")
    severity: Literal["error", "note"] = Field(
        default="error", description="不符的：error（不写时）退回，note 照收，只提醒数据人员"
    )
    sentence: Word | None = Field(
        default=None, description="另外告诉单位的一句话，如 整改数含上期的，请另表报"
    )

    @property
    def said(self) -> str:
        """The relation in words."""
        return _SAID[self.is_]

    @property
    def pair(self) -> tuple[str, str]:
        """The column that is to be the greater one, then the other."""
        return (self.right, self.left) if self.is_[0] == "<" else (self.left, self.right)

    @property
    def may_be_equal(self) -> bool:
        return self.is_.endswith("=")
