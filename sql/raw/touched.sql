-- One row a submission whose derived rows this cycle makes anew; empty between cycles. Key: notice_id, submission_id.
-- What arrived, what has the same bytes from the same recipient, and the other versions of the same answer.
CREATE TABLE IF NOT EXISTS raw.touched (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL
);
COMMENT ON TABLE raw.touched IS '本轮要重算的报送件';
COMMENT ON COLUMN raw.touched.notice_id IS '通知代号';
COMMENT ON COLUMN raw.touched.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.touched.recipient_code IS '单位代码；认不出单位的为空串';
