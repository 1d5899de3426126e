-- One row an obligation that was met as of the notice's last scan. Key: notice_id, recipient_code, deliverable, period. Defined in timeliness_as_of.
CREATE OR REPLACE VIEW marts.timeliness AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.line,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.period,
    latest.due_at,
    latest.first_accepted_at,
    latest.hours,
    latest.status
FROM core.last_scans
CROSS JOIN LATERAL marts.timeliness_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.timeliness IS '已报的每项比截止早或晚多少小时';
COMMENT ON COLUMN marts.timeliness.notice_id IS '通知代号';
COMMENT ON COLUMN marts.timeliness.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.timeliness.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.timeliness.recipient IS '单位名称';
COMMENT ON COLUMN marts.timeliness.kind IS '单位类别代码';
COMMENT ON COLUMN marts.timeliness.line IS '报送条线代码';
COMMENT ON COLUMN marts.timeliness.city_code IS '所在市代码';
COMMENT ON COLUMN marts.timeliness.city IS '所在市';
COMMENT ON COLUMN marts.timeliness.deliverable IS '事项代码';
COMMENT ON COLUMN marts.timeliness.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.timeliness.due_at IS '截止时间，已计延期';
COMMENT ON COLUMN marts.timeliness.first_accepted_at IS '首次收下的时间';
COMMENT ON COLUMN marts.timeliness.hours IS '首次收下比截止早（负）或晚（正）几小时';
COMMENT ON COLUMN marts.timeliness.status IS 'on_time 按时、late 迟报、missing 未报、pending 未到期、exempt 免报';
