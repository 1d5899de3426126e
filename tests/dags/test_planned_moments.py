"""The timetable of bulletins: what was missed in the last day is made up for, older moments are not, backfills see all."""

import json

import pytest

from tests.dags.airflow_runs import SETTINGS, Nursery
from tests.dags.conftest import python_environment

pytestmark = pytest.mark.airflow

ASK = """
import json, sys
import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.serialization.serialized_objects import decode_timetable, encode_timetable
from planned_moments import PlannedMoments
now = pendulum.now("UTC")
at = lambda hour: None if hour is None else now.add(hours=hour)
answers = {}
for name, (hours, last, earliest, catchup) in json.loads(sys.argv[1]).items():
    made = decode_timetable(encode_timetable(PlannedMoments([at(hour) for hour in hours], description="几期")))
    found = made.next_dagrun_info(
        last_automated_data_interval=None if last is None else DataInterval.exact(at(last)),
        restriction=TimeRestriction(at(earliest), None, catchup),
    )
    hour = None if found is None else round((found.data_interval.end - now).total_seconds() / 3600)
    answers[name] = {"summary": made.summary, "next": hour}
print(json.dumps(answers))
"""
CASES = {
    "old": ([-48, -30, 5], None, None, False, 5),
    "missed": ([-48, -23, 5], None, None, False, -23),
    "next-missed": ([-48, -23, -2, 5], -23, None, False, -2),
    "none-missed": ([-23, -2, 5], -2, None, False, 5),
    "over": ([-48, -30], None, None, False, None),
    "backfill": ([-48, -30, 5], None, -40, True, -30),
    "backfill-goes-on": ([-48, -30, 5], -30, -50, True, 5),
}
"""Moments planned, the last one that ran, the earliest and whether all are to be made up for -> the next; in hours from now."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory, nursery: Nursery):
    """What the timetable says of every case, asked in one process of Airflow's."""
    folder = tmp_path_factory.mktemp("timetable")
    asked = json.dumps({name: case[:4] for name, case in CASES.items()})
    env = python_environment(folder / "home")
    return json.loads(nursery.run(SETTINGS + ASK, asked, env=env, log=folder / "log").splitlines()[-1])


@pytest.mark.parametrize("name", CASES)
def test_which_moment_is_next(name, answers):
    assert answers[name] == {"summary": "几期", "next": CASES[name][4]}
