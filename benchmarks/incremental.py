"""Claim: a cycle with 20 new files costs about the same over 10,000 known files as over 100.

Two homes are filled first (not timed); then 20 new files come into each, once a round, so what is known grows a little.
"""

import shutil
from datetime import timedelta
from pathlib import Path

from benchmarks.cycle import NOTICE
from benchmarks.measure import Cost, in_turn, least, least_stages, middle, print_table, run_subject
from pipelines.notice import load_notice
from pipelines.sample import write_load

NEW = 20


class Office:
    """A home that knows many files, and new ones that come in one parcel a round."""

    def __init__(self, folder: Path, *, known: int, rows: int, rounds: int) -> None:
        self.folder, self.known = folder, known
        made = write_load(load_notice(NOTICE), folder, files=known + NEW * rounds, rows=rows)
        self.inbox, self.now = made.inbox, made.now
        paths = [Path(end.path) for end in made.ends]
        # Later turns of a unit are later in the alphabet: take those, over many units.
        paths.sort(key=lambda path: (path.name, path.parent.name), reverse=True)
        self.aside = [paths[start : start + NEW] for start in range(0, NEW * rounds, NEW)]
        for path in [path for parcel in self.aside for path in parcel]:
            self._move(self.inbox / path, folder / "aside" / path)
        self.run()

    def run(self) -> Cost:
        self.now += timedelta(minutes=10)
        return run_subject("pipeline", self.folder / "home", NOTICE, self.inbox, self.now.isoformat())

    def receive(self) -> Cost:
        for path in self.aside.pop():
            self._move(self.folder / "aside" / path, self.inbox / path)
        cost = self.run()
        assert cost.said["new"] == NEW, cost.said
        assert cost.said["states"] == {"accepted": NEW}, cost.said
        return cost

    def _move(self, start: Path, end: Path) -> None:
        end.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(start, end)


def measure_incremental(folder: Path, *, few: int, many: int, rows: int, rounds: int) -> float:
    """Prints the table; returns the ratio of the cycle over many known files to that over few, GX's import aside."""
    offices = {
        known: Office(folder / str(known), known=known, rows=rows, rounds=rounds) for known in (few, many)
    }
    found = in_turn(rounds, {f"over {known}": office.receive for known, office in offices.items()})
    small, large = found.values()
    stages = [least_stages(costs) for costs in (small, large)]
    aside = [one["import GX"] for one in stages]
    best = [least(costs) - less for costs, less in zip((small, large), aside, strict=True)]
    lines: list[list[object]] = [
        ["whole cycle, wall", least(small), least(large), least(large) / least(small)],
        ["the same without importing GX", *best, best[1] / best[0]],
        ["whole cycle, median wall", middle(small), middle(large), middle(large) / middle(small)],
        [
            "whole cycle, CPU",
            least(small, "cpu"),
            least(large, "cpu"),
            least(large, "cpu") / least(small, "cpu"),
        ],
    ]
    for what, label in (("stages", "wall"), ("cpu", "CPU of the main process")):
        left, right = (least_stages(costs, what) for costs in (small, large))
        lines += [[f"{name}, {label}", left[name], right[name], right[name] / left[name]] for name in left]
    print(f"incremental: {NEW} new files of {rows} rows, best of {rounds} rounds; seconds\n")
    print_table(["", f"over {few} known", f"over {many} known", "ratio"], lines)
    print(f"Snapshot: {small[-1].said['bytes'] / 1e6:.1f} MB and {large[-1].said['bytes'] / 1e6:.1f} MB.\n")
    return best[1] / best[0]
