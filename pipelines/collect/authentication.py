"""What the receiving server found out about a sender (RFC 8601): the address in From is only as good as that.

Only a header of our own server counts, which it puts above all others; anybody can write one of another name.
"""

from collections.abc import Iterable
from typing import Literal

Verdict = Literal["pass", "fail", "none"]
_FAILED = frozenset({"fail", "softfail", "permerror", "policy"})
_DOMAINS = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.helo")}


def judge_sender(headers: Iterable[str], address: str, server: str | None) -> Verdict:
    """Whether the sender's address is proven ("pass"), disproven ("fail") or neither.

    `headers` are the Authentication-Results from the top; `server` is the name that ours gives itself there. Without it
    the topmost header is believed where it says that the address is not genuine, and nothing is ever proven.
    """
    for header in headers:
        name, results = _read(header)
        if server is None or name == server.lower():
            verdict = _judge(results, address.rpartition("@")[2].lower())
            return "none" if server is None and verdict == "pass" else verdict
    return "none"


def _judge(results: list[tuple[str, str, dict[str, str]]], domain: str) -> Verdict:
    dmarc = [result for method, result, _ in results if method == "dmarc"]
    if "pass" in dmarc:
        return "pass"
    if _FAILED.intersection(dmarc):
        return "fail"
    known = [(method, result, about) for method, result, about in results if method in _DOMAINS]
    for method, result, about in known:
        if result == "pass" and any(_is_aligned(about.get(name, ""), domain) for name in _DOMAINS[method]):
            return "pass"
    said = {result for _, result, _ in known}
    return "fail" if said and said <= _FAILED else "none"


def _is_aligned(given: str, domain: str) -> bool:
    """The same domain, or one below the other."""
    found = given.rpartition("@")[2].lower()
    is_name = "." in found and "." in domain
    return is_name and (f".{domain}".endswith(f".{found}") or f".{found}".endswith(f".{domain}"))


def _read(header: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    """The server's name, and what it found: method, result, and what that is about."""
    name, *parts = _without_comments(header).split(";")
    results = []
    for part in parts:
        words = part.split()
        if words and "=" in words[0]:
            method, _, result = words[0].partition("=")
            about = dict(word.lower().split("=", 1) for word in words[1:] if "=" in word)
            results.append((method.lower().partition("/")[0], result.lower(), about))
    first = name.split()
    return (first[0].lower() if first else ""), results


def _without_comments(text: str) -> str:
    kept, depth = [], 0
    for letter in text:
        depth += letter == "("
        if depth == 0:
            kept.append(letter)
        depth -= letter == ")" and depth > 0
    return "".join(kept)
