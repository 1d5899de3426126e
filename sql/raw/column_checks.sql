-- One row a visit to a unit's column, copied from the registry whenever the snapshot is published.
CREATE TABLE IF NOT EXISTS raw.column_checks (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    status INTEGER,
    final_url VARCHAR,
    title VARCHAR,
    failure VARCHAR,
    is_ok BOOLEAN NOT NULL
);
COMMENT ON TABLE raw.column_checks IS '专栏网址检查：每次访问的结果';
COMMENT ON COLUMN raw.column_checks.notice_id IS '通知代号';
COMMENT ON COLUMN raw.column_checks.recipient_code IS '单位代码';
COMMENT ON COLUMN raw.column_checks.url IS '方案里写的专栏网址';
COMMENT ON COLUMN raw.column_checks.checked_at IS '访问时间（通知所在时区）';
COMMENT ON COLUMN raw.column_checks.status IS 'HTTP 状态码；没有答复的为空';
COMMENT ON COLUMN raw.column_checks.final_url IS '跳转之后的网址；没有访问的为空';
COMMENT ON COLUMN raw.column_checks.title IS '网页标题；没有的为空';
COMMENT ON COLUMN raw.column_checks.failure IS '打不开的原因；打开了的为空';
COMMENT ON COLUMN raw.column_checks.is_ok IS '是否打得开';
