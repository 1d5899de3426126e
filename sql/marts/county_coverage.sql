-- One row a county as of the notice's last scan. Key: notice_id, county_code. Defined in county_coverage_as_of.
CREATE OR REPLACE VIEW marts.county_coverage AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.county_code,
    latest.county,
    latest.city_code,
    latest.city,
    latest.materials,
    latest.typical_cases,
    latest.articles,
    latest.photos,
    latest.videos,
    latest.day_coverage,
    latest.category_coverage,
    latest.participants,
    latest.online_views,
    latest.recipients
FROM core.last_scans
CROSS JOIN LATERAL marts.county_coverage_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.county_coverage IS '各县（市、区）最新的材料数量和覆盖情况；没有写县的材料不在任何一县，各县之和可能少于全市';
COMMENT ON COLUMN marts.county_coverage.notice_id IS '通知代号';
COMMENT ON COLUMN marts.county_coverage.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.county_coverage.county_code IS '区划代码';
COMMENT ON COLUMN marts.county_coverage.county IS '县（市、区）';
COMMENT ON COLUMN marts.county_coverage.city_code IS '所属市代码';
COMMENT ON COLUMN marts.county_coverage.city IS '所属市';
COMMENT ON COLUMN marts.county_coverage.materials IS '材料条数，零报告不算；没有写县的不在内';
COMMENT ON COLUMN marts.county_coverage.typical_cases IS '典型案例数';
COMMENT ON COLUMN marts.county_coverage.articles IS '稿件数';
COMMENT ON COLUMN marts.county_coverage.photos IS '照片数';
COMMENT ON COLUMN marts.county_coverage.videos IS '视频数';
COMMENT ON COLUMN marts.county_coverage.day_coverage IS '活动日覆盖率，0 到 1；没有活动日的为空';
COMMENT ON COLUMN marts.county_coverage.category_coverage IS '活动类别覆盖率，0 到 1；没有类别的为空';
COMMENT ON COLUMN marts.county_coverage.participants IS '参与人数合计；没有写县的不在内';
COMMENT ON COLUMN marts.county_coverage.online_views IS '线上观看人次合计；没有写县的不在内';
COMMENT ON COLUMN marts.county_coverage.recipients IS '报来这个县材料的单位数';
