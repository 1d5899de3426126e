-- One row a span of time in which a person's decision that a row is selected, or is not, is in force.
-- Key: notice_id, decision_id, known_from. position is the order in which the decisions of a notice were taken.
-- for_line: the line for which somebody chose who is not on the one that selects (core.notices.selecting_line); else NULL.
-- Filled from the journal of decisions whenever one was added.
CREATE TABLE IF NOT EXISTS core.decided_items (
    notice_id VARCHAR NOT NULL,
    decision_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    table_number INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    for_line VARCHAR,
    is_publishable BOOLEAN NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    reason VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_until TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.decided_items IS '人的决定选了或不选哪一行，在哪段时间有效';
COMMENT ON COLUMN core.decided_items.notice_id IS '通知代号';
COMMENT ON COLUMN core.decided_items.decision_id IS '决定编号';
COMMENT ON COLUMN core.decided_items.position IS '第几个决定';
COMMENT ON COLUMN core.decided_items.kind IS 'select 入选、decline 不选';
COMMENT ON COLUMN core.decided_items.submission_id IS '报送件编号';
COMMENT ON COLUMN core.decided_items.deliverable IS '事项代码';
COMMENT ON COLUMN core.decided_items.table_number IS '第几张表';
COMMENT ON COLUMN core.decided_items.row_number IS '在表中的行号';
COMMENT ON COLUMN core.decided_items.path IS '路径';
COMMENT ON COLUMN core.decided_items.sheet IS '工作表名';
COMMENT ON COLUMN core.decided_items.for_line IS '替哪条线选的；由遴选的那条线选的为空';
COMMENT ON COLUMN core.decided_items.is_publishable IS '是否已核对可公开';
COMMENT ON COLUMN core.decided_items.decided_by IS '谁决定的（登录名）';
COMMENT ON COLUMN core.decided_items.decided_at IS '决定的时刻';
COMMENT ON COLUMN core.decided_items.reason IS '理由';
COMMENT ON COLUMN core.decided_items.known_from IS '从何时起有效';
COMMENT ON COLUMN core.decided_items.known_until IS '到何时为止（不含）；一直有效的为 9999 年';
