-- One row a city of a notice, in code order. Key: notice_id, city_code.
-- 示例 各市有多少县、多少应报单位
--   SELECT city, counties, recipients, obligated FROM marts.cities WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.cities AS
WITH
county_counts AS (
    SELECT
        counties.notice_id,
        counties.city_code,
        count(*) AS counties
    FROM core.counties
    GROUP BY ALL
),

recipient_counts AS (
    SELECT
        recipients.notice_id,
        recipients.city_code,
        count(*) AS recipients,
        count(*) FILTER (recipients.is_obligated) AS obligated
    FROM marts.recipients
    GROUP BY ALL
)

SELECT
    cities.notice_id,
    cities.city_code,
    cities.city,
    coalesce(county_counts.counties, 0) AS counties,
    coalesce(recipient_counts.recipients, 0) AS recipients,
    coalesce(recipient_counts.obligated, 0) AS obligated,
    denominators.people,
    denominators.colleges,
    denominators.students
FROM core.cities
LEFT JOIN county_counts ON cities.notice_id = county_counts.notice_id AND cities.city_code = county_counts.city_code
LEFT JOIN recipient_counts ON cities.notice_id = recipient_counts.notice_id AND cities.city_code = recipient_counts.city_code
LEFT JOIN core.city_denominators AS denominators
    ON cities.notice_id = denominators.notice_id AND cities.city_code = denominators.city_code
ORDER BY cities.notice_id, cities.position;
COMMENT ON VIEW marts.cities IS '市';
COMMENT ON COLUMN marts.cities.notice_id IS '通知代号';
COMMENT ON COLUMN marts.cities.city_code IS '区划代码';
COMMENT ON COLUMN marts.cities.city IS '市名';
COMMENT ON COLUMN marts.cities.counties IS '县（市、区）数；没有列出的为 0';
COMMENT ON COLUMN marts.cities.recipients IS '主送单位数';
COMMENT ON COLUMN marts.cities.obligated IS '应报单位数';
COMMENT ON COLUMN marts.cities.people IS '人口：regions.csv 给市的，没有的为各县之和；市和有的县没有给的为空';
COMMENT ON COLUMN marts.cities.colleges IS '院校数：同人口；没有给的为空';
COMMENT ON COLUMN marts.cities.students IS '在校学生数：同人口；没有给的为空';
