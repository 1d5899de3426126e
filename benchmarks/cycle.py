"""Claim: one cycle over many files costs about twice what nobody can avoid, Great Expectations' import aside.

Beside it the floor (floor.py) and the script that a colleague would write (script.py), on the same files, in turn.
"""

from pathlib import Path

import duckdb

from benchmarks.measure import in_turn, least, least_stages, middle, print_table, run_subject
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.sample import write_load

NOTICE = "sd-vocational-week-2020"


def measure_cycle(folder: Path, *, files: int, rows: int, rounds: int) -> tuple[float, float]:
    """Prints the table; returns the ratios of the cycle, without that import, to the floor (best of the rounds): wall, CPU."""
    made = write_load(load_notice(NOTICE), folder / "load", files=files, rows=rows)
    inbox, now = made.inbox, made.now.isoformat()
    number = iter(range(1, 10 * rounds))
    found = in_turn(
        rounds,
        {
            "cycle": lambda: run_subject("pipeline", folder / f"home-{next(number)}", NOTICE, inbox, now),
            "floor": lambda: run_subject("floor", inbox, folder / f"floor-{next(number)}.duckdb"),
            "script": lambda: run_subject("script", inbox, folder / f"script-{next(number)}.duckdb"),
        },
    )
    _assert_same(folder, files, rows, found["script"][0].said)
    stages = least_stages(found["cycle"])
    used = least_stages(found["cycle"], "cpu")
    importing, floor = stages["import GX"], least(found["floor"])
    lines: list[list[object]] = []
    for name, costs in found.items():
        aside, cpu_aside = (importing, used["import GX"]) if name == "cycle" else (0.0, 0.0)
        best, cpu = least(costs) - aside, least(costs, "cpu") - cpu_aside
        lines.append(
            [name, best, middle(costs) - aside, best / floor, cpu, cpu / least(found["floor"], "cpu")]
        )
    print(
        f"cycle: {files} files × {rows} rows, best of {rounds} rounds; cycle without importing GX ({importing:.2f} s)\n"
    )
    print_table(["", "wall s", "median s", "wall ÷ floor", "CPU s", "CPU ÷ floor"], lines)
    share = least(found["script"]) / least(found["cycle"])
    print(f"The script takes {share:.1f} times as long as the whole cycle, both with importing GX.\n")
    head = ["stage", "wall s", "CPU s of the main process"]
    print_table(head, [[stage, seconds, used[stage]] for stage, seconds in stages.items()])
    cpu = least(found["cycle"], "cpu") - used["import GX"]
    return (least(found["cycle"]) - importing) / floor, cpu / least(found["floor"], "cpu")


def _assert_same(folder: Path, files: int, rows: int, script: dict[str, int]) -> None:
    """Both read every row, and agree on what the figures are made of."""
    database = next(folder.glob("script-*.duckdb"))
    home = Home(next(folder.glob("home-*")))
    with duckdb.connect(database, read_only=True) as connection:
        plain = connection.execute(
            "SELECT count(*), sum(participants), sum(online_views) FROM materials"
        ).fetchone()
    with duckdb.connect(home.published, read_only=True) as connection:
        ours = connection.execute(
            "SELECT sum(materials), sum(participants), sum(online_views) FROM marts.city_coverage WHERE notice_id = ?",
            [NOTICE],
        ).fetchone()
    assert script["files"] == files
    assert script["failed"] == 0
    assert ours == plain, (ours, plain)
    assert ours[0] == files * rows, ours
