-- One row a span of time of an obligation that some decision of a person waived or postponed: how it stands in that span.
-- Key: notice_id, recipient_code, deliverable, period, known_from. Spans of an obligation follow each other without a gap, from
-- the beginning of time; an obligation that no decision speaks of is in core.obligations alone.
-- Filled from the journal of decisions whenever one was added.
CREATE TABLE IF NOT EXISTS core.decided_duties (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE,
    due_at TIMESTAMP NOT NULL,
    extension_reason VARCHAR,
    exemption_reason VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_until TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.decided_duties IS '人的决定动过的应报，在各段时间里的样子：截止、延期、免报';
COMMENT ON COLUMN core.decided_duties.notice_id IS '通知代号';
COMMENT ON COLUMN core.decided_duties.recipient_code IS '单位代码';
COMMENT ON COLUMN core.decided_duties.city_code IS '所在市代码';
COMMENT ON COLUMN core.decided_duties.deliverable IS '事项代码';
COMMENT ON COLUMN core.decided_duties.period IS '期';
COMMENT ON COLUMN core.decided_duties.first_day IS '首日';
COMMENT ON COLUMN core.decided_duties.last_day IS '末日';
COMMENT ON COLUMN core.decided_duties.due_at IS '截止时间，已计入延期';
COMMENT ON COLUMN core.decided_duties.extension_reason IS '延期理由';
COMMENT ON COLUMN core.decided_duties.exemption_reason IS '免报理由；不免报的为空';
COMMENT ON COLUMN core.decided_duties.known_from IS '从何时起是这样；一开始就是的为公元 1 年';
COMMENT ON COLUMN core.decided_duties.known_until IS '到何时为止（不含）；一直如此的为 9999 年';
