"""What is new in a notice's sources comes into the home's archive: the first stage of a cycle, and of a sweep over many notices."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.archive.store import Archive
from pipelines.collect.inbox import known_senders
from pipelines.collect.intake import ScanResult
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import Connect
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.warehouse.known import Known
from pipelines.warehouse.ledger import require_journal


def take_in(
    home: Home,
    notice: Notice,
    files: Sequence[Known],
    moment: datetime,
    connect: Connect,
    *,
    inbox: Path | None = None,
    is_live: bool,
    is_replay: bool = False,
) -> ScanResult:
    """As `scan_sources`, into a journal that has all that `files` know to have been loaded; else raises KeptFault, and nothing
    is taken in. `moment` is naive time in the notice's zone."""
    return scan_sources(
        Archive(home.archive),
        notice,
        inbox or home.inbox(notice.id),
        moment,
        Settings.load(),
        connect,
        senders=known_senders(home, notice, moment),
        require=lambda journal: require_journal(home, notice.id, journal, files),
        is_live=is_live,
        is_replay=is_replay,
    )
