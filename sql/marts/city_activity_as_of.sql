-- One row a city and activity category as of a moment, in code and list order: every category the notice lists, also at 0.
-- 指标 materials：这一类活动有效的材料条数，零报告不算 | 分母：不适用 | 空值：没有的为 0
-- 指标 participants：这些材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：这些材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 示例 全省哪一类活动最少
--   SELECT category, sum(materials) AS materials, sum(participants) AS participants, sum(online_views) AS online_views
--   FROM marts.city_activity_as_of($notice, $t)
--   GROUP BY category ORDER BY materials
CREATE OR REPLACE MACRO marts.city_activity_as_of(notice, t) AS TABLE
WITH
categories AS (
    SELECT
        list_words.word AS category,
        any_value(list_words.code) AS category_code,
        min(list_words.position) AS position
    FROM core.list_words
    WHERE list_words.notice_id = notice AND list_words.column_name = 'category'
    GROUP BY ALL
),

counted AS (
    SELECT
        items.city_code,
        items.category,
        count(*) AS materials,
        coalesce(sum(items.participants), 0)::BIGINT AS participants,
        coalesce(sum(items.online_views), 0)::BIGINT AS online_views
    FROM core.materials_at(notice, t) AS items
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    categories.category_code,
    categories.category,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views
FROM core.cities
CROSS JOIN categories
LEFT JOIN counted ON cities.city_code = counted.city_code AND categories.category = counted.category
WHERE cities.notice_id = notice
ORDER BY cities.position, categories.position;
COMMENT ON MACRO TABLE marts.city_activity_as_of IS '某一时刻各市各类活动的材料数量';
