-- One row a change of a published row, in the order in which they were published. Key: seq.
-- Appended whenever a snapshot is published; kept in the home's feed folder, from where a rebuild takes it over as it was.
-- row_now is the row after the change, NULL where it is gone; the row before it is that of previous_seq.
CREATE TABLE IF NOT EXISTS core.feed (
    seq BIGINT NOT NULL,
    known_at TIMESTAMP NOT NULL,
    notice_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    row_key VARCHAR NOT NULL,
    row_now VARCHAR,
    previous_seq BIGINT,
    receipt_id VARCHAR,
    decision_id VARCHAR
);
COMMENT ON TABLE core.feed IS '变更流水：发布出去的每一行的每一次变化';
COMMENT ON COLUMN core.feed.seq IS '序号，从 1 起，只增不减，重算后不变';
COMMENT ON COLUMN core.feed.known_at IS '截至哪一刻的状态里有了它';
COMMENT ON COLUMN core.feed.notice_id IS '通知代号';
COMMENT ON COLUMN core.feed.relation IS '哪一种行';
COMMENT ON COLUMN core.feed.recipient_code IS '单位代码；认不出单位的为空串，不属某一单位的为 *';
COMMENT ON COLUMN core.feed.row_key IS '哪一行：键，JSON';
COMMENT ON COLUMN core.feed.row_now IS '变化之后的行，JSON；不再有的为空';
COMMENT ON COLUMN core.feed.previous_seq IS '同一行上一次变化的序号；原来没有的为空';
COMMENT ON COLUMN core.feed.receipt_id IS '由哪份收件；没有的为空';
COMMENT ON COLUMN core.feed.decision_id IS '由哪个决定；没有的为空';
