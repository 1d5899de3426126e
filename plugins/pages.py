"""Which of Airflow's processes serves pages. The others load the plugins too, the DAG processor at every reading of a DAG file whose
timetable is one: what makes the pages costs them two seconds and does nothing there."""

import sys

SERVES_PAGES = not {"dag-processor", "scheduler", "triggerer"} & set(sys.argv)
