"""Takes decisions: keeps one in the journal, brings its effect into the warehouse and publishes it, and says what moved.

`foresee` does the same on a copy and keeps nothing: what a form shows before a person says yes.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.archive.journals import read_journals
from pipelines.archive.store import Archive
from pipelines.ask.printing import HEADERS
from pipelines.decide.draft import draft
from pipelines.decide.given import Asked, Case, Given
from pipelines.decide.journal import read_decisions, write_decisions
from pipelines.decide.lookup import Lookup
from pipelines.decide.record import Decision, Decisions
from pipelines.ground.errors import DerivedFault, NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.ground.scratch import scratch
from pipelines.notice.model import Notice
from pipelines.rebuild import rebuild
from pipelines.warehouse.effect import take_effect
from pipelines.warehouse.feed import has_changed_units
from pipelines.warehouse.files import find_receipts, open_warehouse
from pipelines.warehouse.known import read_files
from pipelines.warehouse.ledger import require_decisions
from pipelines.warehouse.masks import Masks, UnmaskedError
from pipelines.warehouse.publish import publish_snapshot
from pipelines.warehouse.snapshot import kept_newest, open_newest

_FIGURES = "SELECT city_code, city, figure, value FROM marts.figures_as_of($notice, $t)"
_FAULTS = """
WITH registered AS (
    SELECT submissions.submission_id, submissions.state, submissions.sentence
    FROM core.submissions INNER JOIN raw.readings ON submissions.submission_id = readings.submission_id
    WHERE submissions.notice_id = $1 AND readings.decision_id = $2 AND submissions.state <> 'accepted'
),
faults AS (
    SELECT DISTINCT verdicts.submission_id, verdicts.sentence
    FROM raw.verdicts INNER JOIN registered ON verdicts.submission_id = registered.submission_id
    WHERE verdicts.severity = 'error' AND registered.state IN ('rejected', 'partly accepted')
)

SELECT sentence FROM faults
UNION ALL
SELECT
    CASE state
        WHEN 'duplicate' THEN '内容与先前收到的一件完全相同，不另计'
        WHEN 'attachment' THEN '只作附件存档，读不出内容，不算一期的报送'
        ELSE coalesce(sentence, '没有收下')
    END
FROM registered
WHERE submission_id NOT IN (SELECT faults.submission_id FROM faults)
ORDER BY ALL
"""
"""Why what was registered is not taken in as it stands."""
Values = dict[tuple[str, str], tuple[str, float | None]]
"""(city's code, figure) -> the city's name and the value."""


@dataclass(frozen=True)
class Moved:
    """A city's figure that a decision moved, as of the moment of the decision."""

    city_code: str
    city: str
    figure: str
    before: float | None
    after: float | None

    @property
    def told(self) -> str:
        """济南市 参与率 91.7% → 95.8%"""
        name = HEADERS.get(self.figure, self.figure)
        return f"{self.city} {name} {self._say(self.before)} → {self._say(self.after)}"

    def _say(self, value: float | None) -> str:
        if value is None:
            return "—"
        return f"{value:.1%}" if self.figure.endswith(("_rate", "_coverage")) else f"{value:,.0f}"


@dataclass(frozen=True)
class Taken:
    """A decision that was kept, or would be, and what it moved."""

    decision: Decision
    moved: list[Moved]
    faults: tuple[str, ...] = ()
    """Of what was registered: why it, or some of its rows, were not taken in after all."""


def decide(home: Home, notice: Notice, asked: Asked, given: Given) -> Taken:
    """Keeps the decision and brings it into effect. Raises RefusedError, and then nothing is kept."""
    with kept_newest(home.published):
        require_decisions(home, notice.id, read_files(home, [notice.id], open_newest))
        with write_decisions(home, notice.id) as journal:
            # What the same form sent before is kept already, and checked against itself would be refused.
            all_kept = journal.decisions.all
            known = next((one for one in all_kept if asked.token and one.token == asked.token), None)
            decision = known or journal.keep(_draft(home, notice, journal.decisions, asked, given))
        moved = bring_into_effect(home, notice, decision.decided_at)
        return Taken(decision, moved, _faults(home, notice, decision))


def _faults(home: Home, notice: Notice, decision: Decision) -> tuple[str, ...]:
    """What is registered is judged like any file: whoever registers it hears of it at once, not by the unit's return."""
    if decision.kind not in ("register", "confirm_zero"):
        return ()
    with open_newest(home.published) as snapshot:
        found = snapshot.execute(_FAULTS, [notice.id, decision.id]).fetchall()
    return tuple(sentence for (sentence,) in found)


@one_writer
def bring_into_effect(home: Home, notice: Notice, at: datetime) -> list[Moved]:
    """What was decided and is not in the published figures yet, published; the figures that it moved as of `at`."""
    _require_data(home, notice)
    if not _is_current(home, notice):
        rebuild(home)  # the notice or the program changed as well: what moved could not be told apart
        return []
    try:
        with open_warehouse(home.warehouse, home.private) as (connection, private):
            take_effect(home, connection, private, notice, read_decisions(home, notice.id))
            # Where no unit has anything that is not published yet, the figures are those that are.
            has_changed = has_changed_units(connection)
            after = _figures(connection, notice, at) if has_changed else {}
            before = _published(home, notice, at) if has_changed else {}
            # While it is open: opening it once more reads the definitions of all relations, closing it writes what publish does.
            publish_snapshot(home, read_journals(home))
    except UnmaskedError:
        before = _published(home, notice, at)
        rebuild(home)
        after = _published(home, notice, at)
    return _compare(before, after)


def _is_current(home: Home, notice: Notice) -> bool:
    """Whether what is published can be opened, and was made by this program from this notice."""
    try:
        with open_newest(home.published) as snapshot:
            return find_receipts(snapshot, notice) is not None
    except DerivedFault:
        return False


def _published(home: Home, notice: Notice, at: datetime) -> Values:
    with open_newest(home.published) as snapshot:
        return _figures(snapshot, notice, at)


def foresee(home: Home, notice: Notice, asked: Asked, given: Given) -> Taken:
    """What `decide` would keep and move, on a copy. Raises RefusedError as it does."""
    _require_data(home, notice)
    decisions = read_decisions(home, notice.id)
    decision = _draft(home, notice, decisions, asked, given).named("—")
    with scratch("foresee") as folder:
        copies = [folder / path.name for path in (home.warehouse, home.private)]
        _copy(home, copies)
        with open_warehouse(copies[0], copies[1]) as (connection, private):
            take_effect(home, connection, private, notice, decisions, is_kept=False)
            before = _figures(connection, notice, asked.at)
            with_it = Decisions.of([*decisions.all, decision])
            take_effect(home, connection, private, notice, with_it, is_kept=False)
            return Taken(decision, _compare(before, _figures(connection, notice, asked.at)))


def _draft(home: Home, notice: Notice, decisions: Decisions, asked: Asked, given: Given) -> Decision:
    _require_data(home, notice)
    with open_newest(home.published) as snapshot:
        case = Case(notice, decisions, asked, given, Lookup(snapshot, notice.id, asked.at, Masks(home.masks)))
        return draft(case, Archive(home.archive))


@one_writer
def _copy(home: Home, copies: list[Path]) -> None:
    for path, copy in zip((home.warehouse, home.private), copies, strict=True):
        shutil.copyfile(path, copy)


def _require_data(home: Home, notice: Notice) -> None:
    for path in (home.published, home.warehouse, home.private):
        if not path.exists():
            raise NoticesError(f"通知 {notice.id} 还没有数据。先运行 notices run {notice.id}，再作决定")


def _figures(connection: duckdb.DuckDBPyConnection, notice: Notice, at: datetime) -> Values:
    rows = connection.execute(_FIGURES, {"notice": notice.id, "t": at}).fetchall()
    return {(code, figure): (city, value) for code, city, figure, value in rows}


def _compare(before: Values, after: Values) -> list[Moved]:
    return [
        Moved(code, city, figure, before.get((code, figure), (city, None))[1], value)
        for (code, figure), (city, value) in sorted(after.items(), key=lambda one: one[0][0])
        if before.get((code, figure), (city, None))[1] != value
    ]
