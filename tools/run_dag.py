"""Runs one DAG of dags/ once, headless, in this process, and ends with 1 where the run failed.

`.venv/bin/python tools/run_dag.py collect__NOTICE --conf '{"inbox": "DIR", "now": "2020-12-01T00:00:00"}'`
"""

import argparse
import json
import os
import sys
from typing import Any

from airflow_env import environment, initialise, only_one


def find_dag(dag_id: str, folder: str) -> Any:
    """The DAG of this id, from whichever file of the folder makes it."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(folder)
    if dag_id not in bag.dags:
        errors = "".join(f"\n{path}: {error}" for path, error in bag.import_errors.items())
        sys.exit(f"There is no DAG {dag_id}; there are: {', '.join(sorted(bag.dags))}{errors}")
    return bag.dags[dag_id]


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
        run = dag.test(run_conf=given.conf, logical_date=None)
    print(f"run {run.run_id} of {run.dag_id}: {run.state}", flush=True)
    sys.exit(run.state != "success")


if __name__ == "__main__":
    main()
