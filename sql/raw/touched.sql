-- One row a recipient whose derived rows this cycle makes anew; empty between cycles. Key: notice_id, recipient_code.
CREATE TABLE IF NOT EXISTS raw.touched (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL
);
COMMENT ON TABLE raw.touched IS '本轮要重算的单位';
COMMENT ON COLUMN raw.touched.notice_id IS '通知代号';
COMMENT ON COLUMN raw.touched.recipient_code IS '单位代码；空串指认不出单位的报送件';
