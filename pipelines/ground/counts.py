"""Counts and sizes in words."""

from collections.abc import Mapping

STATES = {
    "accepted": "收下",
    "partly accepted": "部分收下",
    "rejected": "退回",
    "duplicate": "重复",
    "ignored": "忽略",
    "attachment": "附件",
    "superseded": "已改认",
}
"""The ends of a submission."""


def in_words(counts: Mapping[str, int], names: Mapping[str, str] | None = None) -> str:
    """Counts by name, for a line of the log; a code that has a name of its own stands in brackets behind it."""
    told = (f"{names[code]}（{code}）" if names and code in names else code for code in counts)
    return "、".join(f"{name} {count}" for name, count in zip(told, counts.values(), strict=True)) or "无"


def in_mb(size: int) -> str:
    """A number of bytes."""
    return f"{size / 1_000_000:,.0f} MB"
