"""Whether the counts that are kept for stretches of time are those of the obligations one by one, as of any moment."""

from datetime import datetime, timedelta

import duckdb

_KEPT = """
SELECT
    recipient_code, city_code, deliverable, sum(expected), sum(due), sum(on_time), sum(late), sum(missing), sum(pending), sum(exempt),
    sum(returned), sum(zero_reports), sum(due_and_accepted), sum(due_and_on_time)
FROM core.duty_counts($notice, $t) WHERE expected > 0 OR exempt > 0 GROUP BY ALL ORDER BY ALL
"""
_ONE_BY_ONE = """
SELECT
    recipient_code, city_code, deliverable, count(*) FILTER (status <> 'exempt'), count(*) FILTER (is_due AND status <> 'exempt'),
    count(*) FILTER (status = 'on_time'), count(*) FILTER (status = 'late'), count(*) FILTER (status = 'missing'),
    count(*) FILTER (status = 'pending'), count(*) FILTER (status = 'exempt'), count(*) FILTER (is_returned),
    count(*) FILTER (is_zero_report), count(*) FILTER (is_due AND status IN ('on_time', 'late')),
    count(*) FILTER (is_due AND status = 'on_time')
FROM core.obligations_at($notice, $t) GROUP BY ALL ORDER BY ALL
"""
_UNITS = """
SELECT group_code, circulated, obligated, participating FROM core.reporting_counts($notice, $t, 'recipient') WHERE circulated > 0
ORDER BY ALL
"""
_UNITS_ONE_BY_ONE = """
WITH
owing AS (SELECT DISTINCT recipient_code FROM core.obligations_at($notice, $t) WHERE status <> 'exempt'),
saying AS (
    SELECT DISTINCT recipient_code FROM core.report_spans JOIN core.deliverables USING (notice_id, deliverable)
    WHERE notice_id = $notice AND met_from <= $t AND met_until > $t AND NOT is_zero_report AND NOT is_optional
)
SELECT
    recipient_code, 1, (recipient_code IN (FROM owing))::INTEGER,
    (recipient_code IN (FROM owing) AND recipient_code IN (FROM saying))::INTEGER
FROM core.recipients_at($notice, $t) ORDER BY ALL
"""
_CHANGES = """
SELECT DISTINCT unnest([known_from, known_until]) AS moment FROM core.duty_stretches WHERE notice_id = $notice
UNION SELECT known_from FROM core.unit_stretches WHERE notice_id = $notice
ORDER BY moment
"""


def assert_stretches_are_right(
    connection: duckdb.DuckDBPyConnection, notice_id: str, asked: int = 12
) -> None:
    """At some of the moments at which something changes, the first and the last among them, and a second before each."""
    found = [row[0] for row in connection.execute(_CHANGES, {"notice": notice_id}).fetchall()]
    assert len(found) > 3, "nothing ever changes"
    chosen = {*found[:: max(1, len(found) // asked)], *found[-3:]}
    before = {one - timedelta(seconds=1) for one in chosen if one > datetime(1, 1, 2)}
    rows = 0
    for moment in sorted(chosen | before):
        given = {"notice": notice_id, "t": moment}
        for kept, one_by_one in ((_KEPT, _ONE_BY_ONE), (_UNITS, _UNITS_ONE_BY_ONE)):
            expected = connection.execute(one_by_one, given).fetchall()
            assert connection.execute(kept, given).fetchall() == expected, moment
            rows += len(expected)
    assert rows > 10, "nobody owes anything"
