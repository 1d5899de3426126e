"""The states of an obligation on the board: one sign, one word and one colour each, so that none is told by colour alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """`code` is also the class in board.css."""

    code: str
    mark: str
    word: str


SIGNS = {
    sign.code: sign
    for sign in (
        Sign("on_time", "✓", "按时"),
        Sign("late", "迟", "迟报"),
        Sign("zero_report", "〇", "零报告"),
        Sign("missing", "✗", "未报"),
        Sign("returned", "退", "退回"),
        Sign("pending", "·", "未到期"),
        Sign("exempt", "免", "免报"),
        Sign("voluntary", "愿", "自愿报送"),
    )
}
"""In the order of the legend."""


def sign_of(status: str, is_returned: bool, is_zero_report: bool) -> Sign:
    """The one sign: what was met by a zero report alone, and what was sent back and not met since, go before the rest."""
    if is_zero_report:
        return SIGNS["zero_report"]
    if is_returned and status in ("missing", "pending"):
        return SIGNS["returned"]
    return SIGNS[status]
