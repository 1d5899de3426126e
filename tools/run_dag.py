"""Runs one DAG of dags/ once, headless, in this process, and ends with 1 where the run failed.

`.venv/bin/python tools/run_dag.py collect__NOTICE --conf '{"inbox": "DIR", "now": "2020-12-01T00:00:00"}'`
"""

import argparse
import contextlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airflow_env import environment, initialise, only_one

from pipelines.warehouse.likeness import mask_plainly

END = "end of what was said\n"
TASK = re.compile(r"\[DAG TEST\] starting task_id=(?P<task>\S+) map_index=(?P<index>-?\d+)")


def find_dag(dag_id: str, folder: str) -> Any:
    """The DAG of this id, from whichever file of the folder makes it."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(folder)
    if dag_id not in bag.dags:
        errors = "".join(f"\n{path}: {error}" for path, error in bag.import_errors.items())
        sys.exit(f"There is no DAG {dag_id}; there are: {', '.join(sorted(bag.dags))}{errors}")
    return bag.dags[dag_id]


@contextlib.contextmanager
def overheard() -> Iterator[list[str]]:
    """The lines that this process and its children write to standard output, which they reach as well.

    dag.test writes no log of a task, and the page would find none. Children that live on keep the pipe open: an end mark
    says that all was heard.
    """
    lines: list[str] = []
    reading, writing = os.pipe()
    out = os.dup(sys.stdout.fileno())

    def listen() -> None:
        with (
            open(reading, encoding="utf-8", errors="replace") as said,
            open(out, "w", encoding="utf-8") as to,
        ):
            for line in said:
                if line == END:
                    return
                to.write(line)
                to.flush()
                lines.append(line.rstrip("\n"))

    kept = os.dup(out)
    listener = threading.Thread(target=listen)
    sys.stdout.flush()
    os.dup2(writing, sys.stdout.fileno())
    os.close(writing)
    listener.start()
    try:
        yield lines
    finally:
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), f"\n{END}".encode())
        listener.join()
        os.dup2(kept, sys.stdout.fileno())
        os.close(kept)


def keep_logs(run: Any, said: list[str], folder: Path) -> None:
    """Each task's part of what was said, where the page looks for its log; what stands before the first is of none."""
    parts: dict[tuple[str, int], list[str]] = {}
    current: tuple[str, int] | None = None
    for line in said:
        if found := TASK.search(line):
            current = (found["task"], int(found["index"]))
        if current:
            parts.setdefault(current, []).append(mask_plainly(line))
    for (task, index), lines in parts.items():
        place = folder / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task}"
        if index >= 0:
            place /= f"map_index={index}"
        place.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps({"event": line}, ensure_ascii=False) + "\n" for line in lines)
        (place / "attempt=1.log").write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dag_id")
    parser.add_argument("--conf", type=json.loads, default={}, help="the run's parameters as JSON")
    given = parser.parse_args()
    env = environment()
    os.environ.update(env)  # before Airflow is imported: it reads its settings then
    with only_one():
        initialise(env)
        dag = find_dag(given.dag_id, env["AIRFLOW__CORE__DAGS_FOLDER"])
        for task in dag.tasks:
            task.retries = 0  # whoever waits at a terminal wants to know at once
        with overheard() as said:
            run = dag.test(run_conf=given.conf, logical_date=None)
        keep_logs(run, said, Path(env["AIRFLOW_HOME"]) / "logs")
    print(f"run {run.run_id} of {run.dag_id}: {run.state}", flush=True)
    sys.exit(run.state != "success")


if __name__ == "__main__":
    main()
