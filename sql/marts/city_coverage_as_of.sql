-- One row a city as of a moment, in code order: materials and what they cover (contract section 7).
-- Sums are over the rows current at that moment; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO marts.city_coverage_as_of(notice, t) AS TABLE
WITH
event AS (
    SELECT
        notices.event_first_day,
        notices.event_last_day,
        notices.event_days
    FROM core.notices
    WHERE notices.notice_id = notice
),

categories AS (
    SELECT count(DISTINCT list_words.word) AS categories
    FROM core.list_words
    WHERE list_words.notice_id = notice AND list_words.column_name = 'category'
),

county_counts AS (
    SELECT
        counties.city_code,
        count(*) AS counties
    FROM core.counties
    WHERE counties.notice_id = notice
    GROUP BY ALL
),

counted AS (
    SELECT
        items.city_code,
        count(*) AS materials,
        count(*) FILTER (items.material_type_code = 'typical_case') AS typical_cases,
        count(*) FILTER (items.material_type_code = 'article') AS articles,
        count(*) FILTER (items.material_type_code = 'photo') AS photos,
        count(*) FILTER (items.material_type_code = 'video') AS videos,
        count(DISTINCT items.activity_date) FILTER (
            items.activity_date BETWEEN event.event_first_day AND event.event_last_day
        ) AS days,
        count(DISTINCT items.county) AS counties,
        count(DISTINCT items.category) AS categories,
        coalesce(sum(items.participants), 0)::BIGINT AS participants,
        coalesce(sum(items.online_views), 0)::BIGINT AS online_views
    FROM core.items
    CROSS JOIN event
    WHERE
        items.notice_id = notice
        AND items.kind = 'materials'
        AND items.current_from <= t
        AND items.current_until > t
        AND NOT items.is_zero_report
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.typical_cases, 0) AS typical_cases,
    coalesce(counted.articles, 0) AS articles,
    coalesce(counted.photos, 0) AS photos,
    coalesce(counted.videos, 0) AS videos,
    coalesce(counted.days, 0) / nullif(event.event_days, 0) AS day_coverage,
    coalesce(counted.counties, 0) / nullif(county_counts.counties, 0) AS county_coverage,
    coalesce(counted.categories, 0) / nullif(categories.categories, 0) AS category_coverage,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views
FROM core.cities
CROSS JOIN event
CROSS JOIN categories
LEFT JOIN county_counts ON cities.city_code = county_counts.city_code
LEFT JOIN counted ON cities.city_code = counted.city_code
WHERE cities.notice_id = notice
ORDER BY cities.city_code;
COMMENT ON MACRO TABLE marts.city_coverage_as_of IS '某一时刻各市的材料数量和覆盖情况';
