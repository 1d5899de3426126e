"""Site: whether a reader is sent to a web address, and what became of it when it was visited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """An address and what it answered last. `link` is None where a reader is not sent there."""

    url: str
    link: str | None
    state: str
    """ok, moved, dead or unvisited (STATES in content.py)."""
    detail: str = ""
    """Where it moved, or why it does not answer; '' otherwise."""
    dead_since: datetime | None = None
    visited_at: datetime | None = None


def read_answer(url: str, visits: Sequence[Mapping[str, Any]]) -> Answer:
    """Of the visits to one address, the oldest first."""
    if not visits:
        return Answer(url, safe_link(url), "unvisited")
    last = visits[-1]
    at = last["checked_at"]
    if not last["is_ok"]:
        failing: list[datetime] = []
        for one in visits:
            failing = [] if one["is_ok"] else [*failing, one["checked_at"]]
        return Answer(url, None, "dead", say_failure(last), failing[0], at)
    if has_moved(url, last["final_url"]):
        return Answer(url, safe_link(url), "moved", last["final_url"], None, at)
    return Answer(url, safe_link(url), "ok", "", None, at)


def say_failure(visit: Mapping[str, Any]) -> str:
    return str(visit["failure"] or f"答复 {visit['status']}")


def safe_link(url: str | None) -> str | None:
    """A web address that a reader may be sent to; None for another scheme, and for one that was masked: it leads nowhere."""
    if url is None or "〔" in url or any(one <= " " or one == "\x7f" for one in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def has_moved(url: str, final_url: str | None) -> bool:
    """Whether another host or path answered; https for http, or a slash at the end, is no move."""
    return final_url is not None and _place(url) != _place(final_url)


def _place(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return (url, "", "")
    return (parts.netloc.lower(), parts.path.rstrip("/"), parts.query)
