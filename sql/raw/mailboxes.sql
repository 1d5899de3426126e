-- One row a unit: where its mail address comes from, without the address. Copied from the registry at each publication.
CREATE TABLE IF NOT EXISTS raw.mailboxes (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    address_from VARCHAR,
    noted_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE raw.mailboxes IS '各单位有没有可用的邮箱（不含地址）';
COMMENT ON COLUMN raw.mailboxes.notice_id IS '通知代号';
COMMENT ON COLUMN raw.mailboxes.recipient_code IS '单位代码';
COMMENT ON COLUMN raw.mailboxes.address_from IS '地址取自：plan 方案、imported 数据人员导入、roster 名册；没有可用地址的为空';
COMMENT ON COLUMN raw.mailboxes.noted_at IS '何时看的（通知所在时区）';
