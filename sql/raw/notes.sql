-- One row a reading of a file that took judgement, or a cell that said something and was not read (contract section 4).
-- Key: none. A note changes no state and no figure. What only the warehouse can note stands in core.notes.
-- A value that may name a person stays in the private file: value is NULL here, and the sentence says （略） for it.
CREATE TABLE IF NOT EXISTS raw.notes (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    note_number INTEGER NOT NULL,
    sheet VARCHAR NOT NULL,
    sheet_number INTEGER NOT NULL,
    row_number INTEGER,
    column_number INTEGER,
    code VARCHAR NOT NULL,
    value VARCHAR,
    sentence VARCHAR NOT NULL
);
COMMENT ON TABLE raw.notes IS '读取环节的提示：凭判断读出的和没有读的';
COMMENT ON COLUMN raw.notes.notice_id IS '通知代号';
COMMENT ON COLUMN raw.notes.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.notes.note_number IS '件内第几条提示';
COMMENT ON COLUMN raw.notes.sheet IS '工作表名；csv 和不指工作表的为空串';
COMMENT ON COLUMN raw.notes.sheet_number IS '第几个工作表；不指工作表的为 0';
COMMENT ON COLUMN raw.notes.row_number IS '行号；不指一行的为空';
COMMENT ON COLUMN raw.notes.column_number IS '列号（从 1 起）；不指一列的为空';
COMMENT ON COLUMN raw.notes.code IS '提示代码';
COMMENT ON COLUMN raw.notes.value IS '看到的原文；可能涉及个人信息的为空';
COMMENT ON COLUMN raw.notes.sentence IS '给报送单位和数据人员的话';
