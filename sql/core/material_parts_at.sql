-- One row what a figure of marts.city_coverage_as_of is made of, as of a moment: a current row of materials, or one of
-- what a rate is measured against. Key: city_code, figure, part, part_key, item_id.
-- Σ amount (part = counted), over Σ amount (part = denominator) where there is one, is the figure. Where rows are
-- counted once together (days, counties, categories), the first received has amount 1 and the others 0.
-- for_city and for_figure leave the others out; NULL means every one.
CREATE OR REPLACE MACRO core.material_parts_at(notice, t, for_city, for_figure) AS TABLE
WITH
event AS (
    SELECT
        notices.event_first_day,
        notices.event_last_day
    FROM core.notices
    WHERE notices.notice_id = notice
),

measured AS (
    SELECT
        items.city_code,
        items.recipient_code,
        items.deliverable,
        items.period,
        items.submission_id,
        items.sheet,
        items.table_number,
        items.row_number,
        items.item_id,
        items.received_at,
        measures.figure,
        measures.column_name,
        concat_ws(' ', items.recipient_code, items.deliverable, replace(items.item_key, chr(31), ' ')) AS row_key,
        CASE measures.figure
            WHEN 'day_coverage' THEN items.activity_date::VARCHAR
            WHEN 'county_coverage' THEN items.county
            WHEN 'category_coverage' THEN items.category
        END AS value_key,
        CASE measures.figure
            WHEN 'participants' THEN items.participants
            WHEN 'online_views' THEN items.online_views
            ELSE 1
        END AS quantity
    FROM core.items
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
    WHERE
        items.notice_id = notice
        AND items.kind = 'materials'
        AND (for_city IS NULL OR items.city_code = for_city)
        AND (for_figure IS NULL OR measures.figure = for_figure)
        AND items.current_from <= t
        AND items.current_until > t
        AND NOT items.is_zero_report
        AND (measures.material_type_code IS NULL OR items.material_type_code = measures.material_type_code)
        AND CASE measures.figure
            WHEN 'day_coverage' THEN items.activity_date BETWEEN event.event_first_day AND event.event_last_day
            WHEN 'county_coverage' THEN items.county IS NOT NULL
            WHEN 'category_coverage' THEN items.category IS NOT NULL
            WHEN 'participants' THEN items.participants IS NOT NULL
            WHEN 'online_views' THEN items.online_views IS NOT NULL
            ELSE TRUE
        END
),

counted AS (
    SELECT
        measured.city_code,
        measured.figure,
        'counted' AS part,
        coalesce(measured.value_key, measured.row_key) AS part_key,
        CASE
            WHEN measured.value_key IS NULL THEN measured.quantity
            ELSE (row_number() OVER (
                PARTITION BY measured.city_code, measured.figure, measured.value_key
                ORDER BY measured.received_at, measured.item_id
            ) = 1)::BIGINT
        END AS amount,
        measured.recipient_code,
        measured.deliverable,
        measured.period,
        measured.column_name,
        measured.submission_id,
        measured.sheet,
        measured.table_number,
        measured.row_number,
        measured.item_id
    FROM measured
),

denominators AS (
    SELECT
        cities.city_code,
        'day_coverage' AS figure,
        days.day::DATE::VARCHAR AS part_key
    FROM core.cities
    CROSS JOIN event
    CROSS JOIN LATERAL
        generate_series(event.event_first_day, event.event_last_day, INTERVAL 1 DAY) AS days (day)
    WHERE cities.notice_id = notice
    UNION ALL
    SELECT
        counties.city_code,
        'county_coverage' AS figure,
        counties.county_code || ' ' || counties.county AS part_key
    FROM core.counties
    WHERE counties.notice_id = notice
    UNION ALL
    SELECT DISTINCT
        cities.city_code,
        'category_coverage' AS figure,
        list_words.word AS part_key
    FROM core.cities
    INNER JOIN core.list_words
        ON cities.notice_id = list_words.notice_id AND list_words.column_name = 'category'
    WHERE cities.notice_id = notice
)

SELECT
    city_code,
    figure,
    part,
    part_key,
    amount,
    recipient_code,
    deliverable,
    period,
    column_name,
    submission_id,
    sheet,
    table_number,
    row_number,
    item_id
FROM counted
UNION ALL
SELECT
    city_code,
    figure,
    'denominator' AS part,
    part_key,
    1 AS amount,
    NULL AS recipient_code,
    NULL AS deliverable,
    NULL AS period,
    NULL AS column_name,
    NULL AS submission_id,
    NULL AS sheet,
    NULL AS table_number,
    NULL AS row_number,
    NULL AS item_id
FROM denominators
WHERE (for_city IS NULL OR denominators.city_code = for_city) AND (for_figure IS NULL OR denominators.figure = for_figure);
COMMENT ON MACRO TABLE core.material_parts_at IS '某一时刻材料和覆盖的数各由哪些行合成：计入的与作分母的';
