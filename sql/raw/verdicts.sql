-- One row a fault of a row. Key: submission_id, table_number, row_number, fault_number.
-- Values of personal columns stay in the private file and are NULL here.
CREATE TABLE IF NOT EXISTS raw.verdicts (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    fault_number INTEGER NOT NULL,
    column_name VARCHAR NOT NULL,
    column_number INTEGER,
    header VARCHAR,
    value VARCHAR,
    reason VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL
);
COMMENT ON TABLE raw.verdicts IS '行校验结论：每一行的每一处问题';
COMMENT ON COLUMN raw.verdicts.notice_id IS '通知代号';
COMMENT ON COLUMN raw.verdicts.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.verdicts.deliverable IS '报送事项';
COMMENT ON COLUMN raw.verdicts.sheet IS '工作表名';
COMMENT ON COLUMN raw.verdicts.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.verdicts.row_number IS '在表中的行号';
COMMENT ON COLUMN raw.verdicts.fault_number IS '问题的先后次序，小的先说';
COMMENT ON COLUMN raw.verdicts.column_name IS '列';
COMMENT ON COLUMN raw.verdicts.column_number IS '列号（从 1 起）；表中没有该列的为空';
COMMENT ON COLUMN raw.verdicts.header IS '表头原文';
COMMENT ON COLUMN raw.verdicts.value IS '单元格原文；个人信息列为空';
COMMENT ON COLUMN raw.verdicts.reason IS '原因代码';
COMMENT ON COLUMN raw.verdicts.severity IS 'error 退回、warning 提醒';
COMMENT ON COLUMN raw.verdicts.sentence IS '给报送单位的说明';
