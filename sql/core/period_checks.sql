-- One row a comparison with the last period that a notice asks for. Key: notice_id, deliverable, position.
CREATE TABLE IF NOT EXISTS core.period_checks (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    indicator VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    other_indicator VARCHAR NOT NULL,
    said VARCHAR NOT NULL,
    sentence VARCHAR
);
COMMENT ON TABLE core.period_checks IS '通知要求与上一期比的指标';
COMMENT ON COLUMN core.period_checks.notice_id IS '通知代号';
COMMENT ON COLUMN core.period_checks.deliverable IS '事项代码';
COMMENT ON COLUMN core.period_checks.position IS '次序';
COMMENT ON COLUMN core.period_checks.indicator IS '本期的哪个指标';
COMMENT ON COLUMN core.period_checks.relation IS '应是 <=、<、>= 或 >';
COMMENT ON COLUMN core.period_checks.other_indicator IS '与上一期的哪个指标比';
COMMENT ON COLUMN core.period_checks.said IS '关系，用话说';
COMMENT ON COLUMN core.period_checks.sentence IS '通知另外要说的一句话；没有的为空';
