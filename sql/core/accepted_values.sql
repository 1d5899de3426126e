-- One row a value that a person gave for a faulty field of an accepted row. Key: submission_id, table_number, row_number,
-- column_name. What was received stays in raw; this stands in its place where the row counts.
CREATE TABLE IF NOT EXISTS core.accepted_values (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    table_number INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    column_name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE core.accepted_values IS '准予计入的行里，由人补上的值';
COMMENT ON COLUMN core.accepted_values.notice_id IS '通知代号';
COMMENT ON COLUMN core.accepted_values.submission_id IS '报送件编号';
COMMENT ON COLUMN core.accepted_values.table_number IS '第几张表';
COMMENT ON COLUMN core.accepted_values.row_number IS '在表中的行号';
COMMENT ON COLUMN core.accepted_values.column_name IS '列';
COMMENT ON COLUMN core.accepted_values.value IS '值：日期为 ISO，数为最小单位的整数';
