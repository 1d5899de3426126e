-- One row a unit, period and comparison with the period before as of a moment, in roster order. Key: recipient_code, deliverable,
-- period, position. Warnings only: nothing is rejected and no figure moves for them, for what is wrong may be the earlier number.
-- Only where both periods' numbers are there; the period before is the deliverable's own, whoever owed it.
-- 指标 value：本期的数 | 分母：不适用 | 空值：没有数的不列
-- 指标 last_value：上一期拿来比的数 | 分母：不适用 | 空值：上一期没有数的不列
-- 指标 is_warning：与通知要求的关系不符，需要核对 | 分母：不适用 | 空值：不会为空
-- 示例 与上一期对不上的数
--   SELECT recipient, period, indicator_name, value, last_period, last_value, sentence
--   FROM marts.period_checks_as_of($notice, $t)
--   WHERE is_warning
CREATE OR REPLACE MACRO marts.period_checks_as_of(notice, t) AS TABLE
WITH
given AS (
    SELECT * FROM core.statistics_at(notice, t)
    WHERE is_reported AND value IS NOT NULL
),

following AS (
    SELECT
        periods.deliverable,
        periods.period,
        lag(periods.period) OVER (PARTITION BY periods.deliverable ORDER BY periods.period) AS last_period
    FROM core.periods
    WHERE periods.notice_id = notice
),

compared AS (
    SELECT
        given.recipient_code,
        given.recipient,
        given.city_code,
        given.recipient_position,
        given.deliverable,
        given.period,
        checks.position,
        given.indicator,
        given.indicator_name,
        checks.relation,
        checks.said,
        checks.sentence AS own_sentence,
        following.last_period,
        before.indicator_name AS last_indicator_name,
        core.as_amount(given.value, given.places) AS value,
        core.as_amount(before.value, before.places) AS last_value
    FROM given
    INNER JOIN core.period_checks AS checks
        ON
            given.notice_id = checks.notice_id
            AND given.deliverable = checks.deliverable
            AND given.indicator = checks.indicator
    INNER JOIN following ON given.deliverable = following.deliverable AND given.period = following.period
    INNER JOIN given AS before
        ON
            given.recipient_code = before.recipient_code
            AND given.deliverable = before.deliverable
            AND following.last_period = before.period
            AND checks.other_indicator = before.indicator
),

judged AS (
    SELECT
        *,
        NOT CASE relation
            WHEN '<=' THEN value <= last_value
            WHEN '<' THEN value < last_value
            WHEN '>=' THEN value >= last_value
            WHEN '>' THEN value > last_value
        END AS is_warning
    FROM compared
)

SELECT
    judged.recipient_code,
    judged.recipient,
    judged.city_code,
    judged.deliverable,
    judged.period,
    judged.position,
    judged.indicator,
    judged.indicator_name,
    judged.value,
    judged.last_period,
    judged.last_value,
    judged.is_warning,
    CASE WHEN judged.is_warning THEN concat(
        judged.period, ' 这一期的“', judged.indicator_name, '”为 ', rtrim(rtrim(judged.value::VARCHAR, '0'), '.'),
        '，应', judged.said, '上一期（', judged.last_period, '）的“', judged.last_indicator_name, '” ',
        rtrim(rtrim(judged.last_value::VARCHAR, '0'), '.'), '，请核对这两期',
        coalesce('。' || judged.own_sentence, '')
    ) END AS sentence
FROM judged
ORDER BY judged.recipient_position, judged.deliverable, judged.period, judged.position;
COMMENT ON MACRO TABLE marts.period_checks_as_of IS '某一时刻各期的数与上一期的对照：只提醒，不退回';
