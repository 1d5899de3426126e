"""What the site asks the snapshot beyond a bulletin's figures, each as of $t. Definitions stand in sql/: here things are listed."""

MATERIALS = """
SELECT
    facts.item_id, facts.recipient, facts.city_code, facts.city, facts.activity_date AS day, facts.material_type, facts.title,
    facts.category_code, facts.category, facts.theme_code, facts.theme, facts.link, facts.received_at
FROM marts.fact_materials_as_of($notice, $t) AS facts
INNER JOIN core.recipients ON recipients.notice_id = $notice AND facts.recipient_code = recipients.recipient_code
ORDER BY
    facts.activity_date, recipients.position, facts.received_at, facts.path, facts.sheet, facts.table_number, facts.row_number
"""
"""The materials that the public sees of a notice that selects nothing: all that are current. One that selects shows what
pipelines.select.chosen reads."""

DECIDED = "SELECT max(decided_at) AS decided_at FROM marts.decisions WHERE notice_id = $notice"
COLUMNS = """
WITH
reported AS (
    SELECT DISTINCT recipient_code, column_url AS url
    FROM marts.plans_as_of($notice, $t)
    WHERE column_url IS NOT NULL
),
visits AS (
    SELECT
        recipient_code, url, checked_at, is_ok, final_url, status, failure,
        max(checked_at) FILTER (is_ok) OVER visited AS ok_at,
        row_number() OVER (visited ORDER BY checked_at DESC) = 1 AS is_last
    FROM marts.column_checks
    WHERE notice_id = $notice AND checked_at <= $t
    WINDOW visited AS (PARTITION BY recipient_code, url)
),
failing AS (
    SELECT recipient_code, url, min(checked_at) AS dead_since
    FROM visits
    WHERE ok_at IS NULL OR checked_at > ok_at
    GROUP BY ALL
),
asked AS (
    SELECT DISTINCT recipient_code
    FROM marts.obligation_status_as_of($notice, $t)
    WHERE list_contains($deliverables, deliverable) AND status NOT IN ('exempt', 'voluntary')
)
SELECT
    recipients.recipient, recipients.kind_name, coalesce(cities.city, '') AS city,
    asked.recipient_code IS NOT NULL AS is_asked, reported.url,
    visits.checked_at AS visited_at, visits.is_ok, visits.final_url, visits.status, visits.failure, failing.dead_since
FROM core.recipients
LEFT JOIN core.cities ON cities.notice_id = $notice AND recipients.city_code = cities.city_code
LEFT JOIN asked ON recipients.recipient_code = asked.recipient_code
LEFT JOIN reported ON recipients.recipient_code = reported.recipient_code
LEFT JOIN visits ON reported.recipient_code = visits.recipient_code AND reported.url = visits.url AND visits.is_last
LEFT JOIN failing ON reported.recipient_code = failing.recipient_code AND reported.url = failing.url
WHERE recipients.notice_id = $notice
ORDER BY cities.position NULLS LAST, recipients.position, reported.url
"""
"""One row a unit, or one a column where its plans name several. dead_since: the first failed visit after the last that answered."""
