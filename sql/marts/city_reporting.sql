-- One row a city as of the notice's last scan. Key: notice_id, city_code. Defined in city_reporting_as_of.
CREATE OR REPLACE VIEW marts.city_reporting AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
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
FROM core.last_scans
CROSS JOIN LATERAL marts.city_reporting_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.city_reporting IS '各市最新的参与和报送情况';
COMMENT ON COLUMN marts.city_reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.city_reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.city_reporting.city_code IS '区划代码';
COMMENT ON COLUMN marts.city_reporting.city IS '市';
COMMENT ON COLUMN marts.city_reporting.circulated IS '主送单位数';
COMMENT ON COLUMN marts.city_reporting.obligated IS '应报单位数';
COMMENT ON COLUMN marts.city_reporting.participating IS '已参与单位数：应报单位中至少有一行有效数据的，零报告不算';
COMMENT ON COLUMN marts.city_reporting.participation_rate IS '参与率：已参与 ÷ 应报单位，0 到 1；无应报单位的为空';
COMMENT ON COLUMN marts.city_reporting.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.city_reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.city_reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.city_reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.city_reporting.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN marts.city_reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.city_reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.city_reporting.reporting_rate IS '报送率：已到期中已报的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.city_reporting.on_time_rate IS '按时率：已到期中按时的，0 到 1；无到期项的为空';
