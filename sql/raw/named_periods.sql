-- One row a period that a submission names for a deliverable whose rows have no date. Key: submission_id, deliverable.
CREATE TABLE IF NOT EXISTS raw.named_periods (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL
);
COMMENT ON TABLE raw.named_periods IS '报送件写明的期：文件名、标题或题目里写了是哪一期的';
COMMENT ON COLUMN raw.named_periods.notice_id IS '通知代号';
COMMENT ON COLUMN raw.named_periods.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.named_periods.deliverable IS '事项代码';
COMMENT ON COLUMN raw.named_periods.period IS '期';
