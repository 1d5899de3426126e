"""The timetable of bulletins: what was missed in the last day is made up for, older moments are not, backfills see all."""

import json

import pytest

pytestmark = pytest.mark.airflow

ASK = """
import json, os, sys
from airflow_env import environment
os.environ.update(environment())
import airflow.settings
airflow.settings.prepare_syspath_for_config_and_plugins()
import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.serialization.serialized_objects import decode_timetable, encode_timetable
from planned_moments import PlannedMoments
hours, last, earliest, catchup = json.loads(sys.argv[1])
now = pendulum.now("UTC")
at = lambda hour: None if hour is None else now.add(hours=hour)
made = decode_timetable(encode_timetable(PlannedMoments([at(hour) for hour in hours], description="几期")))
found = made.next_dagrun_info(
    last_automated_data_interval=None if last is None else DataInterval.exact(at(last)),
    restriction=TimeRestriction(at(earliest), None, catchup),
)
print(json.dumps({"summary": made.summary, "next": None if found is None else round((found.data_interval.end - now).total_seconds() / 3600)}))
"""


@pytest.mark.parametrize(
    ("hours", "last", "earliest", "catchup", "following"),
    [
        ([-48, -30, 5], None, None, False, 5),
        ([-48, -23, 5], None, None, False, -23),
        ([-48, -23, -2, 5], -23, None, False, -2),
        ([-23, -2, 5], -2, None, False, 5),
        ([-48, -30], None, None, False, None),
        ([-48, -30, 5], None, -40, True, -30),
        ([-48, -30, 5], -30, -50, True, 5),
    ],
    ids=["old", "missed", "next-missed", "none-missed", "over", "backfill", "backfill-goes-on"],
)
def test_which_moment_is_next(python, hours, last, earliest, catchup, following):
    done = python("-c", ASK, json.dumps([hours, last, earliest, catchup]))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"summary": "几期", "next": following}
