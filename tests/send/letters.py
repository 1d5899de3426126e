"""A mail to send, and a moment to send it at."""

from datetime import datetime
from typing import Any

from pipelines.send.compose import File, Mail
from pipelines.send.mailbox import Mailbox

NOON = datetime(2020, 11, 9, 12)
SETTINGS: dict[str, Any] = {
    "from": {"name": "活动周工作组", "address": "notices@example.org"},
    "lists": {"leaders": ["leader@example.org"], "data_staff": ["staff@example.org", "Leader@example.org"]},
    "per_minute": 1_000_000,
}


def letter(number: int = 1, **changes: Any) -> Mail:
    """A reminder to the unit of this number."""
    given: dict[str, Any] = {
        "purpose": "reminder",
        "recipient": f"EDU-{number:04}",
        "what": "materials/2020-11-09",
        "to": Mailbox("某市教育局", f"unit{number}@example.org"),
        "subject": "催报：11月9日材料",
        "text": "请于今日报送。",
        "html": "<p>请于今日报送。</p>",
        "files": (File("附表.xlsx", b"table"),),
    }
    return Mail(**(given | changes))
