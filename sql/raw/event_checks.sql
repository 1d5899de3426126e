-- One row a visit to an event's channel or page, copied from the registry whenever the snapshot is published.
CREATE TABLE IF NOT EXISTS raw.event_checks (
    notice_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    status INTEGER,
    final_url VARCHAR,
    title VARCHAR,
    failure VARCHAR,
    is_ok BOOLEAN NOT NULL
);
COMMENT ON TABLE raw.event_checks IS '活动频道检查：每次访问的结果';
COMMENT ON COLUMN raw.event_checks.notice_id IS '通知代号';
COMMENT ON COLUMN raw.event_checks.event IS '活动代码';
COMMENT ON COLUMN raw.event_checks.url IS '频道或网页的网址';
COMMENT ON COLUMN raw.event_checks.checked_at IS '访问时间（通知所在时区）';
COMMENT ON COLUMN raw.event_checks.status IS 'HTTP 状态码；没有答复的为空';
COMMENT ON COLUMN raw.event_checks.final_url IS '跳转之后的网址；没有访问的为空';
COMMENT ON COLUMN raw.event_checks.title IS '网页标题；没有的为空';
COMMENT ON COLUMN raw.event_checks.failure IS '打不开的原因；打开了的为空';
COMMENT ON COLUMN raw.event_checks.is_ok IS '是否打得开';
