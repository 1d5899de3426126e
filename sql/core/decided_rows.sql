-- One row a span of time in which a row of a submission in core.decided_files counts as valid. Key: submission_id,
-- table_number, row_number, known_from. A row of such a submission without a span here is valid at no moment.
-- ranked_at: the moment by which it competes with other files of its key, the later of arrival and decision.
CREATE TABLE IF NOT EXISTS core.decided_rows (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    table_number INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_until TIMESTAMP NOT NULL,
    ranked_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.decided_rows IS '人的决定涉及的报送件里，各行在哪段时间算数';
COMMENT ON COLUMN core.decided_rows.notice_id IS '通知代号';
COMMENT ON COLUMN core.decided_rows.submission_id IS '报送件编号';
COMMENT ON COLUMN core.decided_rows.table_number IS '第几张表；文档为 0';
COMMENT ON COLUMN core.decided_rows.row_number IS '在表中的行号；文档为 0';
COMMENT ON COLUMN core.decided_rows.known_from IS '从何时起算数';
COMMENT ON COLUMN core.decided_rows.known_until IS '到何时为止（不含）；一直算数的为 9999 年';
COMMENT ON COLUMN core.decided_rows.ranked_at IS '与别的文件比先后用的时刻：收到和决定之中较晚的';
