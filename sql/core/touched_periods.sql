-- One row a period of a unit and deliverable of which raw.touched_keys names an identity. Key: notice_id, recipient_code, deliverable,
-- period.
CREATE OR REPLACE VIEW core.touched_periods AS
SELECT DISTINCT
    touched_keys.notice_id,
    touched_keys.recipient_code,
    touched_keys.deliverable,
    touched_keys.period
FROM raw.touched_keys;
COMMENT ON VIEW core.touched_periods IS '本次入库涉及的期：其中有行要重算';
COMMENT ON COLUMN core.touched_periods.notice_id IS '通知代号';
COMMENT ON COLUMN core.touched_periods.recipient_code IS '单位代码';
COMMENT ON COLUMN core.touched_periods.deliverable IS '事项代码';
COMMENT ON COLUMN core.touched_periods.period IS '所属期；不属任何一期的为空';
