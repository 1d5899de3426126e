-- One row a city, period and indicator of a statistics table or a list as of a moment, in code, period and the table's order: the sum,
-- and beside it the units that are missing from it. Key: city_code, deliverable, period, indicator. Summed in core.statistics_sums.
-- A city where nobody owes the table and nobody sent it has no row.
-- 指标 total：已报来的整数之和，按收到的最后一份；清单的 items 是条数；约数按写明的数加 | 分母：不适用 | 空值：没有一个单位给出数时为空，不是 0；小数、百分数、金额和不可相加的为空
-- 指标 amount：已报来的数按 aggregate 汇总：sum 之和、mean 各单位平均、weighted 加权平均、min 最小、max 最大、last 最后报来的一个；金额为元，百分数 12.5 即 12.5% | 分母：平均的为给出数的单位数，加权平均的为权数之和 | 空值：没有一个单位给出数、或规定不汇总（none）的为空
-- 指标 units_owing：应报这张表这一期的单位数，免报的不算 | 分母：不适用 | 空值：不会为空
-- 指标 units_reported：其中已收下的 | 分母：不适用 | 空值：不会为空
-- 指标 units_not_applicable：填了“不适用”的单位数，它们不算缺，也不加数 | 分母：不适用 | 空值：不会为空
-- 指标 units_missing：合计里缺的单位名单：应报而没有收下的 | 分母：不适用 | 空值：不缺时为空列表
-- 指标 has_approximate：合计里是否有约数 | 分母：不适用 | 空值：不会为空
-- 示例 各市合计，旁边写明缺谁
--   SELECT city, indicator_name, total, amount, units_reported, units_owing, units_not_applicable, units_missing, has_approximate
--   FROM marts.statistics_by_city_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.statistics_by_city_as_of(notice, t) AS TABLE
SELECT
    cities.city_code,
    cities.city,
    summed.deliverable,
    summed.period,
    summed.indicator,
    summed.indicator_name,
    summed.total,
    summed.amount,
    summed.aggregate,
    summed.unit,
    summed.units_owing,
    summed.units_reported,
    summed.units_not_applicable,
    summed.units_missing,
    summed.has_approximate
FROM core.statistics_sums(notice, t, 'city') AS summed
INNER JOIN core.cities ON cities.notice_id = notice AND summed.group_code = cities.city_code
ORDER BY cities.position, summed.deliverable, summed.period, summed.indicator_position;
COMMENT ON MACRO TABLE marts.statistics_by_city_as_of IS '某一时刻统计表和清单各市合计，及合计中缺哪些单位';
