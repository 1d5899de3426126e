-- One row a unit, period and daily figure as of a moment, in roster order: its statistics table beside its daily materials.
-- Key: recipient_code, deliverable, period, compares_with. Warnings only: nothing is rejected and no figure moves for them.
-- What compares with what stands in the notice (compares_with); indicators with the same counterpart are added up first.
-- Only units that sent the table and owe daily materials. The table should hold at least what the daily materials add up to.
-- 指标 reported：统计表中参加对照的各项之和 | 分母：不适用 | 空值：各项都填“不适用”的不列
-- 指标 daily：每日材料中的数：events 每天按不同的县各计一场、不写县的一天计一场，materials 条数，participants、online_views 之和 | 分母：不适用 | 空值：没有的为 0
-- 指标 difference：reported − daily | 分母：不适用 | 空值：不会为空
-- 指标 finding：consistent 相符、lower_than_daily 统计表少于每日材料、nothing_daily 统计表有数而每日材料没有 | 分母：不适用 | 空值：不会为空
-- 指标 is_warning：是否需要核对，即 finding 不是 consistent | 分母：不适用 | 空值：不会为空
-- 示例 统计表和日报对不上的单位，两边各是多少
--   SELECT recipient, indicators, reported, daily, difference, finding, sentence
--   FROM marts.statistics_checks_as_of($notice, $t)
--   WHERE is_warning
CREATE OR REPLACE MACRO marts.statistics_checks_as_of(notice, t) AS TABLE
WITH
reported AS (
    SELECT
        given.notice_id,
        given.recipient_code,
        any_value(given.recipient) AS recipient,
        any_value(given.city_code) AS city_code,
        any_value(given.recipient_position) AS recipient_position,
        given.deliverable,
        given.period,
        given.compares_with,
        min(given.indicator_position) AS indicator_position,
        list(given.indicator_name ORDER BY given.indicator_position) AS indicators,
        sum(given.value)::BIGINT AS reported,
        bool_or(given.is_approximate) AS is_approximate
    FROM core.statistics_at(notice, t) AS given
    WHERE given.compares_with IS NOT NULL AND given.is_reported
    GROUP BY ALL
    HAVING sum(given.value) IS NOT NULL
),

daily_owed AS (
    SELECT DISTINCT obligations.recipient_code
    FROM core.duties_at(notice, t) AS obligations
    INNER JOIN core.deliverables
        ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
    WHERE
        obligations.exemption_reason IS NULL
        AND deliverables.kind = 'materials'
),

days AS (
    SELECT
        items.notice_id,
        items.recipient_code,
        items.activity_date,
        count(*) AS materials,
        greatest(count(DISTINCT items.county), 1) AS events,
        coalesce(sum(items.participants), 0)::BIGINT AS participants,
        coalesce(sum(items.online_views), 0)::BIGINT AS online_views
    FROM core.materials_at(notice, t) AS items
    GROUP BY ALL
),

daily AS (
    SELECT
        days.recipient_code,
        periods.deliverable,
        periods.period,
        sum(days.events)::BIGINT AS events,
        sum(days.materials)::BIGINT AS materials,
        sum(days.participants)::BIGINT AS participants,
        sum(days.online_views)::BIGINT AS online_views
    FROM days
    INNER JOIN core.periods
        ON
            days.notice_id = periods.notice_id
            AND (periods.first_day IS NULL OR days.activity_date BETWEEN periods.first_day AND periods.last_day)
    GROUP BY ALL
),

compared AS (
    SELECT
        reported.*,
        coalesce(CASE reported.compares_with
            WHEN 'events' THEN daily.events
            WHEN 'materials' THEN daily.materials
            WHEN 'participants' THEN daily.participants
            WHEN 'online_views' THEN daily.online_views
        END, 0) AS daily
    FROM reported
    INNER JOIN daily_owed ON reported.recipient_code = daily_owed.recipient_code
    LEFT JOIN daily
        ON
            reported.recipient_code = daily.recipient_code
            AND reported.deliverable = daily.deliverable
            AND reported.period = daily.period
),

judged AS (
    SELECT
        *,
        CASE
            WHEN reported < daily THEN 'lower_than_daily'
            WHEN reported > 0 AND daily = 0 THEN 'nothing_daily'
            ELSE 'consistent'
        END AS finding,
        CASE compares_with
            WHEN 'events' THEN '活动场次（同一天、同一县按一场计）'
            WHEN 'materials' THEN '材料条数'
            WHEN 'participants' THEN '参与人数'
            WHEN 'online_views' THEN '线上观看人次'
        END AS daily_name
    FROM compared
)

SELECT
    judged.recipient_code,
    judged.recipient,
    judged.city_code,
    judged.deliverable,
    judged.period,
    judged.compares_with,
    judged.indicators,
    judged.reported,
    judged.daily,
    judged.reported - judged.daily AS difference,
    judged.is_approximate,
    judged.finding,
    judged.finding <> 'consistent' AS is_warning,
    CASE judged.finding
        WHEN 'lower_than_daily'
            THEN format(
                '统计表“{}”共 {}，少于每日材料的{} {}，请核对', array_to_string(judged.indicators, '、'), judged.reported, judged.daily_name, judged.daily
            )
        WHEN 'nothing_daily'
            THEN format(
                '统计表“{}”共 {}，而每日材料的{}为 0，请核对', array_to_string(judged.indicators, '、'), judged.reported, judged.daily_name
            )
    END AS sentence
FROM judged
ORDER BY judged.recipient_position, judged.deliverable, judged.period, judged.indicator_position;
COMMENT ON MACRO TABLE marts.statistics_checks_as_of IS '某一时刻统计表与每日材料的对照：只提醒，不退回';
