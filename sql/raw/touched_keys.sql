-- One row an identity that a touched submission has a row of, or had before; empty between cycles. Key: key_id.
-- Rows of other identities are as they were.
CREATE TABLE IF NOT EXISTS raw.touched_keys (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR,
    key_id UHUGEINT NOT NULL
);
COMMENT ON TABLE raw.touched_keys IS '本轮要重算的行的身份';
COMMENT ON COLUMN raw.touched_keys.notice_id IS '通知代号';
COMMENT ON COLUMN raw.touched_keys.recipient_code IS '单位代码';
COMMENT ON COLUMN raw.touched_keys.deliverable IS '事项代码';
COMMENT ON COLUMN raw.touched_keys.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN raw.touched_keys.key_id IS '行的身份的摘要';
