"""What a notice says of a list that nominates for an award or a vote: how many each may nominate, and where and until when is voted."""

from typing import Literal

from pydantic import Field, model_validator

from pipelines.notice.fields import Frozen, Moment, refuse
from pipelines.notice.programme import Address


class Nominations(Frozen):
    """Until when is nominated is said by the deliverable's periods. More than the quota is noted, never refused or dropped."""

    at_most: int | None = Field(default=None, ge=1, description="每期至多推荐几个；不写则不限")
    each: Literal["unit", "city"] | None = Field(
        default=None, description="名额给谁：unit 每个单位、city 每个市（市里各单位合计）；不写则是每个单位"
    )
    vote: Address | None = Field(default=None, description="投票或评选网页的网址")
    vote_until: Moment | None = Field(default=None, description="投票到何时为止")

    @model_validator(mode="after")
    def _go_together(self) -> "Nominations":
        if self.each and self.at_most is None:
            raise refuse("写了 each，没有写 at_most；请补上至多推荐几个，或删去 each", "each")
        if self.vote_until and self.vote is None:
            raise refuse("写了 vote_until，没有写 vote；请补上在哪里投票，或删去 vote_until", "vote_until")
        return self
