-- One row a value that is far off and should be asked about: a unit's day, or a county's day in it, beside what is usual. Warnings
-- only: nothing is rejected and no figure moves. Key: recipient_code, activity_date, measure, finding, county.
-- A day is beyond what is usual where it is more than `far_off.times` times the median of the unit's other days and at least
-- `far_off.at_least` (notice.yaml); only units with at least three other days have something usual.
-- A county's day is beyond its people where more took part than live there (`people` in regions.csv, where it is given).
-- 指标 value：这一天报来的数，各条相加 | 分母：不适用 | 空值：不会为空
-- 指标 usual：more_than_usual 为本单位其他日子的中位数，more_than_people 为这个县的人口 | 分母：不适用 | 空值：不会为空
-- 指标 times：value 是 usual 的几倍 | 分母：不适用 | 空值：不会为空
-- 示例 哪些单位哪一天的数大得反常，平常是多少
--   SELECT recipient, activity_date, measure, county, value, usual, times, finding, sentence
--   FROM marts.far_off_as_of($notice, $t) ORDER BY times DESC
CREATE OR REPLACE MACRO marts.far_off_as_of(notice, t) AS TABLE
WITH
days AS (
    SELECT
        items.recipient_code,
        items.activity_date,
        measures.measure,
        sum(measures.amount)::BIGINT AS amount,
        arg_max(items.submission_id, measures.amount) AS submission_id
    FROM core.materials_at(notice, t) AS items
    CROSS JOIN LATERAL (
        VALUES ('participants', items.participants), ('online_views', items.online_views)
    ) AS measures (measure, amount)
    WHERE measures.amount > 0
    GROUP BY ALL
),

usual_days AS (
    SELECT
        days.recipient_code,
        days.activity_date,
        days.measure,
        NULL AS county,
        'more_than_usual' AS finding,
        days.amount,
        median(others.amount)::DOUBLE AS usual,
        any_value(days.submission_id) AS submission_id
    FROM days
    INNER JOIN days AS others
        ON
            days.recipient_code = others.recipient_code
            AND days.measure = others.measure
            AND days.activity_date <> others.activity_date
    GROUP BY ALL
    HAVING count(*) >= 3
),

county_days AS (
    SELECT
        items.recipient_code,
        items.activity_date,
        'participants' AS measure,
        items.county,
        'more_than_people' AS finding,
        sum(items.participants)::BIGINT AS amount,
        any_value(counties.people)::DOUBLE AS usual,
        arg_max(items.submission_id, items.participants) AS submission_id
    FROM core.materials_at(notice, t) AS items
    INNER JOIN core.counties
        ON
            counties.notice_id = notice
            AND items.city_code = counties.city_code
            AND items.county = counties.county
    WHERE counties.people IS NOT NULL AND items.participants IS NOT NULL
    GROUP BY ALL
),

judged AS (
    SELECT usual_days.*
    FROM usual_days
    INNER JOIN core.notices ON notices.notice_id = notice
    WHERE
        usual_days.amount >= notices.far_off_at_least
        AND usual_days.amount > notices.far_off_times * usual_days.usual
    UNION ALL
    SELECT county_days.* FROM county_days
    WHERE county_days.amount > county_days.usual
)

SELECT
    judged.recipient_code,
    recipients.recipient,
    recipients.city_code,
    judged.activity_date,
    judged.measure,
    judged.county,
    judged.finding,
    judged.amount AS value,
    judged.usual,
    judged.amount / judged.usual AS times,
    judged.submission_id,
    CASE judged.finding
        WHEN 'more_than_usual'
            THEN format(
                '{} 的{} {}，是本单位其他日子（中位数 {:.0f}）的 {:.0f} 倍，请核对',
                strftime(judged.activity_date, '%Y-%m-%d'),
                CASE judged.measure WHEN 'participants' THEN '参与人数' ELSE '线上观看人次' END,
                judged.amount,
                judged.usual,
                judged.amount / judged.usual
            )
        ELSE format(
            '{} {}的参与人数 {}，多于全县人口 {:.0f}，请核对',
            strftime(judged.activity_date, '%Y-%m-%d'),
            judged.county,
            judged.amount,
            judged.usual
        )
    END AS sentence
FROM judged
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON judged.recipient_code = recipients.recipient_code
ORDER BY recipients.position, judged.activity_date, judged.measure, judged.county;
COMMENT ON MACRO TABLE marts.far_off_as_of IS '某一时刻大得反常的数：远多于本单位平常的日子，或多于全县人口；只提醒，不退回';
