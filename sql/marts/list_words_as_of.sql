-- One row a word of a notice's lists (type, category, theme) as of a moment, in list order, also at 0.
CREATE OR REPLACE MACRO marts.list_words_as_of(notice, t) AS TABLE
WITH
words AS (
    SELECT
        list_words.column_name,
        list_words.code,
        list_words.word,
        min(list_words.position) AS position
    FROM core.list_words
    WHERE list_words.notice_id = notice
    GROUP BY ALL
),

named AS (
    UNPIVOT (
        SELECT
            city_code,
            material_type,
            category,
            theme
        FROM marts.materials_as_of(notice, t)
    )
    ON material_type, category, theme
    INTO NAME column_name VALUE word
),

counted AS (
    SELECT
        column_name,
        word,
        count(*) AS materials,
        count(DISTINCT city_code) AS cities
    FROM named
    GROUP BY ALL
)

SELECT
    words.column_name,
    words.code,
    words.word,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.cities, 0) AS cities
FROM words
LEFT JOIN counted ON words.column_name = counted.column_name AND words.word = counted.word
ORDER BY words.column_name, words.position;
COMMENT ON MACRO TABLE marts.list_words_as_of IS '某一时刻材料类型、活动类别、宣传主题各项的材料数和涉及市数，没有的为 0';
