-- One row a city as of a moment, in code order: who took part and what was reported when (contract section 7).
-- The denominators start from who must answer: exempt obligations are in none of the counts.
CREATE OR REPLACE MACRO marts.city_reporting_as_of(notice, t) AS TABLE
WITH
circulated AS (
    SELECT
        recipients.city_code,
        count(*) AS circulated
    FROM core.recipients
    WHERE recipients.notice_id = notice
    GROUP BY ALL
),

owed AS (
    SELECT * FROM marts.obligation_status_as_of(notice, t)
    WHERE status <> 'exempt'
),

active AS (
    SELECT DISTINCT items.recipient_code
    FROM core.items
    WHERE
        items.notice_id = notice
        AND items.current_from <= t
        AND items.current_until > t
        AND NOT items.is_zero_report
),

counted AS (
    SELECT
        owed.city_code,
        count(DISTINCT owed.recipient_code) AS obligated,
        count(DISTINCT active.recipient_code) AS participating,
        count(*) AS expected,
        count(*) FILTER (owed.due_at <= t) AS due,
        count(*) FILTER (owed.status = 'on_time') AS on_time,
        count(*) FILTER (owed.status = 'late') AS late,
        count(*) FILTER (owed.status = 'missing') AS missing,
        count(*) FILTER (owed.status = 'pending') AS pending,
        count(*) FILTER (owed.is_zero_report) AS zero_reports,
        count(*) FILTER (owed.due_at <= t AND owed.status IN ('on_time', 'late')) AS due_and_accepted,
        count(*) FILTER (owed.due_at <= t AND owed.status = 'on_time') AS due_and_on_time
    FROM owed
    LEFT JOIN active ON owed.recipient_code = active.recipient_code
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    coalesce(circulated.circulated, 0) AS circulated,
    coalesce(counted.obligated, 0) AS obligated,
    coalesce(counted.participating, 0) AS participating,
    counted.participating / nullif(counted.obligated, 0) AS participation_rate,
    coalesce(counted.expected, 0) AS expected,
    coalesce(counted.due, 0) AS due,
    coalesce(counted.on_time, 0) AS on_time,
    coalesce(counted.late, 0) AS late,
    coalesce(counted.missing, 0) AS missing,
    coalesce(counted.pending, 0) AS pending,
    coalesce(counted.zero_reports, 0) AS zero_reports,
    counted.due_and_accepted / nullif(counted.due, 0) AS reporting_rate,
    counted.due_and_on_time / nullif(counted.due, 0) AS on_time_rate
FROM core.cities
LEFT JOIN circulated ON cities.city_code = circulated.city_code
LEFT JOIN counted ON cities.city_code = counted.city_code
WHERE cities.notice_id = notice
ORDER BY cities.city_code;
COMMENT ON MACRO TABLE marts.city_reporting_as_of IS '某一时刻各市的参与和报送情况';
