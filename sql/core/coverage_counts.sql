-- One row a group at a moment: its materials and what they cover (contract section 7). Key: group_code.
-- Dimensions: those of core.recipient_group, and 'county' (group_code is the county's code; rows without a county are in none).
-- days: days of the event with a material. A county counts once in its city: two cities may have one of the same name.
-- A group without a material has no row.
CREATE OR REPLACE MACRO core.coverage_counts(notice, t, dimension) AS TABLE
WITH
event AS (
    SELECT
        notices.event_first_day,
        notices.event_last_day
    FROM core.notices
    WHERE notices.notice_id = notice
),

placed AS (
    SELECT
        items.*,
        counties.county_code,
        items.activity_date BETWEEN event.event_first_day AND event.event_last_day AS is_event_day,
        CASE dimension
            WHEN 'county' THEN counties.county_code
            ELSE core.recipient_group(
                dimension, items.recipient_code, items.city_code, recipients.line, recipients.kind
            )
        END AS group_code
    FROM core.materials_at(notice, t) AS items
    CROSS JOIN event
    INNER JOIN core.recipients
        ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
    LEFT JOIN core.counties
        ON
            items.notice_id = counties.notice_id
            AND items.city_code = counties.city_code
            AND items.county = counties.county
)

SELECT
    placed.group_code,
    count(*) AS materials,
    count(*) FILTER (placed.material_type_code = 'typical_case') AS typical_cases,
    count(*) FILTER (placed.material_type_code = 'article') AS articles,
    count(*) FILTER (placed.material_type_code = 'photo') AS photos,
    count(*) FILTER (placed.material_type_code = 'video') AS videos,
    count(DISTINCT placed.activity_date) FILTER (placed.is_event_day) AS days,
    count(DISTINCT placed.county_code) AS counties,
    count(DISTINCT placed.category) AS categories,
    count(DISTINCT placed.recipient_code) AS recipients,
    coalesce(sum(placed.participants), 0)::BIGINT AS participants,
    coalesce(sum(placed.online_views), 0)::BIGINT AS online_views
FROM placed
WHERE placed.group_code IS NOT NULL
GROUP BY ALL;
COMMENT ON MACRO TABLE core.coverage_counts IS '某一时刻按市、县、条线、类别等分组的材料数量和覆盖情况';
