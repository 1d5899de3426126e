-- One row a city and day, from the notice's first day to the moment's, in code and day order. Key: city_code, day.
-- Cumulative columns are what was known at `moment`: the day's last second, on the last day the moment asked for. They equal
-- city_reporting_as_of and city_coverage_as_of of that moment. No row lies after the last thing that was due or received.
-- 指标 reporting_rate：到当天末的报送率，已到期而且已收下的 ÷ due | 分母：到当天末已到期项数 | 空值：没有到期项时为空，不是 0
-- 指标 participating：到当天末已参与的应报单位数 | 分母：不适用 | 空值：不会为空
-- 指标 materials：到当天末有效的材料条数；participants、online_views 同理 | 分母：不适用 | 空值：没有的为 0
-- 指标 participants：到当天末有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：到当天末有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 materials_gained：比前一天末多了多少条；被更正掉的会使它为负，participants_gained、online_views_gained 同理 | 分母：不适用 | 空值：不会为空
-- 指标 participants_gained：参与人数比前一天末多了多少，更正可使它为负 | 分母：不适用 | 空值：不会为空
-- 指标 online_views_gained：线上观看人次比前一天末多了多少，更正可使它为负 | 分母：不适用 | 空值：不会为空
-- 指标 files_received：当天收到的件数，退回、重复、附件都算，忽略的不算 | 分母：不适用 | 空值：不会为空
-- 指标 materials_of_day：活动日期是当天的有效材料条数，按截至时刻所知 | 分母：不适用 | 空值：没有的为 0
-- 指标 participants_of_day：活动日期是当天的参与人数之和，按截至时刻所知 | 分母：不适用 | 空值：没有的为 0
-- 示例 全省参与人数怎样一天天增长
--   SELECT day, sum(participants) AS participants, sum(participants_gained) AS gained, sum(participants_of_day) AS of_day
--   FROM marts.daily_progress_as_of($notice, $t) GROUP BY day ORDER BY day
-- 示例 各市每天的曲线
--   SELECT city, day, participating, reporting_rate, materials, materials_gained, materials_of_day, online_views,
--       online_views_gained, files_received
--   FROM marts.daily_progress_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.daily_progress_as_of(notice, t) AS TABLE
WITH
last_moments AS (
    SELECT obligations.due_at AS moment
    FROM core.latest_duties AS obligations
    WHERE obligations.notice_id = notice
    UNION ALL
    SELECT submissions.received_at
    FROM core.submissions
    WHERE submissions.notice_id = notice
),

last_moment AS (
    SELECT max(last_moments.moment)::DATE AS day
    FROM last_moments
),

days AS (
    SELECT unnest(
        generate_series(
            notices.opens::TIMESTAMP,
            least(greatest(notices.closes, last_moment.day), t::DATE)::TIMESTAMP,
            INTERVAL '1 day'
        )
    )::DATE AS day
    FROM core.notices
    CROSS JOIN last_moment
    WHERE notices.notice_id = notice
),

moments AS (
    SELECT
        days.day,
        least(days.day + INTERVAL '86399 seconds', t) AS moment
    FROM days
),

reported AS (
    SELECT
        moments.day,
        counted.*
    FROM moments
    CROSS JOIN LATERAL core.reporting_counts(notice, moments.moment, 'city') AS counted
),

sent AS (
    SELECT
        moments.day,
        counted.*
    FROM moments
    CROSS JOIN LATERAL core.coverage_counts(notice, moments.moment, 'city') AS counted
),

arrived AS (
    SELECT
        stays.city_code,
        submissions.received_at::DATE AS day,
        count(*) AS files_received
    FROM core.submissions
    INNER JOIN core.recipient_stays AS stays
        ON
            submissions.notice_id = stays.notice_id
            AND submissions.recipient_code = stays.recipient_code
            AND submissions.received_at::DATE >= stays.first_day
            AND submissions.received_at::DATE < stays.next_day
    WHERE submissions.notice_id = notice AND submissions.received_at <= t AND submissions.state NOT IN ('ignored', 'superseded')
    GROUP BY ALL
),

dated AS (
    SELECT
        items.city_code,
        items.activity_date AS day,
        count(*) AS materials_of_day,
        coalesce(sum(items.participants), 0)::BIGINT AS participants_of_day
    FROM core.materials_at(notice, t) AS items
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    moments.day,
    moments.moment,
    coalesce(reported.participating, 0) AS participating,
    coalesce(reported.expected, 0) AS expected,
    coalesce(reported.due, 0) AS due,
    coalesce(reported.on_time, 0) AS on_time,
    coalesce(reported.late, 0) AS late,
    coalesce(reported.missing, 0) AS missing,
    coalesce(reported.pending, 0) AS pending,
    reported.reporting_rate,
    coalesce(sent.materials, 0) AS materials,
    coalesce(sent.participants, 0) AS participants,
    coalesce(sent.online_views, 0) AS online_views,
    coalesce(sent.materials, 0) - lag(coalesce(sent.materials, 0), 1, 0) OVER by_day AS materials_gained,
    coalesce(sent.participants, 0) - lag(coalesce(sent.participants, 0), 1, 0) OVER by_day AS participants_gained,
    coalesce(sent.online_views, 0) - lag(coalesce(sent.online_views, 0), 1, 0) OVER by_day AS online_views_gained,
    coalesce(arrived.files_received, 0) AS files_received,
    coalesce(dated.materials_of_day, 0) AS materials_of_day,
    coalesce(dated.participants_of_day, 0) AS participants_of_day
FROM core.cities
CROSS JOIN moments
LEFT JOIN reported ON cities.city_code = reported.group_code AND moments.day = reported.day
LEFT JOIN sent ON cities.city_code = sent.group_code AND moments.day = sent.day
LEFT JOIN arrived ON cities.city_code = arrived.city_code AND moments.day = arrived.day
LEFT JOIN dated ON cities.city_code = dated.city_code AND moments.day = dated.day
WHERE cities.notice_id = notice
WINDOW by_day AS (PARTITION BY cities.city_code ORDER BY moments.day)
ORDER BY cities.position, moments.day;
COMMENT ON MACRO TABLE marts.daily_progress_as_of IS '截至某一时刻各市每天的进度曲线';
