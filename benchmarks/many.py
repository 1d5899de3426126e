"""Claim: hundreds of open notices cost little while nothing comes: reading the DAG folder, and a steady ten minutes.

The notices are copies of the 2020 one, with its roster of 255 units, open now; in a tree of their own, for a notice is a folder of
the tree. Each was collected once. A part that is run by each of them, and not by a clock for all, would show here at once.
"""

import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

from benchmarks.cycle import NOTICE
from benchmarks.measure import ROOT, Cost, in_turn, least, print_table, run_subject

PARTS = ("pipelines", "sql", "expectations", "dags", "plugins", "tools", "benchmarks")
LOOKS_A_DAY = {"collect": 144, "send": 144, "remind": 24, "alarms": 144}


def plant(tree: Path, notices: int) -> Path:
    """A tree with so many open notices."""
    for part in PARTS:
        # What is compiled comes along, but for what another process is just compiling.
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copytree(ROOT / "notices" / NOTICE, tree / "model")
    (tree / "notices").mkdir()
    for path in (ROOT / "notices").glob("*.*"):
        shutil.copyfile(path, tree / "notices" / path.name)
    for number in range(notices):
        _copy(tree / "model", tree / "notices" / f"office-{number:03}")
    return tree


def _copy(model: Path, to: Path) -> None:
    """The same notice under another name, open for longer: what it asks stays in the past. It feeds no media, for a notice that
    does is started every ten minutes."""
    shutil.copytree(model, to)
    path = to / "notice.yaml"
    text = path.read_text("utf-8").replace(f"id: {NOTICE}", f"id: {to.name}")
    text = re.sub(r"(?ms)^(?:recommend|feeds):.*?(?=^\S)", "", text)
    closes = date.today() + timedelta(days=30)
    path.write_text(re.sub(r"(?m)^closes: .*$", f"closes: {closes.isoformat()}", text), "utf-8")


class Tree:
    def __init__(self, path: Path, notices: int) -> None:
        self.path = plant(path, notices)
        self.env = {
            "PYTHONPATH": f"{path}:{path / 'tools'}",
            "NOTICES_HOME": str(path / "home"),
            "AIRFLOW_HOME": str(path / "home" / "airflow"),
        }

    def run(self, what: str) -> Cost:
        return run_subject("office", what, root=self.path, env={**os.environ, **self.env})


def measure_many(folder: Path, *, notices: int, rounds: int) -> tuple[float, float]:
    """Prints the tables; returns the CPU seconds of reading the DAG folder, and those of ten steady minutes, looks and reading
    of DAG files apart from Airflow's own services."""
    tree = Tree(folder / "tree", notices)
    cards = tree.run("cards").stages["cards"]
    tree.run("fill")
    found = in_turn(rounds, {"parse": lambda: tree.run("parse"), "steady": lambda: tree.run("steady")})
    parse, steady = (_least(found[name]) for name in ("parse", "steady"))
    print(f"many: {notices} open notices with nothing new, best of {rounds} rounds; CPU seconds\n")
    print_table(
        ["DAG file", "read and serialized"],
        [[f"{name}.py", cost] for name, cost in parse.items()] + [["all", sum(parse.values())]],
    )
    print(f"Cards are made once, and again of what changed: all of them {cards:.2f} CPU s.\n")
    ten_minutes = sum(cost * LOOKS_A_DAY[name] / 144 for name, cost in steady.items())
    print_table(
        ["look", "one look over all", "times a day"],
        [[name, cost, LOOKS_A_DAY[name]] for name, cost in steady.items()],
    )
    print(f"Ten minutes: {ten_minutes:.2f} CPU s in looks; two cores have 1200.\n")
    return sum(parse.values()), ten_minutes


def _least(costs: list[Cost]) -> dict[str, float]:
    assert least(costs, "cpu") > 0
    return {name: min(one.stages[name] for one in costs) for name in costs[0].stages}
