"""`python -m benchmarks [CLAIM…] [--small] [--rounds N] [--files N]`: measures and prints. Exit status 1 where an aim is missed."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.as_of import measure_as_of
from benchmarks.board import measure_board
from benchmarks.cycle import measure_cycle
from benchmarks.incremental import measure_incremental
from benchmarks.many import measure_many
from benchmarks.peers import is_installed, measure_peers

Claim = Callable[[Path, bool, int], bool]
BACKLOG = 2000
"""Files of the claims `cycle` and `peers`, but for --small and --files."""


def run_cycle(folder: Path, small: bool, rounds: int, files: int = BACKLOG) -> bool:
    """One cycle over 2,000 files of 50 rows beside its floor and beside a plain script."""
    wall, cpu = measure_cycle(folder, files=20 if small else files, rows=5 if small else 50, rounds=rounds)
    return wall <= 2.5 and cpu <= 2.2


def run_peers(folder: Path, small: bool, rounds: int, files: int = BACKLOG) -> bool:
    """The same files taken in by dlt, polars, DuckDB's excel reader and pandas; needs the extra `bench`."""
    measure_peers(folder, files=20 if small else files, rows=5 if small else 50, rounds=rounds)
    return True


def run_incremental(folder: Path, small: bool, rounds: int) -> bool:
    """A cycle with 20 new files over 10,000 known ones, beside one over 100."""
    few, many, rows = (20, 60, 3) if small else (100, 10_000, 50)
    return measure_incremental(folder, few=few, many=many, rows=rows, rounds=rounds) <= 1.25


def run_as_of(folder: Path, small: bool, rounds: int) -> bool:
    """City figures as of a moment over 1,000,000 item rows of 10,000 recipients, beside pandas."""
    items, recipients = (2_000, 100) if small else (1_000_000, 10_000)
    slowest, ratio = measure_as_of(folder, items=items, recipients=recipients, rounds=rounds)
    return slowest < 0.3 and ratio >= 20


def run_board(folder: Path, small: bool, rounds: int) -> bool:
    """The board's first view of 255 units and some 1,200 obligations."""
    return measure_board(folder, recipients=8 if small else None, rounds=rounds) < 0.3


def run_board_large(folder: Path, small: bool, rounds: int) -> bool:
    """The board's first view of 10,000 obligations."""
    return measure_board(folder, recipients=4 if small else 30, rounds=rounds, days=10 if small else 77) < 1.0


def run_many(folder: Path, small: bool, rounds: int) -> bool:
    """200 open notices with nothing new: reading the DAG folder, and a steady ten minutes."""
    parse, ten_minutes = measure_many(folder, notices=3 if small else 200, rounds=rounds)
    return parse < 5.0 and ten_minutes < 60.0


CLAIMS: dict[str, Claim] = {
    "cycle": run_cycle,
    "peers": run_peers,
    "incremental": run_incremental,
    "as-of": run_as_of,
    "board": run_board,
    "board-large": run_board_large,
    "many": run_many,
}


def main() -> int:
    told = "\n".join(f"  {name}: {claim.__doc__}" for name, claim in CLAIMS.items())
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description=f"Claims:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="all where none is named")
    parser.add_argument("--small", action="store_true", help="to see that it runs; says nothing of speed")
    parser.add_argument("--files", type=int, help=f"files of cycle and peers ({BACKLOG})")
    parser.add_argument("--rounds", type=int, help="how often each is run (3; 1 with --small)")
    chosen = parser.parse_args()
    if unknown := set(chosen.claims) - set(CLAIMS):
        parser.error(f"no claim {', '.join(sorted(unknown))}; there are {', '.join(CLAIMS)}")
    wanted = list(chosen.claims or CLAIMS)
    if "peers" in wanted and not is_installed():
        lacking = "peers needs the extra `bench`, which `make bench` installs"
        if chosen.claims:
            parser.error(lacking)
        wanted.remove("peers")
        print(f"left out: {lacking}", file=sys.stderr)
    sized = {"files": chosen.files} if chosen.files else {}
    claims = {**CLAIMS, "cycle": partial(run_cycle, **sized), "peers": partial(run_peers, **sized)}
    missed = []
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="notices-benchmark-") as folder:
            if not claims[name](Path(folder), chosen.small, chosen.rounds or (1 if chosen.small else 3)):
                missed.append(name)
    if missed and not chosen.small:
        print(f"aim missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed and not chosen.small else 0


if __name__ == "__main__":
    sys.exit(main())
