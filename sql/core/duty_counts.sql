-- One row a recipient and deliverable at a moment, those that are not owed included: how many of its obligations are in which
-- state. Key: recipient_code, deliverable.
-- The one place where obligations are counted; every report of them sums these rows. Exempt ones are in `exempt` alone.
-- is_active: a valid row of it says something (zero reports do not), owed or not; what is sent voluntarily makes nobody active.
CREATE OR REPLACE MACRO core.duty_counts(notice, t) AS TABLE
WITH
active AS (
    SELECT DISTINCT
        spans.recipient_code,
        spans.deliverable
    FROM core.report_spans AS spans
    WHERE spans.notice_id = notice AND spans.met_from <= t AND spans.met_until > t AND NOT spans.is_zero_report
),

counted AS (
    SELECT
        owed.recipient_code,
        owed.deliverable,
        count(*) FILTER (owed.status <> 'exempt') AS expected,
        count(*) FILTER (owed.status <> 'exempt' AND owed.is_due) AS due,
        count(*) FILTER (owed.status = 'on_time') AS on_time,
        count(*) FILTER (owed.status = 'late') AS late,
        count(*) FILTER (owed.status = 'missing') AS missing,
        count(*) FILTER (owed.status = 'pending') AS pending,
        count(*) FILTER (owed.status = 'exempt') AS exempt,
        count(*) FILTER (owed.is_returned) AS returned,
        count(*) FILTER (owed.is_zero_report) AS zero_reports,
        count(*) FILTER (owed.is_due AND owed.status IN ('on_time', 'late')) AS due_and_accepted,
        count(*) FILTER (owed.is_due AND owed.status = 'on_time') AS due_and_on_time
    FROM core.obligations_at(notice, t) AS owed
    GROUP BY ALL
)

SELECT
    recipients.recipient_code,
    recipients.city_code,
    recipients.line,
    recipients.kind,
    deliverables.deliverable,
    active.deliverable IS NOT NULL AND NOT deliverables.is_optional AS is_active,
    coalesce(counted.expected, 0) AS expected,
    coalesce(counted.due, 0) AS due,
    coalesce(counted.on_time, 0) AS on_time,
    coalesce(counted.late, 0) AS late,
    coalesce(counted.missing, 0) AS missing,
    coalesce(counted.pending, 0) AS pending,
    coalesce(counted.exempt, 0) AS exempt,
    coalesce(counted.returned, 0) AS returned,
    coalesce(counted.zero_reports, 0) AS zero_reports,
    coalesce(counted.due_and_accepted, 0) AS due_and_accepted,
    coalesce(counted.due_and_on_time, 0) AS due_and_on_time
FROM core.recipients
INNER JOIN core.deliverables ON recipients.notice_id = deliverables.notice_id
LEFT JOIN counted
    ON recipients.recipient_code = counted.recipient_code AND deliverables.deliverable = counted.deliverable
LEFT JOIN active
    ON recipients.recipient_code = active.recipient_code AND deliverables.deliverable = active.deliverable
WHERE recipients.notice_id = notice;
COMMENT ON MACRO TABLE core.duty_counts IS '某一时刻每个单位每个事项各种状态的应报项数：报送情况只在这里数一次';
