-- One row a material that was current at a moment (zero reports apart), with its cells as received. Key: item_id.
-- 指标 participants：该条材料的参与人数；online_views 同理 | 分母：没有分母，一条材料一行，零报告不在内 | 空值：未填和不适用为空
-- 示例 参与人数最多的十条材料，出自哪个文件哪一行
--   SELECT recipient, activity_date, title, participants, participants_text, path, sheet, row_number
--   FROM marts.materials_as_of($notice, $t) ORDER BY participants DESC NULLS LAST, item_id LIMIT 10
CREATE OR REPLACE MACRO marts.materials_as_of(notice, t) AS TABLE
SELECT
    items.item_id,
    items.recipient_code,
    recipients.recipient,
    items.city_code,
    items.activity_date,
    items.material_type,
    items.title,
    items.category,
    items.theme,
    items.county,
    items.participants,
    materials.participants_given AS participants_text,
    materials.participants_state = 'approximate' AS participants_is_approximate,
    items.online_views,
    materials.online_views_given AS online_views_text,
    materials.online_views_state = 'approximate' AS online_views_is_approximate,
    materials.link,
    submissions.path,
    items.sheet,
    items.row_number,
    items.received_at
FROM core.items_at(notice, t) AS items
INNER JOIN raw.materials
    ON
        items.submission_id = materials.submission_id
        AND items.table_number = materials.table_number
        AND items.row_number = materials.row_number
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
WHERE items.kind = 'materials' AND NOT items.is_zero_report
ORDER BY recipients.position, items.activity_date, submissions.path, items.sheet, items.row_number;
COMMENT ON MACRO TABLE marts.materials_as_of IS '材料明细：某一时刻有效的每一条材料';
