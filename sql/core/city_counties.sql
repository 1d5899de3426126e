-- One row a city that has counties: how many. Key: city_code.
CREATE OR REPLACE MACRO core.city_counties(notice) AS TABLE
SELECT
    counties.city_code,
    count(*) AS counties
FROM core.counties
WHERE counties.notice_id = notice
GROUP BY ALL;
COMMENT ON MACRO TABLE core.city_counties IS '各市的县数';
