"""Small generated worlds for the marts: a sample inbox through the whole cycle, with exemptions and extensions granted."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.model import Notice
from pipelines.notice.obligations import expand_obligations
from pipelines.sample import write_sample
from pipelines.sample.units import choose_recipients

NOTICE = "sd-vocational-week-2020"
TABLES_ONLY = "nx-canteen-safety-2020"
"""Weekly and monthly statistics tables; neither event days nor counties nor lists."""


def grant_some(notice: Notice, recipients: int, seed: int) -> Notice:
    """The notice with a few of its senders' obligations waived and a few postponed by some days."""
    rng = Random(seed)
    senders = {one.code for one in choose_recipients(notice, recipients)}
    owed = [one for one in expand_obligations(notice) if one.recipient_code in senders]
    waived, postponed = rng.sample(owed, 4), rng.sample(owed, 8)
    exemptions = [
        {
            "recipient": one.recipient_code,
            "deliverable": one.deliverable,
            "period": one.period,
            "reason": "停课",
        }
        for one in waived
    ]
    exemptions.append(
        {"recipient": waived[0].recipient_code, "deliverable": waived[0].deliverable, "reason": "撤并"}
    )
    extensions = [
        {
            "recipient": one.recipient_code,
            "deliverable": one.deliverable,
            "period": one.period,
            "reason": "灾害",
        }
        | {"due": one.due_at + timedelta(days=rng.randint(1, 4))}
        for one in postponed
    ]
    dumped = notice.model_dump(by_alias=True)
    return Notice.model_validate(
        dumped
        | {
            "exemptions": [*dumped["exemptions"], *exemptions],
            "extensions": [*dumped["extensions"], *extensions],
        }
    )


def make_world(root: Path, seed: int, notice_id: str = NOTICE, *, recipients: int = 13) -> Path:
    """Runs a world of its own through the cycle; the snapshot's path."""
    notice = grant_some(load_notice(notice_id), recipients, seed)
    write_sample(notice, root, seed=seed, recipients=recipients, rows=6)
    home, now = Home(root / "home"), (root / "now.txt").read_text("utf-8").strip()
    cycle.run(home, notice, root / "inbox", datetime.fromisoformat(now))
    return home.published
