-- One row a city and activity category as of the notice's last scan. Key: notice_id, city_code, category. Defined in city_activity_as_of.
CREATE OR REPLACE VIEW marts.city_activity AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.category_code,
    latest.category,
    latest.materials,
    latest.participants,
    latest.online_views
FROM core.last_scans
CROSS JOIN LATERAL marts.city_activity_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.city_activity IS '各市各类活动最新的材料数量';
COMMENT ON COLUMN marts.city_activity.notice_id IS '通知代号';
COMMENT ON COLUMN marts.city_activity.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.city_activity.city_code IS '区划代码';
COMMENT ON COLUMN marts.city_activity.city IS '市';
COMMENT ON COLUMN marts.city_activity.category_code IS '活动类别代码';
COMMENT ON COLUMN marts.city_activity.category IS '活动类别';
COMMENT ON COLUMN marts.city_activity.materials IS '这一类活动的材料条数，零报告不算';
COMMENT ON COLUMN marts.city_activity.participants IS '参与人数合计';
COMMENT ON COLUMN marts.city_activity.online_views IS '线上观看人次合计';
