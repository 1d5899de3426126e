-- One row a received row of materials, or a file without rows, that a figure of marts.city_coverage_as_of leaves out as of
-- a moment, with the reason. Key: city_code, figure, submission_id, deliverable, table_number,
-- row_number.
-- reason: replaced, rejected, zero_report, duplicate, duplicate_row, not_yet (core.row_ends_at), or of a row that counts elsewhere:
-- not_given, not_applicable (its cell adds nothing), outside_event (its day is none of the event's).
-- A figure of one material type lists what is of that type, or of none that could be read.
-- for_city and for_figure leave the others out; NULL means every one.
CREATE OR REPLACE MACRO core.material_rows_left_out_at(notice, t, for_city, for_figure) AS TABLE
WITH
event AS (
    SELECT
        notices.event_first_day,
        notices.event_last_day
    FROM core.notices
    WHERE notices.notice_id = notice
),

ends AS (
    SELECT ends.*
    FROM core.row_ends_at(notice, t, for_city) AS ends
    WHERE ends.kind = 'materials' OR (ends.deliverable IS NULL AND ends.row_end = 'rejected')
),

judged AS (
    SELECT
        ends.*,
        measures.figure,
        measures.column_name,
        CASE
            WHEN ends.row_end IN ('replaced', 'rejected', 'duplicate', 'duplicate_row', 'not_yet') THEN ends.row_end
            WHEN ends.row_end = 'zero_report' AND measures.material_type_code IS NULL THEN 'zero_report'
            WHEN ends.row_end <> 'counted' THEN NULL
            WHEN measures.figure = 'participants' AND materials.participants IS NULL
                THEN CASE materials.participants_state WHEN 'not_applicable' THEN 'not_applicable' ELSE 'not_given' END
            WHEN measures.figure = 'online_views' AND materials.online_views IS NULL
                THEN CASE materials.online_views_state WHEN 'not_applicable' THEN 'not_applicable' ELSE 'not_given' END
            WHEN measures.figure = 'county_coverage' AND materials.county IS NULL THEN 'not_given'
            WHEN measures.figure = 'category_coverage' AND materials.category IS NULL THEN 'not_given'
            WHEN
                measures.figure = 'day_coverage'
                AND (materials.activity_date BETWEEN event.event_first_day AND event.event_last_day) IS NOT TRUE
                THEN 'outside_event'
        END AS reason
    FROM ends
    CROSS JOIN event
    CROSS JOIN (
        VALUES
        ('materials', 'title', NULL),
        ('typical_cases', 'material_type', 'typical_case'),
        ('articles', 'material_type', 'article'),
        ('photos', 'material_type', 'photo'),
        ('videos', 'material_type', 'video'),
        ('day_coverage', 'activity_date', NULL),
        ('county_coverage', 'county', NULL),
        ('category_coverage', 'category', NULL),
        ('participants', 'participants', NULL),
        ('online_views', 'online_views', NULL)
    ) AS measures (figure, column_name, material_type_code)
    LEFT JOIN raw.materials
        ON
            ends.submission_id = materials.submission_id
            AND ends.table_number = materials.table_number
            AND ends.row_number = materials.row_number
    LEFT JOIN core.list_words
        ON
            materials.notice_id = list_words.notice_id
            AND materials.deliverable = list_words.deliverable
            AND list_words.column_name = 'material_type'
            AND materials.material_type = list_words.word
    WHERE
        (for_figure IS NULL OR measures.figure = for_figure)
        AND (
            measures.material_type_code IS NULL
            OR list_words.code IS NULL
            OR list_words.code = measures.material_type_code
        )
)

SELECT
    city_code,
    figure,
    reason,
    reasons,
    explanation,
    recipient_code,
    deliverable,
    period,
    column_name,
    submission_id,
    sheet,
    table_number,
    row_number,
    item_id,
    coalesce(replaced_by, duplicate_of) AS other_submission_id
FROM judged
WHERE reason IS NOT NULL;
COMMENT ON MACRO TABLE core.material_rows_left_out_at IS '某一时刻材料和覆盖的数没有计入的行及理由';
