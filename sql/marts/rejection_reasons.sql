-- One row a reason, by unit, deliverable and column as of the notice's last scan. Key: notice_id, recipient_code, deliverable, column_name, reason, scope. Defined in rejection_reasons_as_of.
CREATE OR REPLACE VIEW marts.rejection_reasons AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.column_name,
    latest.header,
    latest.reason,
    latest.scope,
    latest.times,
    latest.files,
    latest.first_at,
    latest.last_at,
    latest.example_path,
    latest.example_sheet,
    latest.example_row,
    latest.example_column,
    latest.example_value,
    latest.sentence
FROM core.last_scans
CROSS JOIN LATERAL marts.rejection_reasons_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.rejection_reasons IS '退回的原因：谁、哪个事项、哪一列、多少次、例子在哪里';
COMMENT ON COLUMN marts.rejection_reasons.notice_id IS '通知代号';
COMMENT ON COLUMN marts.rejection_reasons.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.rejection_reasons.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.rejection_reasons.recipient IS '单位名称；认不出的为空';
COMMENT ON COLUMN marts.rejection_reasons.city_code IS '所在市代码；认不出单位的为空';
COMMENT ON COLUMN marts.rejection_reasons.deliverable IS '事项代码；认不出的为空';
COMMENT ON COLUMN marts.rejection_reasons.column_name IS '列；整件退回的为空';
COMMENT ON COLUMN marts.rejection_reasons.header IS '表头原文；整件退回的为空';
COMMENT ON COLUMN marts.rejection_reasons.reason IS '原因代码';
COMMENT ON COLUMN marts.rejection_reasons.scope IS 'file 整件退回、row 行退回';
COMMENT ON COLUMN marts.rejection_reasons.times IS '次数';
COMMENT ON COLUMN marts.rejection_reasons.files IS '涉及几件报送';
COMMENT ON COLUMN marts.rejection_reasons.first_at IS '第一次出现';
COMMENT ON COLUMN marts.rejection_reasons.last_at IS '最近一次出现';
COMMENT ON COLUMN marts.rejection_reasons.example_path IS '例子：最近一次出自哪个文件';
COMMENT ON COLUMN marts.rejection_reasons.example_sheet IS '例子：工作表名；整件退回的为空';
COMMENT ON COLUMN marts.rejection_reasons.example_row IS '例子：行号；整件退回的为空';
COMMENT ON COLUMN marts.rejection_reasons.example_column IS '例子：列号（从 1 起）；整件退回的为空';
COMMENT ON COLUMN marts.rejection_reasons.example_value IS '例子：单元格原文；个人信息列为空';
COMMENT ON COLUMN marts.rejection_reasons.sentence IS '例子：给报送单位的说明；没有的为空';
