"""The alarms that Airflow itself raises, over runs that it ran."""

import shutil
from pathlib import Path

import pytest

from pipelines.alarms.journal import Alarms
from pipelines.ground.home import Home
from tests.dags.airflow_runs import Nursery, standing
from tests.dags.conftest import NOTICE, GiveAirflow, python_environment

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def alarm(home: Path) -> str:
    with Alarms(Home(home).alarms) as journal:
        return "\n".join(one.sentence for one in journal.standing() if one.kind == "run_failed")


def test_a_failed_run_says_in_its_alarm_what_and_where(
    few: Home, tmp_path: Path, give_airflow: GiveAirflow, nursery: Nursery
):
    home = tmp_path / "home"
    shutil.copytree(few.path, home)
    give_airflow(home)
    env = python_environment(home, "tidy.py", "alarms.py")
    damaged = next(path for path in (home / "archive" / "objects").rglob("*") if path.is_file())
    damaged.write_bytes(b"other")
    with standing(nursery, "tidy", env, tmp_path / "log") as airflow:
        (states,) = airflow.run((None, {}))
        assert states["run"] == "failed"
    said = alarm(home)
    for part in ("“1 核对”", damaged.name, "内容与名字不符", "怎么办", "docs/operations.md"):
        assert part in said, said


def test_alarms_that_could_not_look_fail_their_run_and_send_all_the_same(
    few: Home, tmp_path: Path, give_airflow: GiveAirflow, nursery: Nursery
):
    home = tmp_path / "home"
    shutil.copytree(few.path, home)
    give_airflow(home)
    from pipelines.send.outbox import Outbox

    with Outbox(home / "mail"):
        pass
    (home / "mail" / "outbox.sqlite").write_bytes(b"garbage" * 1000)
    with standing(nursery, "alarms", python_environment(home, "alarms.py"), tmp_path / "log") as airflow:
        (states,) = airflow.run((None, {}))
        assert states["watch"] == "failed", airflow.said[-5000:]
        assert states["send"] in ("success", "failed"), "it is run all the same"
        assert states["run"] == "failed"
    assert "“1 查告警”" in alarm(home)
    assert NOTICE in alarm(home)
