"""What a unit reported that was accepted and lacks attachments, as a sentence of its mail; no mail is written for it alone."""

from collections.abc import Iterator

from pipelines.remind.facts import Facts

MOST = 10
"""Named in one mail; the rest is counted."""


def say_lacking(facts: Facts, recipient: str) -> Iterator[str]:
    """One sentence, or none where nothing lacks."""
    found = [one for one in facts.incomplete if one.recipient_code == recipient]
    told = "；".join(
        f"“{one.deliverable_name}”{f'（{one.period} 起的一期）' if one.period else ''}"
        f"收到 {one.attachments} 个，至少 {one.at_least} 个"
        for one in found[:MOST]
    )
    more = f"；另有 {len(found) - MOST} 项" if len(found) > MOST else ""
    if found:
        yield f"以下 {len(found)} 项已经收下，附件还不齐，请补交：{told}{more}。"
