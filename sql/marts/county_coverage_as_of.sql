-- One row a county as of a moment, in code order, those that no material names included. Materials without a county are in
-- none of them: the counties of a city may sum to less than the city. Counted in core.coverage_counts. Key: county_code.
-- 指标 materials：有效的材料条数：同一单位、日期、类型、标题以最后一次为准，零报告不算 | 分母：不适用 | 空值：不会为空
-- 指标 typical_cases：其中典型案例；articles 稿件、photos 照片、videos 视频同理，其他类型只在 materials 里 | 分母：不适用 | 空值：不会为空
-- 指标 articles：其中稿件 | 分母：不适用 | 空值：不会为空
-- 指标 photos：其中照片 | 分母：不适用 | 空值：不会为空
-- 指标 videos：其中视频 | 分母：不适用 | 空值：不会为空
-- 指标 day_coverage：有材料的活动日 ÷ 活动日 | 分母：活动天数 | 空值：通知没有活动日时为空，不是 0
-- 指标 category_coverage：材料里有的活动类别 ÷ 通知列出的活动类别 | 分母：活动类别数 | 空值：通知没有列出类别时为空，不是 0
-- 指标 participants：有效材料的参与人数之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 online_views：有效材料的线上观看人次之和 | 分母：不适用 | 空值：没有的为 0；未填和不适用的不加
-- 指标 recipients：报来这个县材料的单位数 | 分母：不适用 | 空值：不会为空
-- 示例 哪些县一条也没有
--   SELECT city, county FROM marts.county_coverage_as_of($notice, $t) WHERE materials = 0
-- 示例 全部列
--   SELECT * FROM marts.county_coverage_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.county_coverage_as_of(notice, t) AS TABLE
WITH
bases AS (SELECT * FROM core.coverage_bases(notice)),

senders AS (
    SELECT
        items.city_code,
        items.county,
        count(DISTINCT items.recipient_code) AS recipients
    FROM core.materials_at(notice, t) AS items
    GROUP BY ALL
)

SELECT
    counties.county_code,
    counties.county,
    counties.city_code,
    cities.city,
    coalesce(counted.materials, 0) AS materials,
    coalesce(counted.typical_cases, 0) AS typical_cases,
    coalesce(counted.articles, 0) AS articles,
    coalesce(counted.photos, 0) AS photos,
    coalesce(counted.videos, 0) AS videos,
    coalesce(counted.days, 0) / nullif(bases.event_days, 0) AS day_coverage,
    coalesce(counted.categories, 0) / nullif(bases.categories, 0) AS category_coverage,
    coalesce(counted.participants, 0) AS participants,
    coalesce(counted.online_views, 0) AS online_views,
    coalesce(senders.recipients, 0) AS recipients
FROM core.counties
CROSS JOIN bases
LEFT JOIN core.cities ON counties.notice_id = cities.notice_id AND counties.city_code = cities.city_code
LEFT JOIN core.coverage_counts(notice, t, 'county') AS counted ON counties.city_code || counties.county = counted.group_code
LEFT JOIN senders ON counties.city_code = senders.city_code AND counties.county = senders.county
WHERE counties.notice_id = notice
ORDER BY counties.county_code;
COMMENT ON MACRO TABLE marts.county_coverage_as_of IS '某一时刻各县（市、区）的材料数量和覆盖情况；没有写县的材料不在任何一县，各县之和可能少于全市';
