-- One row a city as of a moment, in code order: who took part and what was reported when (contract section 7).
-- The denominators start from who must answer: exempt obligations are in none of the counts. Counted in core.reporting_with_whole.
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
-- 示例 报送率最低的五个市
--   SELECT city, reporting_rate, on_time_rate, due, on_time, late, missing, zero_reports
--   FROM marts.city_reporting_as_of($notice, $t)
--   ORDER BY reporting_rate NULLS LAST, city_code LIMIT 5
-- 示例 参与情况，从主送到参与
--   SELECT city, circulated, obligated, participating, participation_rate, expected, pending
--   FROM marts.city_reporting_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.city_reporting_as_of(notice, t) AS TABLE
SELECT
    cities.city_code,
    cities.city,
    coalesce(counted.circulated, 0) AS circulated,
    coalesce(counted.obligated, 0) AS obligated,
    coalesce(counted.participating, 0) AS participating,
    counted.participation_rate,
    coalesce(counted.expected, 0) AS expected,
    coalesce(counted.due, 0) AS due,
    coalesce(counted.on_time, 0) AS on_time,
    coalesce(counted.late, 0) AS late,
    coalesce(counted.missing, 0) AS missing,
    coalesce(counted.pending, 0) AS pending,
    coalesce(counted.zero_reports, 0) AS zero_reports,
    counted.reporting_rate,
    counted.on_time_rate
FROM core.cities
LEFT JOIN core.reporting_counts(notice, t, 'city') AS counted ON cities.city_code = counted.group_code
WHERE cities.notice_id = notice
ORDER BY cities.position;
COMMENT ON MACRO TABLE marts.city_reporting_as_of IS '某一时刻各市的参与和报送情况';
