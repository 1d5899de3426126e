-- One row a unit of whose rows the change feed has not been asked since they were made anew. Key: notice_id, recipient_code.
-- '' stands for what belongs to no known unit, '*' for the decisions, '**' for all of the notice. Empty whenever a snapshot was published.
CREATE TABLE IF NOT EXISTS raw.unfed (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL
);
COMMENT ON TABLE raw.unfed IS '还没有与变更流水核对过的单位';
COMMENT ON COLUMN raw.unfed.notice_id IS '通知代号';
COMMENT ON COLUMN raw.unfed.recipient_code IS '单位代码；认不出单位的为空串，* 为各项决定，** 为整个通知';
