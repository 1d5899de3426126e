-- One row a kind of recipient as of the notice's last scan. Key: notice_id, kind. Defined in kind_reporting_as_of.
CREATE OR REPLACE VIEW marts.kind_reporting AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.kind,
    latest.kind_name,
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
CROSS JOIN LATERAL marts.kind_reporting_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.kind_reporting IS '各类单位最新的参与和报送情况';
COMMENT ON COLUMN marts.kind_reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.kind_reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.kind_reporting.kind IS '单位类别代码';
COMMENT ON COLUMN marts.kind_reporting.kind_name IS '单位类别';
COMMENT ON COLUMN marts.kind_reporting.circulated IS '主送单位数';
COMMENT ON COLUMN marts.kind_reporting.obligated IS '应报单位数';
COMMENT ON COLUMN marts.kind_reporting.participating IS '已参与单位数：应报单位中至少有一行有效数据的，零报告不算';
COMMENT ON COLUMN marts.kind_reporting.participation_rate IS '参与率：已参与 ÷ 应报单位，0 到 1；无应报单位的为空';
COMMENT ON COLUMN marts.kind_reporting.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.kind_reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.kind_reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.kind_reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.kind_reporting.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN marts.kind_reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.kind_reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.kind_reporting.reporting_rate IS '报送率：已到期中已报的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.kind_reporting.on_time_rate IS '按时率：已到期中按时的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.kind_reporting.returned IS '有退回而尚未补报的项数';
COMMENT ON COLUMN marts.kind_reporting.exempt IS '免报项数，不在其他数里';
