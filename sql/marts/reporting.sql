-- One row a unit and deliverable as of the notice's last scan.
-- Key: notice_id, recipient_code, deliverable, city_code, line. Defined in reporting_as_of.
CREATE OR REPLACE VIEW marts.reporting AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.kind_name,
    latest.line,
    latest.line_name,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.deliverable_name,
    latest.is_obligated,
    latest.is_participating,
    latest.expected,
    latest.due,
    latest.on_time,
    latest.late,
    latest.missing,
    latest.pending,
    latest.zero_reports,
    latest.returned,
    latest.exempt,
    latest.due_and_accepted,
    latest.due_and_on_time
FROM core.last_scans
CROSS JOIN LATERAL marts.reporting_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.reporting IS '报送立方体：最新的每个单位每个事项各种状态的应报项数';
COMMENT ON COLUMN marts.reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.reporting.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.reporting.recipient IS '单位名称';
COMMENT ON COLUMN marts.reporting.kind IS '单位类别代码';
COMMENT ON COLUMN marts.reporting.kind_name IS '单位类别';
COMMENT ON COLUMN marts.reporting.line IS '报送条线代码；不报给谁的为空';
COMMENT ON COLUMN marts.reporting.line_name IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.reporting.city_code IS '所在市代码';
COMMENT ON COLUMN marts.reporting.city IS '所在市';
COMMENT ON COLUMN marts.reporting.deliverable IS '事项代码';
COMMENT ON COLUMN marts.reporting.deliverable_name IS '事项';
COMMENT ON COLUMN marts.reporting.is_obligated IS '这一事项是否应报：有没有免报的项';
COMMENT ON COLUMN marts.reporting.is_participating IS '是否参与：应报而且这一事项至少有一行有效数据，零报告不算';
COMMENT ON COLUMN marts.reporting.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.reporting.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN marts.reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.reporting.returned IS '有退回而尚未补报的项数';
COMMENT ON COLUMN marts.reporting.exempt IS '免报项数';
COMMENT ON COLUMN marts.reporting.due_and_accepted IS '已到期而且已收下的项数：报送率的分子';
COMMENT ON COLUMN marts.reporting.due_and_on_time IS '已到期而且按时的项数：按时率的分子';
