-- One row what makes up a figure of a city as of a moment, or was left out of it. Key: none; counted rows come first.
-- part: counted (Σ amount is the figure, or the numerator of a rate), denominator, left_out (amount NULL, reason says why).
-- value_given is the cell as received, value as it was read; cell is its place, as in G12. for_city NULL means every city.
-- A counted row with amount 0 and reason counted_already repeats a day, county or category that another row stands for.
-- other_path: the file whose row took its place, or that it repeats.
-- 指标 amount：这一行计入多少，相加即得这个数（率的分子） | 分母：part 为 denominator 的各行 | 空值：没有计入的行为空
-- 示例 参与人数由哪些单元格合成，哪些没有计入
--   SELECT part, amount, reason, recipient, path, sheet, cell, value_given, value
--   FROM marts.trace($notice, $t, '370700', 'participants')
CREATE OR REPLACE MACRO marts.trace(notice, t, for_city, for_figure) AS TABLE
WITH
counting AS (
    SELECT * FROM core.material_parts_at(notice, t, for_city, for_figure)
    UNION ALL BY NAME
    SELECT * FROM core.reporting_parts_at(notice, t, for_city, for_figure)
),

left_out AS (
    SELECT * FROM core.material_rows_left_out_at(notice, t, for_city, for_figure)
    UNION ALL BY NAME
    SELECT * FROM core.reporting_left_out_at(notice, t, for_city, for_figure)
),

traced AS (
    SELECT
        counting.*,
        CASE
            WHEN counting.figure IN ('day_coverage', 'county_coverage', 'category_coverage') AND counting.amount = 0
                THEN 'counted_already'
        END AS reason
    FROM counting
    UNION ALL BY NAME
    SELECT
        left_out.*,
        'left_out' AS part
    FROM left_out
),

placed AS (
    SELECT
        traced.*,
        sheets.sheet_number,
        json_extract(sheets.places, '$.' || traced.column_name || '[0]')::INTEGER AS column_number,
        json_extract_string(sheets.places, '$.' || traced.column_name || '[1]') AS header
    FROM traced
    LEFT JOIN raw.sheets ON traced.submission_id = sheets.submission_id AND traced.table_number = sheets.table_number
    WHERE traced.figure = for_figure
)

SELECT
    placed.city_code,
    cities.city,
    placed.figure,
    placed.part,
    placed.amount::BIGINT AS amount,
    placed.reason,
    placed.reasons,
    placed.explanation,
    placed.part_key,
    placed.recipient_code,
    recipients.recipient,
    placed.deliverable,
    placed.period,
    placed.due_at,
    placed.status,
    submissions.path,
    placed.sheet,
    placed.row_number,
    concat(CASE WHEN placed.column_number > 26 THEN chr(64 + (placed.column_number - 1) // 26) END)
    || chr(65 + (placed.column_number - 1) % 26)
    || placed.row_number AS cell,
    placed.header,
    CASE placed.column_name
        WHEN 'title' THEN materials.title_given
        WHEN 'material_type' THEN materials.material_type_given
        WHEN 'activity_date' THEN materials.activity_date_given
        WHEN 'county' THEN materials.county_given
        WHEN 'category' THEN materials.category_given
        WHEN 'participants' THEN materials.participants_given
        WHEN 'online_views' THEN materials.online_views_given
    END AS value_given,
    CASE placed.column_name
        WHEN 'title' THEN coalesce(accepted.title, materials.title)
        WHEN 'material_type' THEN coalesce(accepted.material_type, materials.material_type)
        WHEN 'activity_date' THEN coalesce(accepted.activity_date, materials.activity_date)::VARCHAR
        WHEN 'county' THEN coalesce(accepted.county, materials.county)
        WHEN 'category' THEN coalesce(accepted.category, materials.category)
        WHEN 'participants' THEN coalesce(accepted.participants, materials.participants)::VARCHAR
        WHEN 'online_views' THEN coalesce(accepted.online_views, materials.online_views)::VARCHAR
    END AS value,
    materials.activity_date,
    materials.title,
    submissions.received_at,
    others.path AS other_path,
    placed.submission_id,
    placed.item_id
FROM placed
LEFT JOIN core.cities ON cities.notice_id = notice AND placed.city_code = cities.city_code
LEFT JOIN core.recipients_at(notice, t) AS recipients ON placed.recipient_code = recipients.recipient_code
LEFT JOIN core.accepted_materials AS accepted
    ON
        placed.submission_id = accepted.submission_id
        AND placed.table_number = accepted.table_number
        AND placed.row_number = accepted.row_number
LEFT JOIN core.submissions ON placed.submission_id = submissions.submission_id
LEFT JOIN core.submissions AS others ON placed.other_submission_id = others.submission_id
LEFT JOIN raw.materials
    ON
        placed.submission_id = materials.submission_id
        AND placed.table_number = materials.table_number
        AND placed.row_number = materials.row_number
ORDER BY
    list_position(['counted', 'denominator', 'left_out'], placed.part),
    placed.city_code,
    placed.amount = 0,
    submissions.received_at,
    submissions.path,
    placed.sheet_number,
    placed.row_number,
    placed.part_key,
    placed.recipient_code,
    placed.deliverable,
    placed.period,
    placed.reason;
COMMENT ON MACRO TABLE marts.trace IS '某市某个数在某一时刻的来历：计入的行、分母，以及没有计入的行和理由';
