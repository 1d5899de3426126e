-- One row a word of a notice's lists (material_type, category, theme) as of a moment, in list order, also at 0.
-- Key: column_name, word.
-- 指标 materials：写了这个词的有效材料条数，零报告不算 | 分母：不适用 | 空值：没有的为 0
-- 指标 cities：有这种材料的市数 | 分母：不适用 | 空值：没有的为 0
-- 示例 宣传主题各有多少材料
--   SELECT word, materials, cities FROM marts.material_words_as_of($notice, $t) WHERE column_name = 'theme'
CREATE OR REPLACE MACRO marts.material_words_as_of(notice, t) AS TABLE
WITH
words AS (
    SELECT
        list_words.column_name,
        list_words.word,
        any_value(list_words.code) AS code,
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
        FROM core.materials_at(notice, t)
    )
    ON material_type, category, theme
    INTO NAME column_name VALUE word
),

counted AS (
    SELECT
        column_name,
        word,
        count(*) AS materials,
        count(DISTINCT named.city_code) FILTER (NOT cities.is_own) AS cities
    FROM named
    INNER JOIN core.cities ON cities.notice_id = notice AND named.city_code = cities.city_code
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
COMMENT ON MACRO TABLE marts.material_words_as_of IS '某一时刻材料类型、活动类别、宣传主题各词的材料数和涉及市数';
