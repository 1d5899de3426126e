"""Whose mail may leave now, of many notices, asked of the outbox at once and without changing it."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.ground.chain import require_kept
from pipelines.ground.durable import has_base


def notices_with_due(folder: Path, zones: Mapping[str, ZoneInfo], now: datetime) -> dict[str, int]:
    """By notice, of those named with their zones, how many mails a sender has to look after at `now`, which has its zone: those
    that are due, and those that a sender left who died. Raises KeptFault where the outbox was there once and is gone."""
    path = folder / "outbox.sqlite"
    if not has_base(path):
        require_kept(path)
        return {}
    local = {
        one: f"{now.astimezone(zone).replace(tzinfo=None, microsecond=0)}" for one, zone in zones.items()
    }
    with closing(sqlite3.connect(path, timeout=60)) as base:
        rows = base.execute(
            "SELECT notice_id, not_before, state FROM mails WHERE state IN ('queued', 'handing_over')"
        ).fetchall()
    return dict(
        Counter(
            notice_id
            for notice_id, not_before, state in rows
            if notice_id in local and (state == "handing_over" or not_before <= local[notice_id])
        )
    )
