-- One row a group at a moment: its materials and what they cover (contract section 7). Key: group_code.
-- Dimensions: 'province' (all in one, ''), 'city', 'recipient', and 'county' (the city's code and the county's name; materials
-- without a county are in none). counties counts names, which are unique in a city alone: for the province, sum the cities'.
-- days: days of the event with a material. A group without a material has no row.
CREATE OR REPLACE MACRO core.coverage_counts(notice, t, dimension) AS TABLE
WITH
event AS (
    SELECT
        notices.event_first_day,
        notices.event_last_day
    FROM core.notices
    WHERE notices.notice_id = notice
),

grouped AS (
    SELECT
        items.*,
        items.activity_date BETWEEN event.event_first_day AND event.event_last_day AS is_event_day,
        CASE dimension
            WHEN 'county' THEN items.city_code || items.county
            ELSE core.recipient_group(dimension, items.recipient_code, items.city_code, NULL, NULL)
        END AS group_code
    FROM core.materials_at(notice, t) AS items
    CROSS JOIN event
)

SELECT
    grouped.group_code,
    count(*) AS materials,
    count(*) FILTER (grouped.material_type_code = 'typical_case') AS typical_cases,
    count(*) FILTER (grouped.material_type_code = 'article') AS articles,
    count(*) FILTER (grouped.material_type_code = 'photo') AS photos,
    count(*) FILTER (grouped.material_type_code = 'video') AS videos,
    count(DISTINCT grouped.activity_date) FILTER (grouped.is_event_day) AS days,
    count(DISTINCT grouped.county) AS counties,
    count(DISTINCT grouped.category) AS categories,
    coalesce(sum(grouped.participants), 0)::BIGINT AS participants,
    coalesce(sum(grouped.online_views), 0)::BIGINT AS online_views
FROM grouped
WHERE grouped.group_code IS NOT NULL
GROUP BY ALL;
COMMENT ON MACRO TABLE core.coverage_counts IS '某一时刻按市、县等分组的材料数量和覆盖情况';
