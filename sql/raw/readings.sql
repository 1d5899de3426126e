-- One row a submission that was read under a decision (assign, know_as, register, confirm_zero), beside how it was read
-- without. Key: notice_id, decision_id, receipt_id, path. submission_id NULL: under that decision it is nobody's still.
CREATE TABLE IF NOT EXISTS raw.readings (
    notice_id VARCHAR NOT NULL,
    decision_id VARCHAR NOT NULL,
    receipt_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    submission_id VARCHAR
);
COMMENT ON TABLE raw.readings IS '按人的决定另读的报送件';
COMMENT ON COLUMN raw.readings.notice_id IS '通知代号';
COMMENT ON COLUMN raw.readings.decision_id IS '按哪个决定';
COMMENT ON COLUMN raw.readings.receipt_id IS '收件编号';
COMMENT ON COLUMN raw.readings.path IS '路径';
COMMENT ON COLUMN raw.readings.submission_id IS '读出的报送件编号；仍认不出单位的为空';
