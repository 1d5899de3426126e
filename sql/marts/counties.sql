-- One row a county of a notice, in code order. Key: notice_id, county_code.
-- 示例 不同市的同名县
--   SELECT county, list(city) AS cities FROM marts.counties WHERE notice_id = $notice GROUP BY county HAVING count(*) > 1
CREATE OR REPLACE VIEW marts.counties AS
SELECT
    counties.notice_id,
    counties.county_code,
    counties.county,
    counties.city_code,
    cities.city,
    counties.people
FROM core.counties
LEFT JOIN core.cities ON counties.notice_id = cities.notice_id AND counties.city_code = cities.city_code
ORDER BY counties.notice_id, counties.county_code;
COMMENT ON VIEW marts.counties IS '县（市、区）';
COMMENT ON COLUMN marts.counties.notice_id IS '通知代号';
COMMENT ON COLUMN marts.counties.county_code IS '区划代码';
COMMENT ON COLUMN marts.counties.county IS '县（市、区）名';
COMMENT ON COLUMN marts.counties.city_code IS '所属市代码';
COMMENT ON COLUMN marts.counties.city IS '所属市';
COMMENT ON COLUMN marts.counties.people IS '人口：通知的 regions.csv 给出的；没有给的为空';
