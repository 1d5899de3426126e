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

summed AS (
    SELECT
        items.group_number,
        count(*) AS materials,
        sum(items.participants) AS participants,
        sum(items.online_views) AS online_views
    FROM core.items
    WHERE
        dimension <> 'recipient'
        AND items.notice_key = core.notice_key(notice)
        AND items.group_number IS NOT NULL
        AND items.current_from <= t
        AND items.current_until > t
    GROUP BY items.group_number
),

-- By unit there are as many groups as rows: these are counted one by one.
counted AS (
    SELECT
        groups.city_code,
        groups.county,
        groups.category,
        groups.material_type_code,
        groups.activity_date,
        NULL AS recipient_code,
        summed.materials,
        summed.participants,
        summed.online_views
    FROM summed
    INNER JOIN core.material_groups AS groups ON groups.notice_id = notice AND summed.group_number = groups.group_number
    UNION ALL
    SELECT
        items.city_code,
        items.county,
        items.category,
        items.material_type_code,
        items.activity_date,
        items.recipient_code,
        1 AS materials,
        items.participants,
        items.online_views
    FROM core.materials_at(notice, t) AS items
    WHERE dimension = 'recipient'
),

grouped AS (
    SELECT
        counted.*,
        counted.activity_date BETWEEN event.event_first_day AND event.event_last_day AS is_event_day,
        CASE dimension
            WHEN 'county' THEN counted.city_code || counted.county
            ELSE core.recipient_group(dimension, counted.recipient_code, counted.city_code, NULL, NULL)
        END AS group_code
    FROM counted
    CROSS JOIN event
)

SELECT
    grouped.group_code,
    sum(grouped.materials)::BIGINT AS materials,
    coalesce(sum(grouped.materials) FILTER (grouped.material_type_code = 'typical_case'), 0)::BIGINT AS typical_cases,
    coalesce(sum(grouped.materials) FILTER (grouped.material_type_code = 'article'), 0)::BIGINT AS articles,
    coalesce(sum(grouped.materials) FILTER (grouped.material_type_code = 'photo'), 0)::BIGINT AS photos,
    coalesce(sum(grouped.materials) FILTER (grouped.material_type_code = 'video'), 0)::BIGINT AS videos,
    count(DISTINCT grouped.activity_date) FILTER (grouped.is_event_day) AS days,
    count(DISTINCT grouped.county) AS counties,
    count(DISTINCT grouped.category) AS categories,
    coalesce(sum(grouped.participants), 0)::BIGINT AS participants,
    coalesce(sum(grouped.online_views), 0)::BIGINT AS online_views
FROM grouped
WHERE grouped.group_code IS NOT NULL
GROUP BY ALL;
COMMENT ON MACRO TABLE core.coverage_counts IS '某一时刻按市、县等分组的材料数量和覆盖情况';
