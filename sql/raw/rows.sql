-- One row a data row of any table deliverable. Key: submission_id, sheet, row_number.
CREATE TABLE IF NOT EXISTS raw.rows (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_number INTEGER NOT NULL
);
COMMENT ON TABLE raw.rows IS '数据行登记：所有表格类事项的每一行';
COMMENT ON COLUMN raw.rows.notice_id IS '通知代号';
COMMENT ON COLUMN raw.rows.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.rows.deliverable IS '报送事项';
COMMENT ON COLUMN raw.rows.sheet IS '工作表名';
COMMENT ON COLUMN raw.rows.row_number IS '在表中的行号';
