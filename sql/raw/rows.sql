-- One row a data row of any table deliverable. Key: submission_id, table_number, row_number.
CREATE TABLE IF NOT EXISTS raw.rows (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    row_order INTEGER NOT NULL,
    unit_name VARCHAR
);
COMMENT ON TABLE raw.rows IS '数据行登记：所有表格类事项的每一行';
COMMENT ON COLUMN raw.rows.notice_id IS '通知代号';
COMMENT ON COLUMN raw.rows.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.rows.deliverable IS '报送事项';
COMMENT ON COLUMN raw.rows.sheet IS '工作表名';
COMMENT ON COLUMN raw.rows.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.rows.row_number IS '在表中的行号';
COMMENT ON COLUMN raw.rows.row_order IS '在整件中的次序，跨工作表、跨表，从 1 起';
COMMENT ON COLUMN raw.rows.unit_name IS '行里写的单位名称；没有这一列的为空';
