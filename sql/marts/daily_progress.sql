-- One row a city and day as of the notice's last scan. Key: notice_id, city_code, day. Defined in daily_progress_as_of.
CREATE OR REPLACE VIEW marts.daily_progress AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.day,
    latest.moment,
    latest.participating,
    latest.expected,
    latest.due,
    latest.on_time,
    latest.late,
    latest.missing,
    latest.pending,
    latest.reporting_rate,
    latest.materials,
    latest.participants,
    latest.online_views,
    latest.materials_gained,
    latest.participants_gained,
    latest.online_views_gained,
    latest.files_received,
    latest.materials_of_day,
    latest.participants_of_day
FROM core.last_scans
CROSS JOIN LATERAL marts.daily_progress_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.daily_progress IS '各市每天的进度曲线，到最近一次扫描';
COMMENT ON COLUMN marts.daily_progress.notice_id IS '通知代号';
COMMENT ON COLUMN marts.daily_progress.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.daily_progress.city_code IS '区划代码';
COMMENT ON COLUMN marts.daily_progress.city IS '市';
COMMENT ON COLUMN marts.daily_progress.day IS '日期';
COMMENT ON COLUMN marts.daily_progress.moment IS '累计数截至的时刻：当天末，最后一天为截至时间';
COMMENT ON COLUMN marts.daily_progress.participating IS '到当天末已参与的单位数';
COMMENT ON COLUMN marts.daily_progress.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.daily_progress.due IS '到当天末已到期项数';
COMMENT ON COLUMN marts.daily_progress.on_time IS '到当天末按时项数';
COMMENT ON COLUMN marts.daily_progress.late IS '到当天末迟报项数';
COMMENT ON COLUMN marts.daily_progress.missing IS '到当天末未报项数';
COMMENT ON COLUMN marts.daily_progress.pending IS '到当天末未到期未报项数';
COMMENT ON COLUMN marts.daily_progress.reporting_rate IS '到当天末的报送率，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.daily_progress.materials IS '到当天末有效的材料条数';
COMMENT ON COLUMN marts.daily_progress.participants IS '到当天末参与人数合计';
COMMENT ON COLUMN marts.daily_progress.online_views IS '到当天末线上观看人次合计';
COMMENT ON COLUMN marts.daily_progress.materials_gained IS '材料比前一天末多几条；更正可使它为负';
COMMENT ON COLUMN marts.daily_progress.participants_gained IS '参与人数比前一天末多多少；更正可使它为负';
COMMENT ON COLUMN marts.daily_progress.online_views_gained IS '线上观看人次比前一天末多多少；更正可使它为负';
COMMENT ON COLUMN marts.daily_progress.files_received IS '当天收到的件数，忽略的不算';
COMMENT ON COLUMN marts.daily_progress.materials_of_day IS '活动日期是当天的材料条数';
COMMENT ON COLUMN marts.daily_progress.participants_of_day IS '活动日期是当天的参与人数合计';
