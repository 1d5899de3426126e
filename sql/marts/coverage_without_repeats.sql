-- One row a city as of the notice's last scan.
-- Key: notice_id, city_code. Defined in coverage_without_repeats_as_of.
CREATE OR REPLACE VIEW marts.coverage_without_repeats AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.materials,
    latest.materials_without_repeats,
    latest.participants,
    latest.participants_without_repeats,
    latest.online_views,
    latest.online_views_without_repeats
FROM core.last_scans
CROSS JOIN LATERAL marts.coverage_without_repeats_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.coverage_without_repeats IS '各市最新的材料和人数，以及去掉疑似重复之后的';
COMMENT ON COLUMN marts.coverage_without_repeats.notice_id IS '通知代号';
COMMENT ON COLUMN marts.coverage_without_repeats.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.coverage_without_repeats.city_code IS '区划代码';
COMMENT ON COLUMN marts.coverage_without_repeats.city IS '市';
COMMENT ON COLUMN marts.coverage_without_repeats.materials IS '材料条数，零报告不算';
COMMENT ON COLUMN marts.coverage_without_repeats.materials_without_repeats IS '去掉疑似重复的后报者之后的材料条数';
COMMENT ON COLUMN marts.coverage_without_repeats.participants IS '参与人数合计';
COMMENT ON COLUMN marts.coverage_without_repeats.participants_without_repeats IS '去掉疑似重复的后报者之后的参与人数合计';
COMMENT ON COLUMN marts.coverage_without_repeats.online_views IS '线上观看人次合计';
COMMENT ON COLUMN marts.coverage_without_repeats.online_views_without_repeats IS '去掉疑似重复的后报者之后的线上观看人次合计';
