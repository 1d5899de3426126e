"""Counts in words."""


def in_words(counts: dict[str, int]) -> str:
    """Counts by name, for a line of the log."""
    return "、".join(f"{name} {count}" for name, count in counts.items()) or "无"
