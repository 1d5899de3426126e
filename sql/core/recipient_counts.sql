-- One row a recipient at a moment: how many of its obligations are in which state, summed from core.duty_counts.
-- Key: recipient_code, city_code, line; the unit itself is counted where it stands (is_here).
CREATE OR REPLACE MACRO core.recipient_counts(notice, t) AS TABLE
SELECT
    counted.recipient_code,
    counted.city_code,
    counted.line,
    counted.kind,
    bool_or(counted.is_here) AS is_here,
    bool_or(counted.is_owed) AS is_obligated,
    bool_or(counted.is_owed) AND bool_or(counted.is_active) AS is_participating,
    sum(counted.expected)::BIGINT AS expected,
    sum(counted.due)::BIGINT AS due,
    sum(counted.on_time)::BIGINT AS on_time,
    sum(counted.late)::BIGINT AS late,
    sum(counted.missing)::BIGINT AS missing,
    sum(counted.pending)::BIGINT AS pending,
    sum(counted.exempt)::BIGINT AS exempt,
    sum(counted.returned)::BIGINT AS returned,
    sum(counted.zero_reports)::BIGINT AS zero_reports,
    sum(counted.due_and_accepted)::BIGINT AS due_and_accepted,
    sum(counted.due_and_on_time)::BIGINT AS due_and_on_time
FROM core.duty_counts(notice, t) AS counted
GROUP BY ALL;
COMMENT ON MACRO TABLE core.recipient_counts IS '某一时刻每个单位各种状态的应报项数';
