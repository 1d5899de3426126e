-- One row a city as of the notice's last scan. Key: notice_id, city_code.
CREATE OR REPLACE VIEW marts.city_reporting AS
SELECT
    scanned.notice_id,
    scanned.as_of,
    latest.city_code,
    latest.city,
    latest.circulated,
    latest.obligated,
    latest.participating,
    latest.participation_rate,
    latest.expected,
    latest.due,
    latest.on_time,
    latest.late,
    latest.missing,
    latest.pending,
    latest.zero_reports,
    latest.reporting_rate,
    latest.on_time_rate
FROM (
    SELECT
        notice_id,
        max(scanned_at) AS as_of
    FROM raw.scans
    GROUP BY notice_id
) AS scanned
CROSS JOIN LATERAL marts.city_reporting_as_of(scanned.notice_id, scanned.as_of) AS latest;
COMMENT ON VIEW marts.city_reporting IS '各市最新的参与和报送情况';
COMMENT ON COLUMN marts.city_reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.city_reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.city_reporting.city_code IS '区划代码';
COMMENT ON COLUMN marts.city_reporting.city IS '市';
COMMENT ON COLUMN marts.city_reporting.circulated IS '主送单位数';
COMMENT ON COLUMN marts.city_reporting.obligated IS '有报送义务的单位数';
COMMENT ON COLUMN marts.city_reporting.participating IS '已参与的单位数（零报告不算）';
COMMENT ON COLUMN marts.city_reporting.participation_rate IS '参与率，0 到 1；无应报单位的为空';
COMMENT ON COLUMN marts.city_reporting.expected IS '应报项数';
COMMENT ON COLUMN marts.city_reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.city_reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.city_reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.city_reporting.missing IS '未报项数';
COMMENT ON COLUMN marts.city_reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.city_reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.city_reporting.reporting_rate IS '报送率：已到期中已报的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.city_reporting.on_time_rate IS '按时率：已到期中按时的，0 到 1；无到期项的为空';
