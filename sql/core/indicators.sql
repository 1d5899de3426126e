-- One row an indicator of a statistics deliverable. Key: notice_id, deliverable, indicator.
CREATE TABLE IF NOT EXISTS core.indicators (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    indicator_name VARCHAR NOT NULL,
    compares_with VARCHAR,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.indicators IS '统计表的指标';
COMMENT ON COLUMN core.indicators.notice_id IS '通知代号';
COMMENT ON COLUMN core.indicators.deliverable IS '事项代码';
COMMENT ON COLUMN core.indicators.indicator IS '指标代码';
COMMENT ON COLUMN core.indicators.indicator_name IS '指标名称';
COMMENT ON COLUMN core.indicators.compares_with IS '与每日材料的哪个数对照：events、materials、participants、online_views；不对照的为空';
COMMENT ON COLUMN core.indicators.position IS '次序';
