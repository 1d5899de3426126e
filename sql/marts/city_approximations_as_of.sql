-- One row a city as of a moment, in code order: whether its sums hold a number that was read from 约 or 万. Key: city_code.
-- 指标 participants_is_approximate：参与人数合计里是否有约数 | 分母：不适用 | 空值：不会为空
-- 指标 online_views_is_approximate：线上观看合计里是否有约数 | 分母：不适用 | 空值：不会为空
-- 示例 哪些市的合计含约数
--   SELECT city, participants_is_approximate, online_views_is_approximate
--   FROM marts.city_approximations_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.city_approximations_as_of(notice, t) AS TABLE
WITH marked AS (
    SELECT
        items.city_code,
        bool_or(materials.participants_state = 'approximate') AS participants_is_approximate,
        bool_or(materials.online_views_state = 'approximate') AS online_views_is_approximate
    FROM core.materials_at(notice, t) AS items
    INNER JOIN raw.materials
        ON
            items.submission_id = materials.submission_id
            AND items.table_number = materials.table_number
            AND items.row_number = materials.row_number
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    coalesce(marked.participants_is_approximate, FALSE) AS participants_is_approximate,
    coalesce(marked.online_views_is_approximate, FALSE) AS online_views_is_approximate
FROM core.cities
LEFT JOIN marked ON cities.city_code = marked.city_code
WHERE cities.notice_id = notice
ORDER BY cities.position;
COMMENT ON MACRO TABLE marts.city_approximations_as_of IS '某一时刻各市的参与人数和线上观看合计里是否有约数';
