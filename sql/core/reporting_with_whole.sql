-- One row a group of recipients at a moment, and one of all of them (is_whole): who took part, what was reported when, and the
-- rates made from these counts (contract section 7). Key: is_whole, group_code. For the dimensions see core.recipient_group.
-- A group that no recipient belongs to has no row; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO core.reporting_with_whole(notice, t, dimension) AS TABLE
WITH
placed AS (
    SELECT
        recipients.*,
        core.recipient_group(
            dimension, recipients.recipient_code, recipients.city_code, recipients.line, recipients.kind
        ) AS group_code
    FROM core.recipient_counts(notice, t) AS recipients
),

counted AS (
    SELECT
        placed.group_code,
        grouping(placed.group_code) = 1 AS is_whole,
        count(*) FILTER (placed.is_here) AS circulated,
        count(*) FILTER (placed.is_obligated) AS obligated,
        count(*) FILTER (placed.is_participating) AS participating,
        sum(placed.expected)::BIGINT AS expected,
        sum(placed.due)::BIGINT AS due,
        sum(placed.on_time)::BIGINT AS on_time,
        sum(placed.late)::BIGINT AS late,
        sum(placed.missing)::BIGINT AS missing,
        sum(placed.pending)::BIGINT AS pending,
        sum(placed.exempt)::BIGINT AS exempt,
        sum(placed.returned)::BIGINT AS returned,
        sum(placed.zero_reports)::BIGINT AS zero_reports,
        sum(placed.due_and_accepted)::BIGINT AS due_and_accepted,
        sum(placed.due_and_on_time)::BIGINT AS due_and_on_time
    FROM placed
    GROUP BY GROUPING SETS ((placed.group_code), ())
)

SELECT
    counted.*,
    counted.participating / nullif(counted.obligated, 0) AS participation_rate,
    counted.due_and_accepted / nullif(counted.due, 0) AS reporting_rate,
    counted.due_and_on_time / nullif(counted.due, 0) AS on_time_rate
FROM counted;
COMMENT ON MACRO TABLE core.reporting_with_whole IS '某一时刻按市、条线、类别等分组的参与和报送情况，连同全部单位的一行';
