-- One row a group, period and indicator of a statistics table at a moment: the sum, and who is missing from it.
-- Key: group_code, deliverable, period, indicator. For the dimensions see core.recipient_group.
-- total is NULL where nobody gave a number: that is not 0. units_missing names them in roster order.
CREATE OR REPLACE MACRO core.statistics_sums(notice, t, dimension) AS TABLE
SELECT
    core.recipient_group(dimension, given.recipient_code, given.city_code, given.line, given.kind) AS group_code,
    given.deliverable,
    given.period,
    given.indicator,
    any_value(given.indicator_name) AS indicator_name,
    any_value(given.indicator_position) AS indicator_position,
    sum(given.value)::BIGINT AS total,
    count(*) FILTER (given.is_owed) AS units_owing,
    count(*) FILTER (given.is_owed AND given.is_reported) AS units_reported,
    count(*) FILTER (given.is_not_applicable) AS units_not_applicable,
    coalesce(
        list(given.recipient ORDER BY given.recipient_position) FILTER (NOT given.is_reported), []
    ) AS units_missing,
    bool_or(given.is_approximate) AS has_approximate
FROM core.statistics_at(notice, t) AS given
GROUP BY ALL;
COMMENT ON MACRO TABLE core.statistics_sums IS '某一时刻统计表按市等分组的合计，及合计中缺哪些单位';
