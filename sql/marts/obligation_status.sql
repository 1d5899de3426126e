-- One row an obligation as of the notice's last scan. Key: notice_id, recipient_code, deliverable, period. Defined in obligation_status_as_of.
CREATE OR REPLACE VIEW marts.obligation_status AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.recipient_kind,
    latest.line,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.first_day,
    latest.last_day,
    latest.due_at,
    latest.first_accepted_at,
    latest.status,
    latest.is_returned,
    latest.is_zero_report,
    latest.extension_reason,
    latest.exemption_reason,
    latest.city,
    latest.kind_name,
    latest.deliverable_name,
    latest.attachments,
    latest.attachments_at_least,
    latest.is_incomplete,
    latest.kind
FROM core.last_scans
CROSS JOIN LATERAL marts.obligation_status_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.obligation_status IS '每项应报的最新状态';
COMMENT ON COLUMN marts.obligation_status.notice_id IS '通知代号';
COMMENT ON COLUMN marts.obligation_status.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.obligation_status.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.obligation_status.recipient IS '单位名称';
COMMENT ON COLUMN marts.obligation_status.recipient_kind IS '单位类别代码（旧名，下一版去掉；请用 kind）';
COMMENT ON COLUMN marts.obligation_status.line IS '报送条线代码';
COMMENT ON COLUMN marts.obligation_status.city_code IS '所在市代码';
COMMENT ON COLUMN marts.obligation_status.deliverable IS '事项代码';
COMMENT ON COLUMN marts.obligation_status.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.obligation_status.first_day IS '该期首日；只报一次的为空';
COMMENT ON COLUMN marts.obligation_status.last_day IS '该期末日；只报一次的为空';
COMMENT ON COLUMN marts.obligation_status.due_at IS '截止时间，已计延期';
COMMENT ON COLUMN marts.obligation_status.first_accepted_at IS '首次收下的时间；没有收下的为空';
COMMENT ON COLUMN marts.obligation_status.status IS 'on_time 按时、late 迟报、missing 未报、pending 未到期、exempt 免报、voluntary 自愿';
COMMENT ON COLUMN marts.obligation_status.is_returned IS '是否有退回而尚未补报';
COMMENT ON COLUMN marts.obligation_status.is_zero_report IS '是否仅有零报告';
COMMENT ON COLUMN marts.obligation_status.extension_reason IS '延期理由；没有延期的为空';
COMMENT ON COLUMN marts.obligation_status.exemption_reason IS '免报理由；没有免报的为空';
COMMENT ON COLUMN marts.obligation_status.city IS '所在市';
COMMENT ON COLUMN marts.obligation_status.kind_name IS '单位类别';
COMMENT ON COLUMN marts.obligation_status.deliverable_name IS '事项名称';
COMMENT ON COLUMN marts.obligation_status.attachments IS '规定了附件个数的，这一期收到几个；没有规定的、免报的、自愿的为空';
COMMENT ON COLUMN marts.obligation_status.attachments_at_least IS '规定至少几个附件；没有规定的为空';
COMMENT ON COLUMN marts.obligation_status.is_incomplete IS '已报而附件不齐（incomplete）；不影响状态，也不退回';
COMMENT ON COLUMN marts.obligation_status.kind IS '单位类别代码';
