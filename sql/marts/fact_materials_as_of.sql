-- One row a material that was current at a moment (zero reports apart), with the code and the name of everything it belongs to: to be
-- summed by any of them. Key: item_id.
-- 指标 participants：该条材料的参与人数；online_views 同理 | 分母：没有分母，一条材料一行，零报告不在内 | 空值：未填和不适用为空
-- 示例 各条线各县的材料数和人数
--   SELECT line_name, city, county, count(*) AS materials, sum(participants) AS participants
--   FROM marts.fact_materials_as_of($notice, $t) GROUP BY ALL
CREATE OR REPLACE MACRO marts.fact_materials_as_of(notice, t) AS TABLE
WITH
words AS (
    SELECT *
    FROM core.list_words
    WHERE list_words.notice_id = notice
)

SELECT
    items.item_id,
    recipients.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    recipients.line,
    lines.line_name,
    items.city_code,
    cities.city,
    items.deliverable,
    deliverables.deliverable_name,
    items.period,
    items.activity_date,
    items.activity_date BETWEEN notices.event_first_day AND notices.event_last_day AS is_event_day,
    counties.county_code,
    items.county,
    items.material_type_code,
    items.material_type,
    categories.code AS category_code,
    items.category,
    themes.code AS theme_code,
    items.theme,
    items.title,
    items.participants,
    materials.participants_state = 'approximate' AS participants_is_approximate,
    items.online_views,
    materials.online_views_state = 'approximate' AS online_views_is_approximate,
    materials.link,
    items.first_accepted_at,
    receipts.source,
    items.submission_id,
    submissions.path,
    items.sheet,
    items.table_number,
    items.row_number,
    items.received_at
FROM core.materials_at(notice, t) AS items
INNER JOIN core.notices ON items.notice_id = notices.notice_id
INNER JOIN raw.materials
    ON
        items.submission_id = materials.submission_id
        AND items.table_number = materials.table_number
        AND items.row_number = materials.row_number
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
INNER JOIN core.deliverables
    ON items.notice_id = deliverables.notice_id AND items.deliverable = deliverables.deliverable
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND items.city_code = cities.city_code
LEFT JOIN core.lines ON recipients.notice_id = lines.notice_id AND recipients.line = lines.line
LEFT JOIN core.counties
    ON
        items.notice_id = counties.notice_id
        AND items.city_code = counties.city_code
        AND items.county = counties.county
LEFT JOIN words AS categories
    ON
        items.deliverable = categories.deliverable
        AND categories.column_name = 'category'
        AND items.category = categories.word
LEFT JOIN words AS themes
    ON items.deliverable = themes.deliverable AND themes.column_name = 'theme' AND items.theme = themes.word
ORDER BY recipients.position, items.activity_date, submissions.path, items.sheet, items.table_number, items.row_number;
COMMENT ON MACRO TABLE marts.fact_materials_as_of IS '材料宽表：某一时刻有效的每一条材料，连同所属一切的代码和名称';
