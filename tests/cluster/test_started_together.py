"""Machines that start at once: one migrates Airflow's database, and the others wait until it has."""

import sys
from pathlib import Path

import pytest

from tests.cluster.services import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import airflow_env

LOCKED = "psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout"


@pytest.mark.parametrize(
    ("said", "fails", "tried", "is_made"),
    [(LOCKED, 2, 3, True), ("no such database", 2, 1, False), ("", 0, 1, True), (LOCKED, 9, 4, False)],
    ids=["held up", "broken", "at once", "held up for ever"],
)
def test_a_migration_that_is_held_up_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, fails: int, tried: int, is_made: bool
) -> None:
    program, tries = tmp_path / "airflow", tmp_path / "tries"
    program.write_text(
        f"#!/bin/sh\necho x >>{tries}\n[ $(wc -l <{tries}) -gt {fails} ] && exit 0\necho '{said}' >&2; exit 1\n", "utf-8"
    )  # fmt: skip
    program.chmod(0o755)
    monkeypatch.setattr(airflow_env, "airflow", lambda: str(program))
    monkeypatch.setattr(airflow_env, "LOCKED_TRIES", 4)
    monkeypatch.setattr(airflow_env.time, "sleep", lambda seconds: None)
    assert airflow_env._airflow_did(["db", "migrate"], {}, tmp_path / "log") is is_made
    assert len(tries.read_text().splitlines()) == tried
