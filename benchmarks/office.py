"""Subject: what Airflow does with many open notices in ten minutes without anything new; prints CPU seconds of each part.

Every part runs in a child forked from a process that has Airflow imported, as the DAG processor and the workers fork theirs. Run in
a tree of its own (many.py), whose notices/ holds nothing but these notices.
"""

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from airflow_env import environment

from pipelines.ground.home import ROOT, Home


def in_child(work: Callable[[], object]) -> float:
    """CPU seconds of the work and all its children."""
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status, usage = os.wait4(child, 0)
    assert status == 0, work
    return usage.ru_utime + usage.ru_stime


def read_file(path: Path) -> Callable[[], object]:
    """What the DAG processor does with one file: its DAGs, and each of them as the database keeps it."""

    def work() -> None:
        from airflow.dag_processing.dagbag import DagBag
        from airflow.serialization.serialized_objects import DagSerialization

        bag = DagBag(path)
        assert not bag.import_errors, bag.import_errors
        for dag in bag.dags.values():
            DagSerialization.to_dict(dag)

    return work


def look_with(flow: str) -> Callable[[], object]:
    """What the first task of a clock does; nothing may come of it."""

    def work() -> None:
        import importlib.util

        os.environ["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = flow
        spec = importlib.util.spec_from_file_location(flow, ROOT / "dags" / f"{flow}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        from pipelines.notice.cards import list_cards

        found = module.look(list_cards(Home.default()))
        daily = {notice_id for notice_id, why in found.items() if why.startswith("每天一次")}
        assert found.keys() == daily, found

    return work


def look_for_alarms() -> None:
    from pipelines.alarms.watch import watch
    from pipelines.ground.connections import from_environment

    watch(Home.default(), lambda: datetime.now(UTC), from_environment)


def make_cards() -> None:
    """What the first reading of the DAG folder does, once for all files."""
    from pipelines.notice.cards import list_cards

    assert all(not card.problems for card in list_cards(Home.default()))


def fill() -> None:
    """Every notice was collected once, nothing came, and whoever had to hear that did."""
    from pipelines.notice import list_notices, load_notice
    from pipelines.rebuild import rebuild
    from pipelines.remind import deliver, remind
    from pipelines.sweep import sweep

    home = Home.default()
    work = sweep(home, list_notices()).work
    assert set(work.values()) == {"还没有入过库"}, work
    rebuild(home)
    for notice_id in list_notices():
        notice = load_notice(notice_id)
        now = notice.local(datetime.now(UTC))
        remind(home, notice, now)
        deliver(home, notice, partial(notice.local, now), None)


def main(what: str) -> None:
    os.environ.update(environment())
    if what == "parse":
        sys.argv.append("dag-processor")  # as which it loads the plugins, and imports for all files
    import airflow.dag_processing.processor  # noqa: F401

    sys.path.append(str(ROOT / "plugins"))
    if what == "cards":
        said = {"cards": in_child(make_cards)}
    elif what == "fill":
        fill()
        said = {}
    elif what == "parse":
        gc.freeze()  # as the DAG processor does
        said = {path.stem: in_child(read_file(path)) for path in sorted((ROOT / "dags").glob("*.py"))}
    else:
        said = {flow: in_child(look_with(flow)) for flow in ("collect", "send", "remind")}
        said["alarms"] = in_child(look_for_alarms)
    print(json.dumps({"stages": said}))


if __name__ == "__main__":
    main(*sys.argv[1:])
