-- One row an obligation: recipient × deliverable × period (contract section 1). Key: notice_id, recipient_code, deliverable, period.
-- Exempt ones are kept, with their reason, and left out of every count.
CREATE TABLE IF NOT EXISTS core.obligations (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE,
    due_at TIMESTAMP NOT NULL,
    extension_reason VARCHAR,
    exemption_reason VARCHAR
);
COMMENT ON TABLE core.obligations IS '应报：哪个单位、哪个事项、哪一期、何时截止';
COMMENT ON COLUMN core.obligations.notice_id IS '通知代号';
COMMENT ON COLUMN core.obligations.recipient_code IS '单位代码';
COMMENT ON COLUMN core.obligations.city_code IS '所在市代码';
COMMENT ON COLUMN core.obligations.deliverable IS '事项代码';
COMMENT ON COLUMN core.obligations.period IS '期';
COMMENT ON COLUMN core.obligations.first_day IS '首日';
COMMENT ON COLUMN core.obligations.last_day IS '末日';
COMMENT ON COLUMN core.obligations.due_at IS '截止时间，已计入延期';
COMMENT ON COLUMN core.obligations.extension_reason IS '延期理由';
COMMENT ON COLUMN core.obligations.exemption_reason IS '免报理由；不免报的为空';
