-- One row an obligation that was met by a moment, in roster order: how long before or after its due moment.
-- Key: recipient_code, deliverable, period. Exempt ones are left out.
-- 指标 hours：首次收下比截止早（负）或晚（正）多少小时，不取整 | 分母：每项已收下的应报一行，免报的和没有收下的不在内 | 空值：不会为空
-- 示例 各市迟报的有多少项，中位数晚了几小时
--   SELECT city, count(*) AS late, round(median(hours), 1) AS hours
--   FROM marts.timeliness_as_of($notice, $t) WHERE status = 'late'
--   GROUP BY city ORDER BY late DESC
CREATE OR REPLACE MACRO marts.timeliness_as_of(notice, t) AS TABLE
SELECT
    owed.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.line,
    owed.city_code,
    cities.city,
    owed.deliverable,
    owed.period,
    owed.due_at,
    owed.first_accepted_at,
    date_diff('second', owed.due_at, owed.first_accepted_at) / 3600 AS hours,
    owed.status
FROM core.obligations_at(notice, t) AS owed
INNER JOIN core.recipients_at(notice, t) AS recipients ON owed.notice_id = recipients.notice_id AND owed.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables ON owed.notice_id = deliverables.notice_id AND owed.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON owed.notice_id = cities.notice_id AND owed.city_code = cities.city_code
WHERE owed.status IN ('on_time', 'late')
ORDER BY recipients.position, deliverables.position, owed.period;
COMMENT ON MACRO TABLE marts.timeliness_as_of IS '某一时刻已报的每项比截止早或晚多少小时';
