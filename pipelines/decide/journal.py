"""The journal of decisions: archive/decisions/<notice>.jsonl, appended, synced and chained. Nothing in it is ever changed.

Each line carries the hash of all that stands before it, so that a line that was changed or taken out is noticed.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.decide.record import Decision, Decisions, decision_of
from pipelines.ground.durable import JsonLines
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home

START = "0" * 64


class DecisionJournal:
    """A notice's decisions on disk. Read whole when it is made; raises NoticesError where it was tampered with."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = JsonLines(path, ensure_ascii=False)
        self._chain, kept = START, []
        for number, line in enumerate(self._lines.read(), 1):
            chain = line.pop("chain", None)
            self._chain = _link(self._chain, decision_of(line))
            if chain != self._chain:
                raise NoticesError(
                    f"决定的登记簿 {path} 第 {number} 行与前文对不上，可能被改动或删过行。请从备份恢复这个文件，不要手改"
                )
            kept.append(decision_of(line))
        self.decisions = Decisions.of(kept)

    def keep(self, decision: Decision) -> Decision:
        """The decision with its id, on disk. The same form sent again gives what was kept the first time."""
        if decision.token and (known := self._by_token(decision.token)):
            return known
        named = decision.named(f"D{len(self.decisions.all) + 1:04d}")
        chain = _link(self._chain, named)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lines.append([{**named.as_record(), "chain": chain}])
        self._chain = chain
        self.decisions = Decisions.of([*self.decisions.all, named])
        return named

    def _by_token(self, token: str) -> Decision | None:
        return next((one for one in self.decisions.all if one.token == token), None)


def _link(chain: str, decision: Decision) -> str:
    said = json.dumps(decision.as_record(), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{chain}\n{said}".encode()).hexdigest()


def _path(home: Home, notice_id: str) -> Path:
    return home.archive / "decisions" / f"{notice_id}.jsonl"


def read_decisions(home: Home, notice_id: str) -> Decisions:
    """All decisions about a notice; none where nobody ever decided anything."""
    return DecisionJournal(_path(home, notice_id)).decisions


@contextmanager
def write_decisions(home: Home, notice_id: str) -> Iterator[DecisionJournal]:
    """The journal, for one writer at a time."""
    path = _path(home, notice_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield DecisionJournal(path)
