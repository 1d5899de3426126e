-- One row a recipient and deliverable at a moment, those that are not owed included: how many of its obligations are in which
-- state. Key: recipient_code, deliverable, city_code, line.
-- A unit stands in the city and on the line of the moment (is_here); obligations of periods in which it lay elsewhere, or reported
-- on another line, are further rows there. What tells of the unit itself (is_owed, is_active) is told where it stands alone.
-- What counts as what is said in core.duty_stretches.
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
        stretches.* EXCLUDE (notice_id, kind, known_from, known_until),
        FALSE AS is_here
    FROM core.duty_stretches AS stretches
    WHERE stretches.notice_id = notice AND stretches.known_from <= t AND stretches.known_until > t
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
        coalesce(sum(placed.expected), 0)::BIGINT AS expected,
        coalesce(sum(placed.due), 0)::BIGINT AS due,
        coalesce(sum(placed.on_time), 0)::BIGINT AS on_time,
        coalesce(sum(placed.late), 0)::BIGINT AS late,
        coalesce(sum(placed.missing), 0)::BIGINT AS missing,
        coalesce(sum(placed.pending), 0)::BIGINT AS pending,
        coalesce(sum(placed.exempt), 0)::BIGINT AS exempt,
        coalesce(sum(placed.returned), 0)::BIGINT AS returned,
        coalesce(sum(placed.zero_reports), 0)::BIGINT AS zero_reports,
        coalesce(sum(placed.due_and_accepted), 0)::BIGINT AS due_and_accepted,
        coalesce(sum(placed.due_and_on_time), 0)::BIGINT AS due_and_on_time
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
COMMENT ON MACRO TABLE core.duty_counts IS '某一时刻每个单位每个事项各种状态的应报项数';
