-- One row a recipient and deliverable at a moment, those that are not owed included: how many of its obligations are in which
-- state. Key: recipient_code, deliverable, city_code, line.
-- A unit stands in the city and on the line of the moment (is_here); obligations of periods in which it lay elsewhere, or reported
-- on another line, are further rows there. What tells of the unit itself (is_owed, is_active) is told where it stands alone.
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

-- What is owed, where it counts; and each unit with each deliverable where it stands, owed or not.
placed AS (
    SELECT
        owed.recipient_code,
        stays.line,
        owed.city_code,
        owed.deliverable,
        owed.status,
        owed.is_due,
        owed.is_returned,
        owed.is_zero_report,
        FALSE AS is_here
    FROM core.obligations_at(notice, t) AS owed
    LEFT JOIN core.periods
        ON
            owed.notice_id = periods.notice_id
            AND owed.deliverable = periods.deliverable
            AND owed.period = periods.period
    INNER JOIN core.recipient_stays AS stays
        ON
            owed.notice_id = stays.notice_id
            AND owed.recipient_code = stays.recipient_code
            AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) >= stays.first_day
            AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) < stays.next_day
    UNION ALL BY NAME
    SELECT
        recipients.recipient_code,
        recipients.line,
        recipients.city_code,
        deliverables.deliverable,
        TRUE AS is_here
    FROM core.recipients_at(notice, t) AS recipients
    INNER JOIN core.deliverables ON recipients.notice_id = deliverables.notice_id
),

summed AS (
    SELECT
        placed.recipient_code,
        placed.city_code,
        placed.line,
        placed.deliverable,
        bool_or(placed.is_here) AS is_here,
        count(*) FILTER (placed.status <> 'exempt') AS expected,
        count(*) FILTER (placed.status <> 'exempt' AND placed.is_due) AS due,
        count(*) FILTER (placed.status = 'on_time') AS on_time,
        count(*) FILTER (placed.status = 'late') AS late,
        count(*) FILTER (placed.status = 'missing') AS missing,
        count(*) FILTER (placed.status = 'pending') AS pending,
        count(*) FILTER (placed.status = 'exempt') AS exempt,
        count(*) FILTER (placed.is_returned) AS returned,
        count(*) FILTER (placed.is_zero_report) AS zero_reports,
        count(*) FILTER (placed.is_due AND placed.status IN ('on_time', 'late')) AS due_and_accepted,
        count(*) FILTER (placed.is_due AND placed.status = 'on_time') AS due_and_on_time
    FROM placed
    GROUP BY placed.recipient_code, placed.city_code, placed.line, placed.deliverable
),

owing AS (
    SELECT DISTINCT
        summed.recipient_code,
        summed.deliverable
    FROM summed
    WHERE summed.expected > 0
)

SELECT
    summed.recipient_code,
    summed.city_code,
    summed.line,
    recipients.kind,
    summed.deliverable,
    summed.is_here,
    summed.is_here AND owing.deliverable IS NOT NULL AS is_owed,
    summed.is_here AND active.deliverable IS NOT NULL AND NOT deliverables.is_optional AS is_active,
    summed.expected,
    summed.due,
    summed.on_time,
    summed.late,
    summed.missing,
    summed.pending,
    summed.exempt,
    summed.returned,
    summed.zero_reports,
    summed.due_and_accepted,
    summed.due_and_on_time
FROM summed
INNER JOIN core.recipients ON recipients.notice_id = notice AND summed.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables ON deliverables.notice_id = notice AND summed.deliverable = deliverables.deliverable
LEFT JOIN owing ON summed.recipient_code = owing.recipient_code AND summed.deliverable = owing.deliverable
LEFT JOIN active ON summed.recipient_code = active.recipient_code AND summed.deliverable = active.deliverable;
COMMENT ON MACRO TABLE core.duty_counts IS '某一时刻每个单位每个事项各种状态的应报项数：报送情况只在这里数一次';
