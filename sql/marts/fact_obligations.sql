-- One row an obligation as of the notice's last scan.
-- Key: notice_id, recipient_code, deliverable, period. Defined in fact_obligations_as_of.
CREATE OR REPLACE VIEW marts.fact_obligations AS
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
    latest.deliverable_kind,
    latest.period,
    latest.first_day,
    latest.last_day,
    latest.due_at,
    latest.status,
    latest.is_due,
    latest.first_accepted_at,
    latest.hours_after_due,
    latest.is_returned,
    latest.is_zero_report,
    latest.extension_reason,
    latest.exemption_reason
FROM core.last_scans
CROSS JOIN LATERAL marts.fact_obligations_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.fact_obligations IS '应报宽表：最新的每项应报的状态，连同所属一切的代码和名称';
COMMENT ON COLUMN marts.fact_obligations.notice_id IS '通知代号';
COMMENT ON COLUMN marts.fact_obligations.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.fact_obligations.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.fact_obligations.recipient IS '单位名称';
COMMENT ON COLUMN marts.fact_obligations.kind IS '单位类别代码';
COMMENT ON COLUMN marts.fact_obligations.kind_name IS '单位类别';
COMMENT ON COLUMN marts.fact_obligations.line IS '报送条线代码；不报给谁的为空';
COMMENT ON COLUMN marts.fact_obligations.line_name IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.fact_obligations.city_code IS '所在市代码';
COMMENT ON COLUMN marts.fact_obligations.city IS '所在市';
COMMENT ON COLUMN marts.fact_obligations.deliverable IS '事项代码';
COMMENT ON COLUMN marts.fact_obligations.deliverable_name IS '事项';
COMMENT ON COLUMN marts.fact_obligations.deliverable_kind IS '事项种类：plan、materials、summary、statistics';
COMMENT ON COLUMN marts.fact_obligations.period IS '期；没有的为空';
COMMENT ON COLUMN marts.fact_obligations.first_day IS '首日；没有的为空';
COMMENT ON COLUMN marts.fact_obligations.last_day IS '末日；没有的为空';
COMMENT ON COLUMN marts.fact_obligations.due_at IS '截止时间，已计入延期';
COMMENT ON COLUMN marts.fact_obligations.status IS '状态：on_time 按时、late 迟报、missing 未报、pending 未到期、exempt 免报、voluntary 自愿';
COMMENT ON COLUMN marts.fact_obligations.is_due IS '是否已到期';
COMMENT ON COLUMN marts.fact_obligations.first_accepted_at IS '首次收下的时间；没有收下的为空';
COMMENT ON COLUMN marts.fact_obligations.hours_after_due IS '比截止晚多少小时，早的为负；没有收下的为空';
COMMENT ON COLUMN marts.fact_obligations.is_returned IS '是否有退回而且还没有收下任何一行';
COMMENT ON COLUMN marts.fact_obligations.is_zero_report IS '是否只以零报告完成';
COMMENT ON COLUMN marts.fact_obligations.extension_reason IS '延期理由；没有延期的为空';
COMMENT ON COLUMN marts.fact_obligations.exemption_reason IS '免报理由；不免报的为空';
