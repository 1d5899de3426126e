"""A timetable of given moments that makes up for the last day: what a notice's bulletins run on.

Airflow's own EventsTimetable either runs all past moments (catchup) or forgets a moment once it is over (no catchup): then
one reading of the DAG file between the moment and the scheduler's next look, or a night without power, loses a bulletin.
Here a DAG without catchup still gets the moments of the last GRACE. Backfills are not limited.
"""

from datetime import timedelta
from typing import ClassVar

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction
from airflow.timetables.events import EventsTimetable

GRACE = timedelta(hours=24)


class PlannedMoments(EventsTimetable):
    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        if not restriction.catchup:
            since = pendulum.now("UTC") - GRACE
            earliest = max(restriction.earliest, since) if restriction.earliest else since
            restriction = restriction._replace(earliest=earliest, catchup=True)
        return super().next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval, restriction=restriction
        )


class PlannedMomentsPlugin(AirflowPlugin):
    name = "planned_moments"
    timetables: ClassVar = [PlannedMoments]
