-- One row a recipient as of a moment, in roster order, those that owe nothing included: what it reported and sent.
-- Key: recipient_code. Counted in core.reporting_with_whole and core.coverage_counts.
-- 指标 expected：应报项数，单位 × 事项 × 期，免报的不算 | 分母：不适用 | 空值：不会为空
-- 指标 due：其中到这一刻已经到期的 | 分母：不适用 | 空值：不会为空
-- 指标 on_time：首次收下不晚于截止的项数，未到期先报的也算 | 分母：不适用 | 空值：不会为空
-- 指标 late：首次收下晚于截止的项数 | 分母：不适用 | 空值：不会为空
-- 指标 missing：已到期而没有收下任何一行的项数；退回的不算报送 | 分母：不适用 | 空值：不会为空
-- 指标 pending：未到期也没有收下的项数 | 分母：不适用 | 空值：不会为空
-- 指标 zero_reports：只以零报告完成的项数，它们同时算在按时或迟报里 | 分母：不适用 | 空值：不会为空
-- 指标 reporting_rate：报送率，已到期而且已收下的 ÷ due | 分母：已到期项数 | 空值：没有到期项时为空，不是 0
-- 指标 on_time_rate：按时率，已到期而且按时的 ÷ due | 分母：已到期项数 | 空值：没有到期项时为空，不是 0
-- 指标 returned：有退回而尚未补报的项数，它们同时算在未报或未到期里 | 分母：不适用 | 空值：不会为空
-- 指标 exempt：免报的项数，不在其他任何一个数里 | 分母：不适用 | 空值：不会为空
-- 指标 is_participating：应报，而且至少有一行有效数据，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 materials：有效的材料条数，零报告不算；typical_cases、articles、photos、videos 是其中四类 | 分母：不适用 | 空值：不会为空
-- 指标 participants：有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 last_received_at：最近一次收到它的东西（退回、重复的也算，忽略的不算） | 分母：不适用 | 空值：从未收到为空
-- 示例 欠得最多的十个单位，最近一次是什么时候来的
--   SELECT city, recipient, missing, returned, last_received_at
--   FROM marts.recipient_reporting_as_of($notice, $t)
--   ORDER BY missing DESC, recipient_code LIMIT 10
-- 示例 全部列
--   SELECT * FROM marts.recipient_reporting_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.recipient_reporting_as_of(notice, t) AS TABLE
WITH
arrived AS (
    SELECT
        submissions.recipient_code,
        max(submissions.received_at) AS last_received_at
    FROM core.submissions
    WHERE submissions.notice_id = notice AND submissions.received_at <= t AND submissions.state NOT IN ('ignored', 'superseded')
    GROUP BY ALL
)

SELECT
    recipients.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    recipients.line,
    recipients.city_code,
    cities.city,
    counted.participating > 0 AS is_participating,
    counted.expected,
    counted.due,
    counted.on_time,
    counted.late,
    counted.missing,
    counted.pending,
    counted.zero_reports,
    counted.reporting_rate,
    counted.on_time_rate,
    counted.returned,
    counted.exempt,
    coalesce(sent.materials, 0) AS materials,
    coalesce(sent.typical_cases, 0) AS typical_cases,
    coalesce(sent.articles, 0) AS articles,
    coalesce(sent.photos, 0) AS photos,
    coalesce(sent.videos, 0) AS videos,
    coalesce(sent.participants, 0) AS participants,
    coalesce(sent.online_views, 0) AS online_views,
    arrived.last_received_at
FROM core.recipients_at(notice, t) AS recipients
INNER JOIN core.reporting_counts(notice, t, 'recipient') AS counted ON recipients.recipient_code = counted.group_code
LEFT JOIN core.coverage_counts(notice, t, 'recipient') AS sent ON recipients.recipient_code = sent.group_code
LEFT JOIN arrived ON recipients.recipient_code = arrived.recipient_code
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND recipients.city_code = cities.city_code
WHERE recipients.notice_id = notice
ORDER BY recipients.position;
COMMENT ON MACRO TABLE marts.recipient_reporting_as_of IS '某一时刻每个单位的报送情况和材料数量';
