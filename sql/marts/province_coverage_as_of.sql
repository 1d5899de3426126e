-- One row as of a moment: the materials of the whole notice and what they cover. Days and categories are those of the
-- province as a whole (a day counts where any city has a material of it), counties are counted each in its own city.
-- 指标 materials：有效的材料条数：同一单位、日期、类型、标题以最后一次为准，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 typical_cases：其中典型案例；articles 稿件、photos 照片、videos 视频同理，其他类型只在 materials 里 | 分母：不适用 | 空值：不会为空
-- 指标 articles：其中稿件 | 分母：不适用 | 空值：不会为空
-- 指标 photos：其中照片 | 分母：不适用 | 空值：不会为空
-- 指标 videos：其中视频 | 分母：不适用 | 空值：不会为空
-- 指标 day_coverage：全省有材料的活动日 ÷ 活动日 | 分母：活动天数 | 空值：通知没有活动日时为空，不是 0
-- 指标 county_coverage：材料里写到的县（市、区）÷ 全省的县（市、区），不同市的同名县分开数 | 分母：全省县数 | 空值：没有列出县时为空，不是 0
-- 指标 category_coverage：全省材料里有的活动类别 ÷ 通知列出的活动类别 | 分母：活动类别数 | 空值：通知没有列出类别时为空，不是 0
-- 指标 participants：有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 city_day_coverage：有材料的（市、活动日）÷ 市数 × 活动天数 | 分母：市数 × 活动天数 | 空值：没有活动日时为空，不是 0
-- 指标 cities_with_materials：有材料的市数 | 分母：不适用 | 空值：不会为空
-- 示例 全省一行
--   SELECT * FROM marts.province_coverage_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.province_coverage_as_of(notice, t) AS TABLE
WITH
bases AS (SELECT * FROM core.coverage_bases(notice)),

by_city AS (
    SELECT
        count(*) AS cities,
        sum(counted.days) AS city_days,
        sum(counted.counties) AS counties
    FROM core.coverage_counts(notice, t, 'city') AS counted
    INNER JOIN core.cities ON cities.notice_id = notice AND NOT cities.is_own AND counted.group_code = cities.city_code
)

SELECT
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.typical_cases, 0) AS typical_cases,
    coalesce(counted.articles, 0) AS articles,
    coalesce(counted.photos, 0) AS photos,
    coalesce(counted.videos, 0) AS videos,
    coalesce(counted.days, 0) / nullif(bases.event_days, 0) AS day_coverage,
    coalesce(by_city.counties, 0) / nullif(bases.counties, 0) AS county_coverage,
    coalesce(counted.categories, 0) / nullif(bases.categories, 0) AS category_coverage,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views,
    coalesce(by_city.city_days, 0) / nullif(bases.event_days * bases.cities, 0) AS city_day_coverage,
    by_city.cities AS cities_with_materials
FROM bases
CROSS JOIN by_city
LEFT JOIN core.coverage_counts(notice, t, 'province') AS counted ON TRUE;
COMMENT ON MACRO TABLE marts.province_coverage_as_of IS '某一时刻全省的材料数量和覆盖情况';
