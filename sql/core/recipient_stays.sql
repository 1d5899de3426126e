-- One row a stay of a recipient: what it is called, where it lies and to whom it reports in [first_day, next_day). Key: notice_id,
-- recipient_code, first_day. A unit's stays follow each other without a gap, from the beginning of time to its end; a unit that
-- never changes has one. What a period counts goes by the day of core.periods.counted_on.
CREATE TABLE IF NOT EXISTS core.recipient_stays (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    next_day DATE NOT NULL,
    recipient VARCHAR NOT NULL,
    line VARCHAR,
    city_code VARCHAR NOT NULL
);
COMMENT ON TABLE core.recipient_stays IS '主送单位在各段时间里的名称、市和条线';
COMMENT ON COLUMN core.recipient_stays.notice_id IS '通知代号';
COMMENT ON COLUMN core.recipient_stays.recipient_code IS '单位代码';
COMMENT ON COLUMN core.recipient_stays.first_day IS '从哪天起；一开始就是的为公元 1 年';
COMMENT ON COLUMN core.recipient_stays.next_day IS '到哪天为止（不含）；一直如此的为 9999 年';
COMMENT ON COLUMN core.recipient_stays.recipient IS '单位名称';
COMMENT ON COLUMN core.recipient_stays.line IS '报送条线；无报送义务的为空';
COMMENT ON COLUMN core.recipient_stays.city_code IS '所在市代码';
