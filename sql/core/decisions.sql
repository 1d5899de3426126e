-- One row a decision that a person took, undos included. Key: notice_id, decision_id.
-- Copied from the journal of decisions in the archive whenever one was added; position is the order in which they were taken.
CREATE TABLE IF NOT EXISTS core.decisions (
    notice_id VARCHAR NOT NULL,
    decision_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    kind_name VARCHAR NOT NULL,
    recipient VARCHAR,
    deliverable VARCHAR,
    period VARCHAR,
    path VARCHAR,
    sheet VARCHAR,
    row_number INTEGER,
    submission_id VARCHAR,
    given VARCHAR,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    undoes VARCHAR,
    undone_by VARCHAR
);
COMMENT ON TABLE core.decisions IS '人的决定：谁、何时、决定了什么、为什么';
COMMENT ON COLUMN core.decisions.notice_id IS '通知代号';
COMMENT ON COLUMN core.decisions.decision_id IS '决定编号';
COMMENT ON COLUMN core.decisions.position IS '第几个决定';
COMMENT ON COLUMN core.decisions.kind IS '决定的种类（代码）';
COMMENT ON COLUMN core.decisions.kind_name IS '决定的种类';
COMMENT ON COLUMN core.decisions.recipient IS '关于哪些单位：单位代码，以 | 连接；按类别、市或全部决定的写 kind:、city:、all；无关的为空';
COMMENT ON COLUMN core.decisions.deliverable IS '关于哪个事项（代码）；无关的为空';
COMMENT ON COLUMN core.decisions.period IS '关于哪几期，以 | 连接；各期的和无关的为空';
COMMENT ON COLUMN core.decisions.path IS '关于哪个文件；无关的为空';
COMMENT ON COLUMN core.decisions.sheet IS '关于哪个工作表；整个文件和无关的为空';
COMMENT ON COLUMN core.decisions.row_number IS '关于哪一行；整个文件和无关的为空';
COMMENT ON COLUMN core.decisions.submission_id IS '关于哪个报送件；无关的为空';
COMMENT ON COLUMN core.decisions.given IS '所给的值，JSON；没有的为空';
COMMENT ON COLUMN core.decisions.reason IS '理由';
COMMENT ON COLUMN core.decisions.decided_by IS '谁决定的（登录名）';
COMMENT ON COLUMN core.decisions.decided_at IS '决定的时刻（通知所在时区）';
COMMENT ON COLUMN core.decisions.undoes IS '取消的是哪个决定；不是取消的为空';
COMMENT ON COLUMN core.decisions.undone_by IS '被哪个决定取消；仍有效的为空';
