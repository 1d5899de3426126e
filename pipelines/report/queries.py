"""What a bulletin asks the marts, each as of $t. Definitions stand in sql/: here things are only named, joined and listed."""

QUERIES = {
    "areas": """
SELECT
    reporting.*, coverage.* EXCLUDE (city_code, city), approximate.* EXCLUDE (city_code, city), listed.is_own
FROM marts.city_reporting_as_of($notice, $t) AS reporting
INNER JOIN marts.city_coverage_as_of($notice, $t) AS coverage USING (city_code)
INNER JOIN marts.city_approximations_as_of($notice, $t) AS approximate USING (city_code)
INNER JOIN core.cities AS listed ON listed.notice_id = $notice AND reporting.city_code = listed.city_code
ORDER BY listed.position
""",
    "whole": """
SELECT
    reporting.*, coverage.*,
    (SELECT bool_or(participants_is_approximate) FROM marts.city_approximations_as_of($notice, $t)) AS participants_is_approximate,
    (SELECT bool_or(online_views_is_approximate) FROM marts.city_approximations_as_of($notice, $t)) AS online_views_is_approximate
FROM marts.province_reporting_as_of($notice, $t) AS reporting, marts.province_coverage_as_of($notice, $t) AS coverage
""",
    "progress": """
SELECT day, sum(on_time + late)::BIGINT AS accepted, sum(missing)::BIGINT AS missing, sum(materials)::BIGINT AS materials
FROM marts.daily_progress_as_of($notice, $t) GROUP BY day ORDER BY day
""",
    "coverage": "SELECT city_code, materials, participants, online_views FROM marts.city_coverage_as_of($notice, $t)",
    "types": "SELECT city_code, materials FROM marts.city_materials_by_type_as_of($notice, $t)",
    "words": "SELECT column_name, word, materials, cities FROM marts.material_words_as_of($notice, $t)",
    "days": "SELECT city_code, day, materials_of_day FROM marts.daily_progress_as_of($notice, $t)",
    "units": """
SELECT
    recipient_code AS code, recipient AS name, kind, kind_name, city, is_participating, expected, due, on_time, late, missing, pending, returned, zero_reports,
    reporting_rate, on_time_rate, materials
FROM marts.recipient_reporting_as_of($notice, $t)
WHERE expected > 0
""",
    "selected": """
SELECT any_value(selections.recipient) AS name, count(*) AS items
FROM marts.selections_as_of($notice, $t) AS selections
INNER JOIN core.recipients
    ON recipients.notice_id = $notice AND selections.recipient_code = recipients.recipient_code
WHERE selections.is_selected
GROUP BY recipients.position
ORDER BY items DESC, recipients.position
""",
    "periods": """
WITH owed AS (
    SELECT status.*, recipients.position
    FROM marts.obligation_status_as_of($notice, $t) AS status
    INNER JOIN core.recipients ON recipients.notice_id = $notice AND status.recipient_code = recipients.recipient_code
    WHERE status.status NOT IN ('exempt', 'voluntary')
)
SELECT
    owed.deliverable,
    owed.period AS label,
    coalesce(any_value(periods.due_at), max(owed.due_at)) AS due_at,
    count(*) AS expected,
    count(*) FILTER (owed.due_at <= $t) AS due,
    count(*) FILTER (status = 'on_time') AS on_time,
    count(*) FILTER (status = 'late') AS late,
    count(*) FILTER (status = 'missing') AS missing,
    count(*) FILTER (status = 'pending') AS pending,
    coalesce(list(recipient ORDER BY position) FILTER (status = 'late'), []) AS late_names,
    coalesce(list(recipient ORDER BY position) FILTER (status = 'missing'), []) AS missing_names,
    coalesce(list(recipient ORDER BY position) FILTER (is_returned), []) AS returned_names
FROM owed
LEFT JOIN core.periods
    ON periods.notice_id = $notice AND owed.deliverable = periods.deliverable AND owed.period = periods.period
GROUP BY owed.deliverable, owed.period
ORDER BY owed.deliverable, owed.period
""",
    "voluntary": """
SELECT sent.deliverable_name AS name, count(DISTINCT sent.recipient_code) AS units
FROM marts.obligation_status_as_of($notice, $t) AS sent
INNER JOIN core.deliverables AS known ON known.notice_id = $notice AND sent.deliverable = known.deliverable
WHERE sent.status = 'voluntary'
GROUP BY sent.deliverable_name, known.position ORDER BY known.position
""",
    "ends": """
SELECT
    count(*) AS submissions,
    count(*) FILTER (state = 'accepted') AS accepted,
    count(*) FILTER (state = 'partly accepted') AS partly_accepted,
    count(*) FILTER (state = 'rejected') AS rejected,
    count(*) FILTER (state = 'duplicate') AS duplicate,
    count(*) FILTER (state = 'attachment') AS attachment,
    count(*) FILTER (state = 'ignored') AS ignored,
    coalesce(sum(rejected_row_count) FILTER (state IN ('partly accepted', 'rejected')), 0)::BIGINT AS rejected_rows
FROM marts.files
WHERE notice_id = $notice AND received_at <= $t
""",
    "reasons": """
WITH given AS (
    SELECT 'file' AS scope, reason FROM marts.files
    WHERE notice_id = $notice AND received_at <= $t AND state = 'rejected' AND rejected_row_count = 0
    UNION ALL
    SELECT 'row' AS scope, unnest(string_split(rejected_rows, '|')) AS reason FROM marts.files
    WHERE
        notice_id = $notice AND received_at <= $t AND rejected_row_count > 0
        AND state IN ('partly accepted', 'rejected')
)
SELECT scope, reason, count(*) AS times FROM given GROUP BY ALL ORDER BY scope, times DESC, reason
""",
    "returned_most": """
SELECT files.recipient, count(*) AS times
FROM marts.files
INNER JOIN core.recipients USING (notice_id, recipient_code)
WHERE notice_id = $notice AND received_at <= $t AND state IN ('partly accepted', 'rejected')
GROUP BY ALL
ORDER BY times DESC, any_value(recipients.position)
""",
    "statistics": """
SELECT city_code, deliverable, period, indicator, units_reported, amount, has_approximate
FROM marts.statistics_by_city_as_of($notice, $t)
""",
    "statistics_whole": """
SELECT NULL AS city_code, deliverable, period, indicator, units_reported, amount, has_approximate
FROM marts.statistics_by_province_as_of($notice, $t)
""",
    "version": """
SELECT
    (
        SELECT md5(coalesce(string_agg(concat_ws('|', path, sha256, received_at, state), chr(10) ORDER BY received_at, path, submission_id), ''))
        FROM marts.files WHERE notice_id = $notice AND received_at <= $t
    ) AS data_version,
    (SELECT fingerprint FROM raw.versions WHERE notice_id = $notice) AS rules_version
""",
}
