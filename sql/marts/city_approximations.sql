-- One row a city as of the notice's last scan. Key: notice_id, city_code. Defined in city_approximations_as_of.
CREATE OR REPLACE VIEW marts.city_approximations AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.participants_is_approximate,
    latest.online_views_is_approximate
FROM core.last_scans
CROSS JOIN LATERAL marts.city_approximations_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.city_approximations IS '各市的参与人数和线上观看合计里最新是否有约数';
COMMENT ON COLUMN marts.city_approximations.notice_id IS '通知代号';
COMMENT ON COLUMN marts.city_approximations.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.city_approximations.city_code IS '区划代码';
COMMENT ON COLUMN marts.city_approximations.city IS '市';
COMMENT ON COLUMN marts.city_approximations.participants_is_approximate IS '参与人数合计里是否有约数';
COMMENT ON COLUMN marts.city_approximations.online_views_is_approximate IS '线上观看合计里是否有约数';
