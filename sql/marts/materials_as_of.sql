-- One row a material that was current at a moment (zero reports apart). Key: item_id.
-- What every count of materials is made of; is_approximate tells of a number read from 约 or 万.
CREATE OR REPLACE MACRO marts.materials_as_of(notice, t) AS TABLE
SELECT
    items.item_id,
    items.recipient_code,
    items.city_code,
    items.activity_date,
    items.material_type_code,
    items.material_type,
    items.title,
    items.category,
    items.theme,
    items.county,
    items.participants,
    materials.participants_state = 'approximate' AS participants_is_approximate,
    items.online_views,
    materials.online_views_state = 'approximate' AS online_views_is_approximate,
    items.received_at
FROM core.items
INNER JOIN raw.materials
    ON
        items.submission_id = materials.submission_id
        AND items.sheet = materials.sheet
        AND items.row_number = materials.row_number
WHERE
    items.notice_id = notice
    AND items.kind = 'materials'
    AND items.current_from <= t
    AND items.current_until > t
    AND NOT items.is_zero_report
ORDER BY items.recipient_code, items.activity_date, items.item_id;
COMMENT ON MACRO TABLE marts.materials_as_of IS '某一时刻有效的材料，每条一行，不含零报告';
