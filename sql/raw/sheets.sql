-- One row a recognised table: where its header stands and which column holds what. Key: submission_id, table_number.
-- A sheet may hold several tables, below or beside each other, also of several deliverables.
CREATE TABLE IF NOT EXISTS raw.sheets (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    sheet_number INTEGER NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    header_row INTEGER NOT NULL,
    places VARCHAR NOT NULL
);
COMMENT ON TABLE raw.sheets IS '认出表头的表及各列位置';
COMMENT ON COLUMN raw.sheets.notice_id IS '通知代号';
COMMENT ON COLUMN raw.sheets.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.sheets.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.sheets.sheet_number IS '第几个工作表';
COMMENT ON COLUMN raw.sheets.deliverable IS '报送事项';
COMMENT ON COLUMN raw.sheets.sheet IS '工作表名';
COMMENT ON COLUMN raw.sheets.header_row IS '表头在第几行';
COMMENT ON COLUMN raw.sheets.places IS '各列位置，JSON：列名到［列号，表头原文］';
