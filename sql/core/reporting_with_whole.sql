-- One row a group of recipients at a moment, and one of all of them (is_whole): who took part, what was reported when, and the
-- rates made from these counts (contract section 7). Key: is_whole, group_code. For the dimensions see core.recipient_group.
-- A group that no recipient belongs to has no row; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO core.reporting_with_whole(notice, t, dimension) AS TABLE
WITH
owed AS (
    SELECT * FROM core.placed_duties(notice, t)
),

owing AS (
    SELECT DISTINCT owed.recipient_code
    FROM owed
    WHERE owed.expected
),

-- Whoever says something, owed or not; what is sent voluntarily makes nobody active.
active AS (
    SELECT DISTINCT spans.recipient_code
    FROM core.report_spans AS spans
    INNER JOIN core.deliverables ON spans.notice_id = deliverables.notice_id AND spans.deliverable = deliverables.deliverable
    WHERE
        spans.notice_id = notice
        AND spans.met_from <= t
        AND spans.met_until > t
        AND NOT spans.is_zero_report
        AND NOT deliverables.is_optional
),

-- What is owed, where it counts; and each unit once, where it stands.
placed AS (
    SELECT
        owed.* EXCLUDE (recipient_code, city_code, line, kind, deliverable, period),
        core.recipient_group(dimension, owed.recipient_code, owed.city_code, owed.line, owed.kind) AS group_code
    FROM owed
    UNION ALL BY NAME
    SELECT
        TRUE AS is_here,
        owing.recipient_code IS NOT NULL AS is_obligated,
        owing.recipient_code IS NOT NULL AND active.recipient_code IS NOT NULL AS is_participating,
        core.recipient_group(
            dimension, recipients.recipient_code, recipients.city_code, recipients.line, recipients.kind
        ) AS group_code
    FROM core.recipients_at(notice, t) AS recipients
    LEFT JOIN owing ON recipients.recipient_code = owing.recipient_code
    LEFT JOIN active ON recipients.recipient_code = active.recipient_code
),

grouped AS (
    SELECT
        placed.group_code,
        count(*) FILTER (placed.is_here) AS circulated,
        count(*) FILTER (placed.is_obligated) AS obligated,
        count(*) FILTER (placed.is_participating) AS participating,
        count(*) FILTER (placed.expected) AS expected,
        count(*) FILTER (placed.due) AS due,
        count(*) FILTER (placed.on_time) AS on_time,
        count(*) FILTER (placed.late) AS late,
        count(*) FILTER (placed.missing) AS missing,
        count(*) FILTER (placed.pending) AS pending,
        count(*) FILTER (placed.exempt) AS exempt,
        count(*) FILTER (placed.returned) AS returned,
        count(*) FILTER (placed.zero_reports) AS zero_reports,
        count(*) FILTER (placed.due_and_accepted) AS due_and_accepted,
        count(*) FILTER (placed.due_and_on_time) AS due_and_on_time
    FROM placed
    GROUP BY placed.group_code
),

counted AS (
    SELECT
        grouped.group_code,
        grouping(grouped.group_code) = 1 AS is_whole,
        coalesce(sum(grouped.circulated), 0)::BIGINT AS circulated,
        coalesce(sum(grouped.obligated), 0)::BIGINT AS obligated,
        coalesce(sum(grouped.participating), 0)::BIGINT AS participating,
        sum(grouped.expected)::BIGINT AS expected,
        sum(grouped.due)::BIGINT AS due,
        sum(grouped.on_time)::BIGINT AS on_time,
        sum(grouped.late)::BIGINT AS late,
        sum(grouped.missing)::BIGINT AS missing,
        sum(grouped.pending)::BIGINT AS pending,
        sum(grouped.exempt)::BIGINT AS exempt,
        sum(grouped.returned)::BIGINT AS returned,
        sum(grouped.zero_reports)::BIGINT AS zero_reports,
        sum(grouped.due_and_accepted)::BIGINT AS due_and_accepted,
        sum(grouped.due_and_on_time)::BIGINT AS due_and_on_time
    FROM grouped
    GROUP BY GROUPING SETS ((grouped.group_code), ())
)

SELECT
    counted.*,
    counted.participating / nullif(counted.obligated, 0) AS participation_rate,
    counted.due_and_accepted / nullif(counted.due, 0) AS reporting_rate,
    counted.due_and_on_time / nullif(counted.due, 0) AS on_time_rate
FROM counted;
COMMENT ON MACRO TABLE core.reporting_with_whole IS '某一时刻按市、条线、类别等分组的参与和报送情况，连同全部单位的一行';
