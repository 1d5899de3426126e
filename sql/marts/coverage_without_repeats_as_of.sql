-- One row a city as of a moment: its materials and people, and the same without those that are very like what another unit reported
-- before (likeness 0.8 or more, core.near_duplicates_at). Key: city_code. The figures themselves never leave anything out.
-- 指标 materials：有效的材料条数，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 materials_without_repeats：其中去掉疑似重复的后报者之后的条数 | 分母：不适用 | 空值：不会为空
-- 指标 participants：有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 participants_without_repeats：去掉疑似重复的后报者之后的参与人数之和 | 分母：不适用 | 空值：没有的为 0
-- 指标 online_views：有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views_without_repeats：去掉疑似重复的后报者之后的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0
-- 示例 疑似重复使哪些市的人数偏大
--   SELECT city, participants, participants_without_repeats, participants - participants_without_repeats AS repeated
--   FROM marts.coverage_without_repeats_as_of($notice, $t) ORDER BY repeated DESC
-- 示例 全部列
--   SELECT * FROM marts.coverage_without_repeats_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.coverage_without_repeats_as_of(notice, t) AS TABLE
WITH
repeats AS (
    SELECT DISTINCT alike.item_id
    FROM core.near_duplicates_at(notice, t) AS alike
    WHERE alike.likeness >= 0.8
),

counted AS (
    SELECT
        items.city_code,
        count(*) AS materials,
        count(*) FILTER (repeats.item_id IS NULL) AS materials_without_repeats,
        sum(items.participants) AS participants,
        sum(items.participants) FILTER (repeats.item_id IS NULL) AS participants_without_repeats,
        sum(items.online_views) AS online_views,
        sum(items.online_views) FILTER (repeats.item_id IS NULL) AS online_views_without_repeats
    FROM core.materials_at(notice, t) AS items
    LEFT JOIN repeats ON items.item_id = repeats.item_id
    GROUP BY ALL
)

SELECT
    cities.city_code,
    cities.city,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.materials_without_repeats, 0) AS materials_without_repeats,
    coalesce(counted.participants, 0)::BIGINT AS participants,
    coalesce(counted.participants_without_repeats, 0)::BIGINT AS participants_without_repeats,
    coalesce(counted.online_views, 0)::BIGINT AS online_views,
    coalesce(counted.online_views_without_repeats, 0)::BIGINT AS online_views_without_repeats
FROM core.cities
LEFT JOIN counted ON cities.city_code = counted.city_code
WHERE cities.notice_id = notice
ORDER BY cities.position;
COMMENT ON MACRO TABLE marts.coverage_without_repeats_as_of IS '某一时刻各市的材料和人数，以及去掉疑似重复之后的';
