"""What the registry keeps for ever: every visit to a column or an event's channel, addresses that data staff brought, and which
units can be written to. SQLite, in the home.

Moments are naive time in the notice's zone, to the second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from pipelines.ground.durable import has_base, open_base, read_base
from pipelines.registry.answered import Visit

_SCHEMA = """
CREATE TABLE IF NOT EXISTS column_checks (
    notice_id TEXT NOT NULL, recipient_code TEXT NOT NULL, url TEXT NOT NULL, checked_at TEXT NOT NULL,
    status INTEGER, final_url TEXT, title TEXT, failure TEXT, is_ok INTEGER NOT NULL,
    PRIMARY KEY (notice_id, recipient_code, checked_at, url)
) STRICT;
CREATE TABLE IF NOT EXISTS event_checks (
    notice_id TEXT NOT NULL, event TEXT NOT NULL, url TEXT NOT NULL, checked_at TEXT NOT NULL,
    status INTEGER, final_url TEXT, title TEXT, failure TEXT, is_ok INTEGER NOT NULL,
    PRIMARY KEY (notice_id, event, checked_at, url)
) STRICT;
CREATE TABLE IF NOT EXISTS mailboxes (
    notice_id TEXT NOT NULL, recipient_code TEXT NOT NULL, address_from TEXT, noted_at TEXT NOT NULL,
    PRIMARY KEY (notice_id, recipient_code)
) STRICT;
CREATE TABLE IF NOT EXISTS addresses (
    notice_id TEXT NOT NULL, recipient_code TEXT NOT NULL, email TEXT NOT NULL, noted_at TEXT NOT NULL,
    PRIMARY KEY (notice_id, recipient_code)
) STRICT;
"""


def _visited(whose: str) -> pa.Schema:
    return pa.schema(
        [
            *((name, pa.string()) for name in ("notice_id", whose, "url")),
            ("checked_at", pa.timestamp("s")),
            ("status", pa.int32()),
            *((name, pa.string()) for name in ("final_url", "title", "failure")),
            ("is_ok", pa.bool_()),
        ]
    )


CHECKS, EVENT_CHECKS = _visited("recipient_code"), _visited("event")
MAILBOXES = pa.schema(
    [
        *((name, pa.string()) for name in ("notice_id", "recipient_code", "address_from")),
        ("noted_at", pa.timestamp("s")),
    ]
)


@dataclass(frozen=True)
class Check:
    """One visit to a unit's column."""

    recipient_code: str
    url: str
    checked_at: datetime
    visit: Visit


@dataclass(frozen=True)
class EventCheck:
    """One visit to an event's live channel or page."""

    event: str
    url: str
    checked_at: datetime
    visit: Visit


class Registry:
    """The journal of one home. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._base = open_base(folder / "registry.sqlite", _SCHEMA)

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def note_check(self, notice_id: str, one: Check) -> None:
        """On disk when it returns; the same visit noted again is one."""
        self._note("column_checks", notice_id, one.recipient_code, one)

    def note_event_check(self, notice_id: str, one: EventCheck) -> None:
        """As note_check."""
        self._note("event_checks", notice_id, one.event, one)

    def _note(self, table: str, notice_id: str, whose: str, one: Check | EventCheck) -> None:
        visit = one.visit
        self._base.execute(
            f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(notice_id, whose, one.url, _text(one.checked_at)),
                *(visit.status, visit.final_url, visit.title, visit.failure, int(visit.is_ok)),
            ],
        )

    def last_event_checks(self, notice_id: str) -> dict[tuple[str, str], datetime]:
        """When each event's address was visited last, by both."""
        rows = self._base.execute(
            "SELECT event, url, max(checked_at) FROM event_checks WHERE notice_id = ? GROUP BY event, url",
            [notice_id],
        )
        return {(event, url): datetime.fromisoformat(moment) for event, url, moment in rows}

    def latest(self, notice_id: str) -> dict[tuple[str, str], Check]:
        """The newest visit to each unit's URL, by both."""
        rows = self._base.execute(
            "SELECT recipient_code, url, checked_at, status, final_url, title, failure FROM column_checks "
            "WHERE notice_id = ? ORDER BY checked_at",
            [notice_id],
        )
        return {
            (code, url): Check(code, url, datetime.fromisoformat(moment), Visit(*visit))
            for code, url, moment, *visit in rows
        }

    def note_mailboxes(self, notice_id: str, found: Iterable[tuple[str, str | None]], at: datetime) -> None:
        """Where each unit's address comes from (None: it has none); replaces what was known."""
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("DELETE FROM mailboxes WHERE notice_id = ?", [notice_id])
            self._base.executemany(
                "INSERT INTO mailboxes VALUES (?, ?, ?, ?)",
                [(notice_id, code, source, _text(at)) for code, source in found],
            )

    def note_addresses(self, notice_id: str, found: Mapping[str, str], at: datetime) -> None:
        """Addresses that data staff know of, by unit; a unit's newer one replaces its older one, others stay."""
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany(
                "INSERT OR REPLACE INTO addresses VALUES (?, ?, ?, ?)",
                [(notice_id, code, email, _text(at)) for code, email in found.items()],
            )

    def addresses(self, notice_id: str) -> dict[str, str]:
        """Personal: never published, never logged."""
        return dict(
            self._base.execute("SELECT recipient_code, email FROM addresses WHERE notice_id = ?", [notice_id])
        )


def read_registry(folder: Path) -> dict[str, pa.Table]:
    """The rows of raw.column_checks, raw.event_checks and raw.mailboxes; none where there is no registry."""
    base = folder / "registry.sqlite"
    if has_base(base):
        open_base(base, _SCHEMA).close()  # an older one has not all of the tables
    return {
        "raw.column_checks": read_base(base, "SELECT * FROM column_checks ORDER BY rowid", CHECKS),
        "raw.event_checks": read_base(base, "SELECT * FROM event_checks ORDER BY rowid", EVENT_CHECKS),
        "raw.mailboxes": read_base(base, "SELECT * FROM mailboxes ORDER BY rowid", MAILBOXES),
    }


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat(" ")
