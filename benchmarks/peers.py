"""Claim: the same files taken in by what else there is, beside one cycle and its floor: rows and sums are shown to be equal first.

The peers are small programs of this folder, as their users would write them (script.py, peer_*.py). They need the extra `bench`.
"""

import importlib.util
from functools import partial
from itertools import count
from pathlib import Path

import duckdb

from benchmarks.cycle import NOTICE
from benchmarks.measure import Cost, in_turn, least, least_stages, middle, print_table, run_subject
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.sample import write_load

NEEDED = ("dlt", "duckdb_extension_excel", "fastexcel", "pandera", "polars")
PEERS = {
    "script": ("pandas + openpyxl + GX", "materials"),
    "peer_dlt": ("dlt + GX", "office.materials"),
    "peer_polars": ("polars + fastexcel + Pandera", "materials"),
    "peer_duckdb": ("DuckDB excel + SQL checks", "materials"),
}
"""Module -> what it is called, and the table that it fills."""
SUMS = "SELECT count(*), sum(participants)::BIGINT, sum(online_views)::BIGINT, count(link), count(theme) FROM"

FEATURES = (
    "bytes kept under their hash before anything reads them",
    "a file that kills or stalls its reader costs that file alone",
    "only what is new is read",
    "killed anywhere, run again: nothing lost, nothing twice",
    "xls, csv, docx, forms, mails and archives, not xlsx alone",
    "several tables a sheet, header rows of two lines, merged cells, totals told apart",
    "every filled cell is a value or is named as unread",
    "each fault with its cell, reason and sentence, sent back in a marked copy",
    "corrections replace rows; figures as of any moment",
    "names and telephone numbers masked in what is published",
    "readers keep the old state while the new one is put in its place",
)
HAS = {
    "cycle": "● ● ● ● ● ● ● ● ● ● ●",
    "script": "· · · · ○ · · ○ · · ·",
    "peer_dlt": "· · ● ○ ○ · · ○ · · ·",
    "peer_polars": "· · · · ○ · · ○ · · ·",
    "peer_duckdb": "· · · · · · · · · · ·",
}
"""By feature: ● has it, ○ a part of it (old Excel formats too; the rows that fail; loads that are whole), · its user would write it."""


def is_installed() -> bool:
    """Whether the peers' packages are there."""
    return all(importlib.util.find_spec(name) for name in NEEDED)


def measure_peers(folder: Path, *, files: int, rows: int, rounds: int) -> None:
    """Prints both tables. Raises SystemExit where the extra `bench` is not installed."""
    if not is_installed():
        raise SystemExit(
            "the extra `bench` is not installed: run `make bench`, or `make .venv-bench/.installed` once"
        )
    made = write_load(load_notice(NOTICE), folder / "load", files=files, rows=rows)
    number = count()

    def run_cycle() -> Cost:
        home = folder / f"home-{next(number)}"
        return run_subject("pipeline", home, NOTICE, made.inbox, made.now.isoformat())

    def run_other(module: str) -> Cost:
        return run_subject(module, made.inbox, folder / f"{module}-{next(number)}.duckdb")

    subjects = {"cycle": run_cycle, **{name: partial(run_other, name) for name in ("floor", *PEERS)}}
    found = in_turn(rounds, subjects)
    _assert_equal(folder, {name: found[name][0] for name in PEERS}, files=files, rows=files * rows)
    _print_costs(found, files=files, rows=rows)
    _print_features()


def _assert_equal(folder: Path, peers: dict[str, Cost], *, files: int, rows: int) -> None:
    """All read every row and found none faulty, and agree with what the cycle published."""
    with duckdb.connect(Home(next(folder.glob("home-*"))).published, read_only=True) as connection:
        ours = connection.execute(f"{SUMS} marts.materials").fetchone()
    assert ours
    assert ours[0] == rows, ours
    for name, cost in peers.items():
        assert (cost.said["files"], cost.said["rows"], cost.said["failed"]) == (files, rows, 0), (
            name,
            cost.said,
        )
        with duckdb.connect(next(folder.glob(f"{name}-*.duckdb")), read_only=True) as connection:
            theirs = connection.execute(f"{SUMS} {PEERS[name][1]}").fetchone()
        assert theirs == ours, (name, theirs, ours)


def _print_costs(found: dict[str, list[Cost]], *, files: int, rows: int) -> None:
    importing = least_stages(found["cycle"], "cpu")["import GX"]
    cycle, floor = found["cycle"], found["floor"]
    lines: list[list[object]] = []
    for name, costs in found.items():
        said = PEERS[name][0] if name in PEERS else name
        cpu = least(costs, "cpu")
        lines.append(
            [
                *(said, least(costs), middle(costs), cpu),
                *(cpu / least(floor, "cpu"), least(costs) / least(cycle), cpu / least(cycle, "cpu")),
            ]
        )
    print(
        f"peers: {files} files × {rows} rows, best of {len(cycle)} rounds, all imports counted"
        f" (the cycle's of Great Expectations is {importing:.2f} s of CPU)\n"
    )
    print_table(["", "wall s", "median s", "CPU s", "CPU ÷ floor", "wall ÷ cycle", "CPU ÷ cycle"], lines)


def _print_features() -> None:
    marks = {name: told.split() for name, told in HAS.items()}
    head = ["", *("cycle" if name == "cycle" else PEERS[name][0] for name in marks)]
    print_table(head, [[one, *(told[at] for told in marks.values())] for at, one in enumerate(FEATURES)])
