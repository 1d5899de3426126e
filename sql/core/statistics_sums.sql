-- One row a group, period and indicator of a statistics table or a list at a moment: the sum, and who is missing from it.
-- Key: group_code, deliverable, period, indicator. For the dimensions see core.recipient_group.
-- total is the sum of whole numbers that may be summed, amount any of them brought together as the notice says (aggregate):
-- what may not be summed is no sum here. last is the number that was received last; at one moment, of the later unit in roster order. Both are NULL where nobody gave a number: that is not 0. units_missing names them in roster order.
CREATE OR REPLACE MACRO core.statistics_sums(notice, t, dimension) AS TABLE
WITH numbers AS (
    SELECT
        recipient_code,
        recipient,
        city_code,
        line,
        kind,
        recipient_position,
        deliverable,
        period,
        indicator,
        indicator_name,
        indicator_position,
        number_type,
        unit,
        places,
        aggregate,
        weight,
        is_owed,
        is_reported,
        value,
        is_approximate,
        is_not_applicable,
        item_id,
        received_at
    FROM core.statistics_at(notice, t)
    UNION ALL BY NAME
    SELECT * FROM core.list_numbers_at(notice, t)
),

given AS (
    SELECT
        numbers.*,
        -- In millionths of the base unit, so that means are as fine as amounts are shown.
        numbers.value::HUGEINT * (10 ** (6 - numbers.places))::BIGINT AS millionths,
        weights.value::HUGEINT AS weight_value
    FROM numbers
    LEFT JOIN numbers AS weights
        ON
            numbers.recipient_code = weights.recipient_code
            AND numbers.deliverable = weights.deliverable
            AND numbers.period = weights.period
            AND numbers.weight = weights.indicator
            AND numbers.item_id IS NOT DISTINCT FROM weights.item_id
)

SELECT
    core.recipient_group(dimension, given.recipient_code, given.city_code, given.line, given.kind) AS group_code,
    given.deliverable,
    given.period,
    given.indicator,
    any_value(given.indicator_name) AS indicator_name,
    any_value(given.indicator_position) AS indicator_position,
    sum(given.value) FILTER (given.aggregate = 'sum' AND given.number_type = 'count')::BIGINT AS total,
    core.as_amount(
        CASE any_value(given.aggregate)
            WHEN 'sum' THEN sum(given.millionths)
            WHEN 'mean' THEN core.divide_whole(sum(given.millionths), count(given.millionths))
            WHEN 'weighted'
                THEN core.divide_whole(
                    sum(given.millionths * given.weight_value),
                    sum(given.weight_value) FILTER (given.millionths IS NOT NULL)
                )
            WHEN 'min' THEN min(given.millionths)
            WHEN 'max' THEN max(given.millionths)
            WHEN 'last'
                THEN arg_max(given.millionths, (given.received_at, given.recipient_position)) FILTER (given.millionths IS NOT NULL)
        END,
        6
    ) AS amount,
    any_value(given.aggregate) AS aggregate,
    any_value(given.unit) AS unit,
    count(DISTINCT given.recipient_code) FILTER (given.is_owed) AS units_owing,
    count(DISTINCT given.recipient_code) FILTER (given.is_owed AND given.is_reported) AS units_reported,
    count(DISTINCT given.recipient_code) FILTER (given.is_not_applicable) AS units_not_applicable,
    coalesce(
        list(given.recipient ORDER BY given.recipient_position) FILTER (NOT given.is_reported), []
    ) AS units_missing,
    bool_or(given.is_approximate) AS has_approximate
FROM given
GROUP BY ALL;
COMMENT ON MACRO TABLE core.statistics_sums IS '某一时刻统计表和清单按市等分组的合计，及合计中缺哪些单位';
