-- One row what a recipient may send without owing it: recipient × optional deliverable × period. Key: notice_id, recipient_code, deliverable, period.
-- They are in no count of obligations; what was sent is voluntary (core.voluntary_at).
CREATE TABLE IF NOT EXISTS core.open_duties (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE,
    due_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.open_duties IS '自愿报送：向哪个单位开放、哪个事项、哪一期、到何时';
COMMENT ON COLUMN core.open_duties.notice_id IS '通知代号';
COMMENT ON COLUMN core.open_duties.recipient_code IS '单位代码';
COMMENT ON COLUMN core.open_duties.city_code IS '所在市代码';
COMMENT ON COLUMN core.open_duties.deliverable IS '事项代码';
COMMENT ON COLUMN core.open_duties.period IS '期';
COMMENT ON COLUMN core.open_duties.first_day IS '首日';
COMMENT ON COLUMN core.open_duties.last_day IS '末日';
COMMENT ON COLUMN core.open_duties.due_at IS '截止时间';
