-- One row an obligation as of a moment, with the code and the name of everything it belongs to. Key: recipient_code, deliverable,
-- period. The statuses are told apart in core.obligations_at; what was sent without being owed is in core.voluntary_at.
-- 指标 status：on_time 首次收下不晚于截止、late 晚于截止、missing 已到期而没有收下任何一行、pending 未到期而没有收下、exempt 免报、voluntary 自愿报送（不欠，不在任何率里） | 分母：每个单位、事项、期一行，免报的也在，自愿的只有报了的 | 空值：不会为空
-- 指标 hours_after_due：首次收下比截止晚多少小时，早的为负 | 分母：不适用 | 空值：没有收下的为空
-- 取值 status：on_time、late、missing、pending、exempt、voluntary
-- 示例 各类单位各事项迟了多久
--   SELECT kind_name, deliverable_name, status, count(*) AS obligations, median(hours_after_due) AS median_hours
--   FROM marts.fact_obligations_as_of($notice, $t) GROUP BY ALL
-- 示例 全部列
--   SELECT * EXCLUDE (hours_after_due), hours_after_due FROM marts.fact_obligations_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.fact_obligations_as_of(notice, t) AS TABLE
WITH
stood AS (
    SELECT * FROM core.obligations_at(notice, t)
    UNION ALL BY NAME
    SELECT * FROM core.voluntary_at(notice, t)
)

SELECT
    recipients.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    stays.line,
    lines.line_name,
    owed.city_code,
    cities.city,
    owed.deliverable,
    deliverables.deliverable_name,
    deliverables.kind AS deliverable_kind,
    owed.period,
    owed.first_day,
    owed.last_day,
    owed.due_at,
    owed.status,
    owed.is_due,
    owed.first_accepted_at,
    date_diff('second', owed.due_at, owed.first_accepted_at) / 3600 AS hours_after_due,
    owed.is_returned,
    owed.is_zero_report,
    owed.extension_reason,
    owed.exemption_reason
FROM stood AS owed
INNER JOIN core.recipients_at(notice, t) AS recipients ON owed.notice_id = recipients.notice_id AND owed.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables ON owed.notice_id = deliverables.notice_id AND owed.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON owed.notice_id = cities.notice_id AND owed.city_code = cities.city_code
LEFT JOIN core.periods
    ON owed.notice_id = periods.notice_id AND owed.deliverable = periods.deliverable AND owed.period = periods.period
-- The line on which the unit reported in that period.
INNER JOIN core.recipient_stays AS stays
    ON
        owed.notice_id = stays.notice_id
        AND owed.recipient_code = stays.recipient_code
        AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) >= stays.first_day
        AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) < stays.next_day
LEFT JOIN core.lines ON owed.notice_id = lines.notice_id AND stays.line = lines.line
ORDER BY recipients.position, deliverables.position, owed.period;
COMMENT ON MACRO TABLE marts.fact_obligations_as_of IS '应报宽表：某一时刻每项应报的状态，连同所属一切的代码和名称';
