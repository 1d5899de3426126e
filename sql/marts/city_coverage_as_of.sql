-- One row a city as of a moment, in code order: materials and what they cover (contract section 7).
-- Sums are over the rows current at that moment; a rate without a denominator is NULL. Counted in core.coverage_counts.
-- 指标 materials：有效的材料条数：同一单位、日期、类型、标题以最后一次为准，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 typical_cases：其中典型案例；articles 稿件、photos 照片、videos 视频同理，其他类型只在 materials 里 | 分母：不适用 | 空值：不会为空
-- 指标 articles：其中稿件 | 分母：不适用 | 空值：不会为空
-- 指标 photos：其中照片 | 分母：不适用 | 空值：不会为空
-- 指标 videos：其中视频 | 分母：不适用 | 空值：不会为空
-- 指标 day_coverage：有材料的活动日 ÷ 活动日 | 分母：活动天数 | 空值：通知没有活动日时为空，不是 0
-- 指标 county_coverage：材料里写到的县（市、区）÷ 本市的县（市、区） | 分母：本市县数 | 空值：本市没有列出县时为空，不是 0
-- 指标 category_coverage：材料里有的活动类别 ÷ 通知列出的活动类别 | 分母：活动类别数 | 空值：通知没有列出类别时为空，不是 0
-- 指标 participants：有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 示例 材料少的市，覆盖了几天、几个县
--   SELECT city, materials, day_coverage, county_coverage, category_coverage, participants, online_views
--   FROM marts.city_coverage_as_of($notice, $t)
--   ORDER BY materials, city_code
-- 示例 四类材料各多少
--   SELECT city, typical_cases, articles, photos, videos FROM marts.city_coverage_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.city_coverage_as_of(notice, t) AS TABLE
WITH
bases AS (SELECT * FROM core.coverage_bases(notice))

SELECT
    cities.city_code,
    cities.city,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.typical_cases, 0) AS typical_cases,
    coalesce(counted.articles, 0) AS articles,
    coalesce(counted.photos, 0) AS photos,
    coalesce(counted.videos, 0) AS videos,
    coalesce(counted.days, 0) / nullif(bases.event_days, 0) AS day_coverage,
    coalesce(counted.counties, 0) / nullif(county_counts.counties, 0) AS county_coverage,
    coalesce(counted.categories, 0) / nullif(bases.categories, 0) AS category_coverage,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views
FROM core.cities
CROSS JOIN bases
LEFT JOIN core.city_counties(notice) AS county_counts ON cities.city_code = county_counts.city_code
LEFT JOIN core.coverage_counts(notice, t, 'city') AS counted ON cities.city_code = counted.group_code
WHERE cities.notice_id = notice
ORDER BY cities.position;
COMMENT ON MACRO TABLE marts.city_coverage_as_of IS '某一时刻各市的材料数量和覆盖情况';
