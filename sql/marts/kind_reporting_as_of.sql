-- One row a kind of recipient as of a moment, in roster order; the rows sum to the province's. Counted in core.reporting_with_whole.
-- 指标 circulated：通知主送的单位数，不论是否要报 | 分母：不适用 | 空值：不会为空
-- 指标 obligated：其中至少有一项应报（免报除外）的单位数 | 分母：不适用 | 空值：不会为空
-- 指标 participating：应报单位中至少有一行有效数据的，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 participation_rate：参与率，participating ÷ obligated | 分母：应报单位数 | 空值：没有应报单位时为空，不是 0
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
-- 示例 哪类单位报得最差
--   SELECT kind_name, due, missing, reporting_rate FROM marts.kind_reporting_as_of($notice, $t)
--   WHERE due > 0 ORDER BY reporting_rate
-- 示例 全部列
--   SELECT * FROM marts.kind_reporting_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.kind_reporting_as_of(notice, t) AS TABLE
WITH
kinds AS (
    SELECT
        recipients.kind,
        any_value(recipients.kind_name) AS kind_name,
        min(recipients.position) AS position
    FROM core.recipients
    WHERE recipients.notice_id = notice
    GROUP BY ALL
)

SELECT
    kinds.kind,
    kinds.kind_name,
    counted.circulated,
    counted.obligated,
    counted.participating,
    counted.participation_rate,
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
    counted.exempt
FROM kinds
INNER JOIN core.reporting_counts(notice, t, 'kind') AS counted ON kinds.kind = counted.group_code
ORDER BY kinds.position;
COMMENT ON MACRO TABLE marts.kind_reporting_as_of IS '某一时刻各类单位的参与和报送情况';
