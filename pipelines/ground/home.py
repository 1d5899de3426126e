"""The home: the one folder that holds inboxes, archive, warehouse and everything derived."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project tree, which holds notices/, expectations/ and sql/."""


@dataclass(frozen=True)
class Home:
    """Where things lie below one home folder; nothing is made until a stage needs it."""

    path: Path

    @classmethod
    def default(cls) -> "Home":
        """NOTICES_HOME, else `var/` in the project tree."""
        return cls(Path(os.environ.get("NOTICES_HOME") or ROOT / "var").absolute())

    def inbox(self, notice_id: str) -> Path:
        return self.path / "inbox" / notice_id

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def warehouse(self) -> Path:
        """The loader's DuckDB file; analysts never open it."""
        return self.path / "warehouse" / "notices.duckdb"

    @property
    def private(self) -> Path:
        """The loader's second file: liaisons' names, phones and addresses, which are never published."""
        return self.path / "warehouse" / "private.duckdb"

    @property
    def masks(self) -> Path:
        """What the tokens stand for that are published in the place of phones, addresses and names: never published."""
        return self.path / "warehouse" / "masks.sqlite"

    @property
    def published(self) -> Path:
        """The analysts' snapshot: replaced whole, opened read-only."""
        return self.path / "published" / "notices.duckdb"

    @property
    def mail(self) -> Path:
        """The outbox: what mail was queued, and what became of it. Like the archive it is made from nothing else."""
        return self.path / "mail"

    @property
    def pushes(self) -> Path:
        """The outbox of pushes: feeds, packages and their withdrawals, and what became of each. Made from nothing else."""
        return self.path / "pushes"

    @property
    def registry(self) -> Path:
        """Visits to units' columns, and which units can be written to: history that is made from nothing else."""
        return self.path / "registry"

    @property
    def alarms(self) -> Path:
        """Which alarms were raised, whom they were told, and when they were over: history that is made from nothing else."""
        return self.path / "alarms"

    @property
    def feed(self) -> Path:
        """Every change that was published, by its number: what other systems have read is made from nothing else."""
        return self.path / "feed"

    @property
    def eml(self) -> Path:
        """Where a dry run writes messages, for a person to open."""
        return self.path / "outbox"

    def bulletins(self, notice_id: str) -> Path:
        """Published bulletins, one folder each, and the index page. Kept for ever: they are what was said."""
        return self.path / "bulletins" / notice_id

    def site(self, notice_id: str) -> Path:
        """The special website as its DAG makes it, replaced whole; made from everything else again."""
        return self.path / "site" / notice_id

    def feeds(self, notice_id: str) -> Path:
        """The media feeds as they stand."""
        return self.path / "feeds" / notice_id

    def run_folder(self, notice_id: str, run_id: str) -> Path:
        return self.path / "runs" / notice_id / run_id

    def returns(self, notice_id: str) -> Path:
        """What goes back to units, one folder a unit, and the ledger of it."""
        return self.path / "returns" / notice_id

    def quality_page(self, notice_id: str) -> Path:
        return self.path / "quality" / notice_id / "index.html"
