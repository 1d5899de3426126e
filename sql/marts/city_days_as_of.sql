-- One row a city and day of the event as of a moment, in code and day order, also at 0: materials by their own activity date.
CREATE OR REPLACE MACRO marts.city_days_as_of(notice, t) AS TABLE
WITH
days AS (
    SELECT unnest(generate_series(event_first_day, event_last_day, INTERVAL 1 DAY))::DATE AS activity_date
    FROM core.notices
    WHERE notices.notice_id = notice AND notices.event_first_day IS NOT NULL
),

counted AS (
    SELECT
        city_code,
        activity_date,
        count(*) AS materials,
        coalesce(sum(participants), 0)::BIGINT AS participants,
        coalesce(sum(online_views), 0)::BIGINT AS online_views
    FROM marts.materials_as_of(notice, t)
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    days.activity_date,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views
FROM core.cities
CROSS JOIN days
LEFT JOIN counted ON cities.city_code = counted.city_code AND days.activity_date = counted.activity_date
WHERE cities.notice_id = notice
ORDER BY cities.city_code, days.activity_date;
COMMENT ON MACRO TABLE marts.city_days_as_of IS '某一时刻各市每个活动日的材料数，没有的为 0';
