"""A journal of decisions whose end was cut off, or that is an older one, stops everything: figures would move by themselves."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.archive.backup import back_up
from pipelines.archive.check import check_home
from pipelines.archive.vault import Vault
from pipelines.decide.journal import write_decisions
from pipelines.decide.record import Decision
from pipelines.ground.errors import KeptFault
from pipelines.ground.home import Home
from pipelines.warehouse.ledger import require_decisions
from tests.conftest import NOTICE_ID

AT = datetime(2020, 11, 10, 9)


def journal(home: Home) -> Path:
    return home.archive / "decisions" / f"{NOTICE_ID}.jsonl"


def decide(home: Home, day: int) -> Decision:
    made = Decision(NOTICE_ID, "waive", {"recipient": "EDU-3701"}, {}, "停课", "clerk", AT.replace(day=day))
    with write_decisions(home, NOTICE_ID) as kept:
        return kept.keep(made)


@pytest.fixture
def decided(home: Home) -> Home:
    """Three decisions, in effect in what was published."""
    home.published.parent.mkdir(parents=True)
    with duckdb.connect(home.published) as base:
        base.execute(
            "CREATE SCHEMA core; CREATE SCHEMA raw; CREATE TABLE raw.receipts (notice_id VARCHAR, receipt_id VARCHAR)"
        )
        base.execute(
            "CREATE TABLE core.decisions (notice_id VARCHAR, decision_id VARCHAR, position INTEGER, decided_at TIMESTAMP)"
        )
        for place in range(3):
            one = decide(home, 10 + place)
            base.execute(
                "INSERT INTO core.decisions VALUES (?, ?, ?, ?)", [NOTICE_ID, one.id, place, one.decided_at]
            )
    return home


def cut(home: Home) -> None:
    lines = journal(home).read_bytes().splitlines(keepends=True)
    journal(home).write_bytes(b"".join(lines[:-2]))  # the last batch: its head and its line


def test_nothing_lost_stops_nothing(decided: Home) -> None:
    require_decisions(decided, NOTICE_ID)
    assert check_home(decided).findings == []
    decide(decided, 20)
    require_decisions(decided, NOTICE_ID)


def test_a_decision_that_was_cut_off_is_named(decided: Home) -> None:
    cut(decided)
    with pytest.raises(KeptFault, match=r"少了 1 个已经生效的决定（D0003）.*notices restore"):
        require_decisions(decided, NOTICE_ID)
    (found,) = check_home(decided).findings
    assert "D0003" in str(found)


def test_another_decision_in_its_place_is_none(decided: Home) -> None:
    cut(decided)
    assert decide(decided, 20).id == "D0003"
    with pytest.raises(KeptFault, match="D0003"):
        require_decisions(decided, NOTICE_ID)


def test_a_backup_says_that_a_journal_shrank_and_keeps_the_older_one(decided: Home, tmp_path: Path) -> None:
    vault = Vault(str(tmp_path / "vault"))
    assert back_up(decided, vault, AT).damaged == ()
    cut(decided)
    (said,) = back_up(decided, vault, AT.replace(hour=10)).damaged
    assert "比上一份备份短" in said
    journal(decided).unlink()
    (said,) = back_up(decided, vault, AT.replace(hour=11)).damaged
    assert "现在没有了" in said
    assert len(vault.snapshots()) == 3
