"""Small generated worlds for the marts: a sample inbox through the whole cycle, with exemptions and extensions granted."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from pipelines import cycle
from pipelines.home import Home
from pipelines.notice import load_notice
from pipelines.notice.model import Notice
from pipelines.notice.obligations import expand_obligations
from pipelines.sample import write_sample
from pipelines.sample.units import choose_recipients

NOTICE = "sd-vocational-week-2020"


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
    return Notice.model_validate(notice.model_dump() | {"exemptions": exemptions, "extensions": extensions})


def monthly_statistics(notice: Notice) -> Notice:
    """A notice of another shape with the same roster: a monthly statistics table, and neither event, counties nor lists."""
    columns = {
        "unit_name": {"headers": ["单位名称"], "required": True},
        "period_date": {"headers": ["统计月份"], "required": True},
        "trainees": {"headers": ["培训人数"], "required": True},
        "courses": {"headers": ["培训班次"], "required": True},
    }
    table = {
        "kind": "statistics",
        "name": "培训月报",
        "file_words": ["月报"],
        "owed_by": ["city_hr_bureau", "provincial_technician_college"],
        "periods": {"every": "month", "first": "2020-10-01", "last": "2020-12-31", "due_days_after": 5},
        "columns": columns,
    }
    sources = [one for one in notice.sources if one.kind == "folder"]
    return Notice.model_validate(
        notice.model_dump()
        | {"opens": "2020-10-01", "closes": "2021-01-10", "event": None, "lists": {}}
        | {"sources": [one.model_dump() for one in sources], "deliverables": {"monthly": table}}
        | {
            "regions": [one.model_dump() for one in notice.cities],
            "fingerprint": f"{notice.fingerprint}-monthly",
        }
    )


def make_world(root: Path, seed: int, *, monthly: bool = False, recipients: int = 10) -> Path:
    """Runs a world of its own through the cycle; the snapshot's path."""
    notice = load_notice(NOTICE)
    notice = grant_some(monthly_statistics(notice) if monthly else notice, recipients, seed)
    write_sample(notice, root, seed=seed, recipients=recipients, rows=2)
    home = Home(root / "home")
    cycle.run(
        home, notice, root / "inbox", datetime.fromisoformat((root / "now.txt").read_text("utf-8").strip())
    )
    return home.published
