-- One row an indicator of a data row of a statistics deliverable, valid or not. Key: submission_id, table_number, row_number, indicator.
CREATE TABLE IF NOT EXISTS raw.statistics (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    period_date DATE,
    indicator VARCHAR NOT NULL,
    value BIGINT,
    value_text VARCHAR,
    value_given VARCHAR,
    value_state VARCHAR NOT NULL
);
COMMENT ON TABLE raw.statistics IS '统计表单元格：读出的值与原文';
COMMENT ON COLUMN raw.statistics.notice_id IS '通知代号';
COMMENT ON COLUMN raw.statistics.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.statistics.deliverable IS '报送事项';
COMMENT ON COLUMN raw.statistics.sheet IS '工作表名';
COMMENT ON COLUMN raw.statistics.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.statistics.row_number IS '在表中的行号';
COMMENT ON COLUMN raw.statistics.period_date IS '所属期内的一天';
COMMENT ON COLUMN raw.statistics.indicator IS '指标';
COMMENT ON COLUMN raw.statistics.value IS '数值：按最小单位的整数（见 core.indicators.places）；空白和不适用均为空值';
COMMENT ON COLUMN raw.statistics.value_text IS '不是数的列读出的值：日期为 ISO，选项为规定的词，个人信息为代号；数为空';
COMMENT ON COLUMN raw.statistics.value_given IS '原文';
COMMENT ON COLUMN raw.statistics.value_state IS '写法：number 数、approximate 约数、text 文字、blank 未填、not_applicable 不适用、unreadable 认不出、zero_report 零报告（算 0）';
