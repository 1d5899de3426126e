-- One row an obligation as of a moment, in roster order (contract section 7). Key: recipient_code, deliverable, period.
-- The statuses are told apart in core.obligations_at; what was sent without being owed is in core.voluntary_at.
-- 指标 status：on_time 首次收下不晚于截止、late 晚于截止、missing 已到期而没有收下任何一行、pending 未到期而没有收下、exempt 免报、voluntary 自愿报送（不欠，不在任何率里） | 分母：每个单位、事项、期一行，免报的也在，自愿的只有报了的 | 空值：不会为空
-- 指标 is_returned：有退回，而且还没有收下任何一行 | 分母：同上 | 空值：不会为空
-- 指标 is_zero_report：只以零报告完成 | 分母：同上 | 空值：不会为空
-- 指标 attachments：规定了附件个数的，这一期已收到几个规定种类的附件：名称里有某一行标题的算那一行的期，其余的算收到时正在进行（或最近截止）的期 | 分母：同上 | 空值：没有规定个数的、免报的、自愿的为空
-- 指标 is_incomplete：已报（零报告除外）而附件不足规定的个数；不影响状态，也不退回 | 分母：同上 | 空值：不会为空
-- 取值 status：on_time、late、missing、pending、exempt、voluntary
-- 示例 已到期还没有报的，谁、报什么、哪一期，有没有退回过
--   SELECT recipient, deliverable_name, period, due_at, is_returned
--   FROM marts.obligation_status_as_of($notice, $t)
--   WHERE status = 'missing'
-- 示例 已报而附件不齐的，还差几个
--   SELECT recipient, deliverable_name, period, attachments_at_least - attachments AS lacking
--   FROM marts.obligation_status_as_of($notice, $t) WHERE is_incomplete
-- 示例 仅以零报告完成的
--   SELECT recipient, period FROM marts.obligation_status_as_of($notice, $t) WHERE is_zero_report
CREATE OR REPLACE MACRO marts.obligation_status_as_of(notice, t) AS TABLE
WITH
stood AS (
    SELECT * FROM core.obligations_at(notice, t)
    UNION ALL BY NAME
    SELECT * FROM core.voluntary_at(notice, t)
)

SELECT
    owed.recipient_code,
    recipients.recipient,
    recipients.kind AS recipient_kind,
    recipients.line,
    owed.city_code,
    owed.deliverable,
    owed.period,
    owed.first_day,
    owed.last_day,
    owed.due_at,
    owed.first_accepted_at,
    owed.status,
    owed.is_returned,
    owed.is_zero_report,
    owed.extension_reason,
    owed.exemption_reason,
    cities.city,
    recipients.kind_name,
    deliverables.deliverable_name,
    attached.attachments,
    attached.at_least AS attachments_at_least,
    coalesce(
        owed.status IN ('on_time', 'late') AND NOT owed.is_zero_report AND attached.attachments < attached.at_least, FALSE
    ) AS is_incomplete,
    recipients.kind
FROM stood AS owed
LEFT JOIN core.attached_at(notice, t) AS attached
    ON
        owed.recipient_code = attached.recipient_code
        AND owed.deliverable = attached.deliverable
        AND owed.period = attached.period
INNER JOIN core.recipients_at(notice, t) AS recipients ON owed.notice_id = recipients.notice_id AND owed.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables ON owed.notice_id = deliverables.notice_id AND owed.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON owed.notice_id = cities.notice_id AND owed.city_code = cities.city_code
ORDER BY recipients.position, deliverables.position, owed.period;
COMMENT ON MACRO TABLE marts.obligation_status_as_of IS '某一时刻每项应报的状态：按时、迟报、未报、未到期、免报、自愿';
