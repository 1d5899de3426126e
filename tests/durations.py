"""How long each test lasts: kept in tests/durations.csv by `make durations`, read when tests are put in order and chosen."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

KEPT = Path(__file__).with_suffix(".csv")
LISTED = 0.1
"""Seconds below which a test is not worth a line."""
QUICK = 0.07
"""Seconds that a test of the fast tier lasts at most."""
SETUP = 1.0
"""Seconds above which what a file's tests share is too dear for the fast tier, whichever of them pays."""
UNKNOWN = 20.0
"""Seconds taken for a test that is marked as slow and was never measured."""


@dataclass(frozen=True)
class Line:
    """What all cases of a test took together, how many they were, and the longest setup of one."""

    cases: int
    total: float
    setup: float


def read_durations() -> dict[str, Line]:
    """By `file::test`."""
    with KEPT.open(encoding="utf-8", newline="") as file:
        return {
            one["test"]: Line(int(one["cases"]), float(one["total"]), float(one["setup"]))
            for one in csv.DictReader(file)
        }


def sort_and_mark(items: list[pytest.Item]) -> None:
    """The files that last longest come first, in one piece each, so that the end does not hang on one of them. Tests that are
    too long for the fast tier become `slow` ones."""
    lines = read_durations()
    files: dict[str, float] = defaultdict(float)
    dear = {test.partition("::")[0] for test, line in lines.items() if line.setup > SETUP}
    for item in items:
        test = item.nodeid.partition("[")[0]
        file, line = test.partition("::")[0], lines.get(test)
        if file in dear or (line and line.total / line.cases > QUICK):
            item.add_marker(pytest.mark.slow)
        is_long = item.get_closest_marker("slow") or item.get_closest_marker("airflow")
        files[file] += line.total / line.cases if line else UNKNOWN if is_long else 0.0
    items.sort(key=lambda item: -files[item.nodeid.partition("::")[0]])


class Recorder:
    """Adds up what every case of every test took, whichever worker ran it, and writes it when the session ends."""

    def __init__(self, to: Path) -> None:
        self.to = to
        self.cases: Counter[str] = Counter()
        self.total: dict[str, float] = defaultdict(float)
        self.setup: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.partition("[")[0]
        self.cases[test] += report.when == "setup"
        self.total[test] += report.duration
        if report.when == "setup":
            self.setup[test] = max(self.setup[test], report.duration)

    def pytest_sessionfinish(self) -> None:
        self.to.parent.mkdir(parents=True, exist_ok=True)
        with self.to.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("test", "cases", "total", "setup"))
            for test, cases in sorted(self.cases.items()):
                if self.total[test] > LISTED:
                    out.writerow((test, cases, f"{self.total[test]:.2f}", f"{self.setup[test]:.2f}"))
