"""Comparisons that a notice asks for between two numbers of one row (整改数 ≤ 发现数) or of two periods (累计 ≥ 上期)."""

from typing import Literal

from pydantic import Field, model_validator

from pipelines.notice.fields import Code, Frozen, Word, refuse

_SAID = {"<=": "不大于", "<": "小于", ">=": "不小于", ">": "大于"}


class Check(Frozen):
    """What one number of a row has to be beside another one; a row in which either is not given is not judged."""

    left: Code = Field(description="哪个指标（写列的代码）；退回时标在它的格子上")
    is_: Literal["<=", "<", ">=", ">"] = Field(alias="is", description='应是 "<="、"<"、">=" 或 ">"')
    right: Code = Field(description="与同一行的哪个指标比")
    last_period: bool = Field(
        default=False, description="true：right 取本单位上一期的数，可以就是 left；只能写 severity: note"
    )
    severity: Literal["error", "note"] = Field(
        default="error", description="不符的：error（不写时）退回，note 照收，只提醒数据人员"
    )
    sentence: Word | None = Field(
        default=None, description="另外告诉单位的一句话，如 整改数含上期的，请另表报"
    )

    @model_validator(mode="after")
    def _of_one_file(self) -> "Check":
        """A file is judged by what it holds: what an earlier period says may be what is wrong, or be put right later."""
        if self.last_period and self.severity == "error":
            raise refuse("与上一期比的不退回（错的也可能是上一期）；请写 severity: note", "severity")
        return self

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
