-- One row a line as of the notice's last scan. Key: notice_id, line. Defined in line_reporting_as_of.
CREATE OR REPLACE VIEW marts.line_reporting AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.line,
    latest.line_name,
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
    latest.on_time_rate,
    latest.returned,
    latest.exempt
FROM core.last_scans
CROSS JOIN LATERAL marts.line_reporting_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.line_reporting IS '各报送条线最新的参与和报送情况';
COMMENT ON COLUMN marts.line_reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.line_reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.line_reporting.line IS '报送条线代码；只主送不报送的为空串';
COMMENT ON COLUMN marts.line_reporting.line_name IS '报送条线：报给谁；只主送不报送的为空';
COMMENT ON COLUMN marts.line_reporting.circulated IS '主送单位数';
COMMENT ON COLUMN marts.line_reporting.obligated IS '应报单位数';
COMMENT ON COLUMN marts.line_reporting.participating IS '已参与单位数：应报单位中至少有一行有效数据的，零报告不算';
COMMENT ON COLUMN marts.line_reporting.participation_rate IS '参与率：已参与 ÷ 应报单位，0 到 1；无应报单位的为空';
COMMENT ON COLUMN marts.line_reporting.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.line_reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.line_reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.line_reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.line_reporting.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN marts.line_reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.line_reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.line_reporting.reporting_rate IS '报送率：已到期中已报的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.line_reporting.on_time_rate IS '按时率：已到期中按时的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.line_reporting.returned IS '有退回而尚未补报的项数';
COMMENT ON COLUMN marts.line_reporting.exempt IS '免报项数，不在其他数里';
