-- One row a recipient of a notice, as it stands after all its changes. Key: notice_id, recipient_code.
-- How it stood at a moment is in core.recipients_at.
CREATE TABLE IF NOT EXISTS core.recipients (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    kind_name VARCHAR NOT NULL,
    line VARCHAR,
    city_code VARCHAR NOT NULL,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.recipients IS '主送单位';
COMMENT ON COLUMN core.recipients.notice_id IS '通知代号';
COMMENT ON COLUMN core.recipients.recipient_code IS '单位代码';
COMMENT ON COLUMN core.recipients.recipient IS '单位名称，改过名的为最后的';
COMMENT ON COLUMN core.recipients.kind IS '单位类别代码';
COMMENT ON COLUMN core.recipients.kind_name IS '单位类别';
COMMENT ON COLUMN core.recipients.line IS '报送条线，改过的为最后的；无报送义务的为空';
COMMENT ON COLUMN core.recipients.city_code IS '所在市代码，改过的为最后的';
COMMENT ON COLUMN core.recipients.position IS '名册中的次序';
