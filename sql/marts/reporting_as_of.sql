-- One row a unit and deliverable as of a moment, those that are not owed included: the cube of reporting. Key: recipient_code,
-- deliverable, city_code, line: of one unit and deliverable there are several rows where its city or line changed while it ran. Sum it to any grain, or ask marts.reporting_by; count units with
-- count(DISTINCT recipient_code).
-- 指标 is_obligated：这个单位这个事项有应报项（免报除外） | 分母：不适用 | 空值：不会为空
-- 指标 is_participating：应报，而且这个事项至少有一行有效数据，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 expected：应报项数，单位 × 事项 × 期，免报的不算 | 分母：不适用 | 空值：不会为空
-- 指标 due：其中到这一刻已经到期的 | 分母：不适用 | 空值：不会为空
-- 指标 on_time：首次收下不晚于截止的项数，未到期先报的也算 | 分母：不适用 | 空值：不会为空
-- 指标 late：首次收下晚于截止的项数 | 分母：不适用 | 空值：不会为空
-- 指标 missing：已到期而没有收下任何一行的项数；退回的不算报送 | 分母：不适用 | 空值：不会为空
-- 指标 pending：未到期也没有收下的项数 | 分母：不适用 | 空值：不会为空
-- 指标 zero_reports：只以零报告完成的项数，它们同时算在按时或迟报里 | 分母：不适用 | 空值：不会为空
-- 指标 returned：有退回而尚未补报的项数，它们同时算在未报或未到期里 | 分母：不适用 | 空值：不会为空
-- 指标 exempt：免报的项数，不在其他任何一个数里 | 分母：不适用 | 空值：不会为空
-- 指标 due_and_accepted：已到期而且已收下的项数；报送率 = sum(due_and_accepted) ÷ sum(due) | 分母：不适用 | 空值：不会为空
-- 指标 due_and_on_time：已到期而且按时的项数；按时率 = sum(due_and_on_time) ÷ sum(due) | 分母：不适用 | 空值：不会为空
-- 示例 各市各事项，自己汇总
--   SELECT city, deliverable_name, sum(due_and_accepted) / nullif(sum(due), 0) AS reporting_rate
--   FROM marts.reporting_as_of($notice, $t) GROUP BY ALL
-- 示例 全部列
--   SELECT * FROM marts.reporting_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.reporting_as_of(notice, t) AS TABLE
SELECT
    counted.recipient_code,
    recipients.recipient,
    counted.kind,
    recipients.kind_name,
    counted.line,
    lines.line_name,
    counted.city_code,
    cities.city,
    counted.deliverable,
    deliverables.deliverable_name,
    counted.is_owed AS is_obligated,
    counted.is_owed AND counted.is_active AS is_participating,
    counted.expected,
    counted.due,
    counted.on_time,
    counted.late,
    counted.missing,
    counted.pending,
    counted.zero_reports,
    counted.returned,
    counted.exempt,
    counted.due_and_accepted,
    counted.due_and_on_time
FROM core.duty_counts(notice, t) AS counted
INNER JOIN core.recipients_at(notice, t) AS recipients ON counted.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables
    ON recipients.notice_id = deliverables.notice_id AND counted.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND counted.city_code = cities.city_code
LEFT JOIN core.lines ON recipients.notice_id = lines.notice_id AND counted.line = lines.line
ORDER BY recipients.position, deliverables.position;
COMMENT ON MACRO TABLE marts.reporting_as_of IS '报送立方体：某一时刻每个单位每个事项的应报、按时、迟报、未报等项数，可汇总到任意分组';
