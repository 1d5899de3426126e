-- One row a group of recipients at a moment: who took part, what was reported when, and the rates made from these counts
-- (contract section 7). Key: group_code. For the dimensions see core.recipient_group.
-- A group that no recipient belongs to has no row; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO core.reporting_counts(notice, t, dimension) AS TABLE
WITH
counted AS (
    SELECT
        core.recipient_group(
            dimension, recipients.recipient_code, recipients.city_code, recipients.line, recipients.kind
        ) AS group_code,
        count(*) FILTER (recipients.is_here) AS circulated,
        count(*) FILTER (recipients.is_obligated) AS obligated,
        count(*) FILTER (recipients.is_participating) AS participating,
        sum(recipients.expected)::BIGINT AS expected,
        sum(recipients.due)::BIGINT AS due,
        sum(recipients.on_time)::BIGINT AS on_time,
        sum(recipients.late)::BIGINT AS late,
        sum(recipients.missing)::BIGINT AS missing,
        sum(recipients.pending)::BIGINT AS pending,
        sum(recipients.exempt)::BIGINT AS exempt,
        sum(recipients.returned)::BIGINT AS returned,
        sum(recipients.zero_reports)::BIGINT AS zero_reports,
        sum(recipients.due_and_accepted)::BIGINT AS due_and_accepted,
        sum(recipients.due_and_on_time)::BIGINT AS due_and_on_time
    FROM core.recipient_counts(notice, t) AS recipients
    GROUP BY ALL
)

SELECT
    counted.*,
    counted.participating / nullif(counted.obligated, 0) AS participation_rate,
    counted.due_and_accepted / nullif(counted.due, 0) AS reporting_rate,
    counted.due_and_on_time / nullif(counted.due, 0) AS on_time_rate
FROM counted;
COMMENT ON MACRO TABLE core.reporting_counts IS '某一时刻按市、条线、类别等分组的参与和报送情况';
