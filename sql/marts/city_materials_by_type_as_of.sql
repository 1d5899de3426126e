-- One row a city and material type as of a moment, in code and list order: every type the notice lists, also at 0.
-- 指标 materials：这一类有效的材料条数，零报告不算 | 分母：不适用 | 空值：没有的为 0
-- 示例 各市各类材料的数量
--   SELECT city, material_type, materials FROM marts.city_materials_by_type_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.city_materials_by_type_as_of(notice, t) AS TABLE
WITH
types AS (
    SELECT
        list_words.code AS material_type_code,
        any_value(list_words.word) AS material_type,
        min(list_words.position) AS position
    FROM core.list_words
    WHERE list_words.notice_id = notice AND list_words.column_name = 'material_type'
    GROUP BY ALL
),

counted AS (
    SELECT
        items.city_code,
        items.material_type_code,
        count(*) AS materials
    FROM core.materials_at(notice, t) AS items
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    types.material_type_code,
    types.material_type,
    coalesce(counted.materials, 0) AS materials
FROM core.cities
CROSS JOIN types
LEFT JOIN counted ON cities.city_code = counted.city_code AND types.material_type_code = counted.material_type_code
WHERE cities.notice_id = notice
ORDER BY cities.position, types.position;
COMMENT ON MACRO TABLE marts.city_materials_by_type_as_of IS '某一时刻各市各类材料的数量';
