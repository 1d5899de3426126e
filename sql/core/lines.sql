-- One row a line of a notice: whom units report to. Key: notice_id, line.
CREATE TABLE IF NOT EXISTS core.lines (
    notice_id VARCHAR NOT NULL,
    line VARCHAR NOT NULL,
    line_name VARCHAR NOT NULL,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.lines IS '报送条线';
COMMENT ON COLUMN core.lines.notice_id IS '通知代号';
COMMENT ON COLUMN core.lines.line IS '条线代码';
COMMENT ON COLUMN core.lines.line_name IS '条线名称：报给谁';
COMMENT ON COLUMN core.lines.position IS '次序';
