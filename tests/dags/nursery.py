"""A process that has imported Airflow and built what `dag.test` asks, and forks for whoever needs an Airflow of their own: a new
process imports and builds for ten seconds before it does anything.

Nothing of Airflow is initialised here, nothing of this project imported, no thread started: what is forked begins with its own
settings, home and tree.
"""

import contextlib
import json
import os
import socket
import sys
import traceback
from typing import Any


def import_airflow() -> None:
    os.environ["_AIRFLOW__AS_LIBRARY"] = "1"  # imported and not initialised: airflow_runs.SETTINGS does that
    import airflow.dag_processing.bundles.manager
    import airflow.models
    import airflow.models.dagrun
    import airflow.providers.standard.decorators.sensor
    import airflow.providers.standard.operators.hitl
    import airflow.providers.standard.operators.trigger_dagrun
    import airflow.sdk.execution_time.task_runner
    import airflow.serialization.serialized_objects  # noqa: F401
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    in_process_api_server().app._cadwyn_initialize()


def main() -> None:
    asking = socket.socket(fileno=int(sys.argv[1]))
    import_airflow()
    while True:
        said, pipes, _, _ = socket.recv_fds(asking, 1 << 20, 4)
        with contextlib.suppress(ChildProcessError):  # how each ended it wrote into its own pipe
            while os.waitpid(-1, os.WNOHANG if said else 0)[0]:
                pass
        if not said:
            return
        if os.fork() == 0:
            asking.close()
            os._exit(work(json.loads(said), pipes))
        for pipe in pipes:
            os.close(pipe)


def work(asked: dict[str, Any], pipes: list[int]) -> int:
    """Runs the code as `python -c` would, and returns and writes its status."""
    for number, pipe in enumerate(pipes[:3]):
        os.dup2(pipe, number)
        os.close(pipe)
    os.set_inheritable(pipes[3], False)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["tree"])
    sys.path[:0] = asked["env"]["PYTHONPATH"].split(os.pathsep)
    sys.argv = ["-c", *asked["arguments"]]
    status = 1
    try:
        exec(asked["code"], {"__name__": "__main__"})
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(pipes[3], bytes([status]))
    return status


if __name__ == "__main__":
    main()
