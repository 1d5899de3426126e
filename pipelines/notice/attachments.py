"""A least number of attachments that a notice asks for beside what is reported: photos with each day's materials."""

from typing import Literal

from pydantic import Field

from pipelines.notice.fields import Frozen

Media = Literal["picture", "video", "document"]
_KINDS = "picture 图片、video 视频、document 文档"
_SAID = dict(one.split() for one in _KINDS.split("、"))


class Attachments(Frozen):
    """How many of which kinds each period takes; fewer are shown as incomplete, and nothing goes back for it."""

    at_least: int = Field(ge=1, le=1000, description="每期至少几个")
    of: tuple[Media, ...] = Field(
        default=("picture", "video", "document"),
        json_schema_extra={"minItems": 1},
        description=f"哪几种：{_KINDS}；不写的都算",
    )
    per: Literal["period"] = Field(default="period", description="按期计")

    @property
    def said(self) -> str:
        """图片、视频, as people call what is asked for."""
        return "、".join(_SAID[one] for one in dict.fromkeys(self.of))
