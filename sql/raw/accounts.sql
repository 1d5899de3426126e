-- One row a role that filled cells of a sheet had: every cell that shows something is accounted for (contract section 4).
-- Key: submission_id, sheet_number, role. Σ cells of a sheet is its filled cells.
CREATE TABLE IF NOT EXISTS raw.accounts (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    sheet_number INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    cells INTEGER NOT NULL,
    filled INTEGER NOT NULL
);
COMMENT ON TABLE raw.accounts IS '单元格的去处：每个工作表里有内容的单元格各当作什么';
COMMENT ON COLUMN raw.accounts.notice_id IS '通知代号';
COMMENT ON COLUMN raw.accounts.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.accounts.sheet IS '工作表名；csv 为空串';
COMMENT ON COLUMN raw.accounts.sheet_number IS '第几个工作表';
COMMENT ON COLUMN raw.accounts.role IS
'当作什么：title 标题、declaration 填报单位、header 表头、value 值、number 序号、total 合计、example 示例、part 分项、remark 说明、ignored 不读的列、printed 表样印好的、struck 划去的、unread 没读的';
COMMENT ON COLUMN raw.accounts.cells IS '这样的单元格有几个';
COMMENT ON COLUMN raw.accounts.filled IS '这个工作表有内容的单元格总数，即各项之和';
