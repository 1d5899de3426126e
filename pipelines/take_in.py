"""What is new in a notice's sources comes into the home's archive: the first stage of a cycle, and of a sweep over many notices."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.archive.origins import require_origins, require_unswapped
from pipelines.archive.store import Archive, Journal
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
    is taken in; nor where the notice's sources are others than those that were received from (SourcesChangedError). `moment` is
    naive time in the notice's zone."""

    def require(journal: Journal) -> None:
        require_journal(home, notice.id, journal, files)
        require_origins(notice, journal.receipts)
        require_unswapped(notice, journal.receipts)

    return scan_sources(
        Archive(home.archive),
        notice,
        inbox or home.inbox(notice.id),
        moment,
        Settings.load(),
        connect,
        senders=known_senders(home, notice, moment),
        require=require,
        is_live=is_live,
        is_replay=is_replay,
    )
