-- One row a period of a deliverable; one with period '' where it is owed once. Key: notice_id, deliverable, period.
CREATE TABLE IF NOT EXISTS core.periods (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE,
    due_at TIMESTAMP NOT NULL,
    moved_reason VARCHAR,
    counted_on DATE NOT NULL,
    length_days INTEGER NOT NULL
);
COMMENT ON TABLE core.periods IS '各事项的期';
COMMENT ON COLUMN core.periods.notice_id IS '通知代号';
COMMENT ON COLUMN core.periods.deliverable IS '事项代码';
COMMENT ON COLUMN core.periods.period IS '期；只报一次的为空串';
COMMENT ON COLUMN core.periods.first_day IS '首日';
COMMENT ON COLUMN core.periods.last_day IS '末日';
COMMENT ON COLUMN core.periods.due_at IS '截止时间';
COMMENT ON COLUMN core.periods.moved_reason IS '对各单位改期的理由；照规则截止的为空';
COMMENT ON COLUMN core.periods.counted_on IS '按哪一天的名称、市和条线算：末日，只报一次的为截止那天';
COMMENT ON COLUMN core.periods.length_days IS '期的长度（天）：没写明是哪一期的，截止后这么多天内仍可算作本期';
