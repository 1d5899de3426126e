"""Subject: one cycle of the pipeline, stage by stage as `notices run` does it; prints the seconds of each stage.

Importing Great Expectations is a stage of its own: it costs the same whatever a cycle brings. `notices run` does it beside the load;
here it comes first, so that none of it falls on another stage.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

from benchmarks.measure import Stopwatch
from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.warehouse.known import kept_known


def main(home_path: str, notice_id: str, inbox: str, now: str) -> None:
    watch = Stopwatch()
    with watch.time("notice"):
        home, notice = Home(Path(home_path)), load_notice(notice_id)
    with watch.time("import pandas"):
        import pandas  # noqa: F401
        import pyarrow  # noqa: F401
    with watch.time("import GX"):
        import pipelines.check.validate  # noqa: F401
    with kept_known():
        with watch.time("scan"):
            scanned = cycle.scan(home, notice, "benchmark", Path(inbox), datetime.fromisoformat(now))
        with watch.time("read"):
            cycle.read_all(home, notice, "benchmark", scanned["batches"])
        stage = watch.time("check, load and publish")
        with stage, cycle.checking(home, notice, "benchmark") as wait_for_verdicts:
            done = cycle.load_and_publish(home, notice, "benchmark", wait_for_verdicts)
    said = {"new": scanned["new"], "states": done["states"], "bytes": done["bytes"]}
    print(json.dumps({**said, "stages": watch.stages, "cpu": watch.cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
