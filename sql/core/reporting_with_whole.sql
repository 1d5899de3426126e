-- One row a group of recipients at a moment, and one of all of them (is_whole): who took part, what was reported when, and the
-- rates made from these counts (contract section 7). Key: is_whole, group_code. For the dimensions see core.recipient_group.
-- A group that no recipient belongs to has no row; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO core.reporting_with_whole(notice, t, dimension) AS TABLE
WITH
-- What is owed, where it counts; and each unit once, where it stands.
placed AS (
    SELECT
        core.recipient_group(
            dimension, stretches.recipient_code, stretches.city_code, stretches.line, stretches.kind
        ) AS group_code,
        stretches.expected,
        stretches.due,
        stretches.on_time,
        stretches.late,
        stretches.missing,
        stretches.pending,
        stretches.exempt,
        stretches.returned,
        stretches.zero_reports,
        stretches.due_and_accepted,
        stretches.due_and_on_time
    FROM core.duty_stretches AS stretches
    WHERE stretches.notice_id = notice AND stretches.known_from <= t AND stretches.known_until > t
    UNION ALL BY NAME
    SELECT
        core.recipient_group(dimension, units.recipient_code, units.city_code, units.line, units.kind) AS group_code,
        1 AS circulated,
        (units.is_obligated AND units.known_until > t)::INTEGER AS obligated,
        (units.is_participating AND units.known_until > t)::INTEGER AS participating
    FROM core.unit_stretches AS units
    WHERE
        units.notice_id = notice
        AND units.known_from <= t
        -- A unit stands where it is for ever.
        AND units.known_until > least(t, TIMESTAMP '9999-12-30')
),

grouped AS (
    SELECT
        placed.group_code,
        coalesce(sum(placed.circulated), 0) AS circulated,
        coalesce(sum(placed.obligated), 0) AS obligated,
        coalesce(sum(placed.participating), 0) AS participating,
        coalesce(sum(placed.expected), 0) AS expected,
        coalesce(sum(placed.due), 0) AS due,
        coalesce(sum(placed.on_time), 0) AS on_time,
        coalesce(sum(placed.late), 0) AS late,
        coalesce(sum(placed.missing), 0) AS missing,
        coalesce(sum(placed.pending), 0) AS pending,
        coalesce(sum(placed.exempt), 0) AS exempt,
        coalesce(sum(placed.returned), 0) AS returned,
        coalesce(sum(placed.zero_reports), 0) AS zero_reports,
        coalesce(sum(placed.due_and_accepted), 0) AS due_and_accepted,
        coalesce(sum(placed.due_and_on_time), 0) AS due_and_on_time
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
