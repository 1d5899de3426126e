-- One row a fault of a row: where it is, what stands there, what to change. Key: submission_id, table_number, row_number,
-- fault_number.
-- 示例 某一列写错的单元格，原文是什么
--   SELECT recipient, path, sheet, row_number, header, value, sentence
--   FROM marts.verdicts WHERE notice_id = $notice AND column_name = 'county'
CREATE OR REPLACE VIEW marts.verdicts AS
SELECT
    submissions.notice_id,
    verdicts.submission_id,
    submissions.path,
    submissions.recipient_code,
    recipients.recipient,
    recipients.city_code,
    verdicts.deliverable,
    submissions.received_at,
    verdicts.sheet,
    verdicts.table_number,
    verdicts.row_number,
    verdicts.fault_number,
    verdicts.column_name,
    verdicts.column_number,
    verdicts.header,
    verdicts.value,
    verdicts.reason,
    verdicts.severity,
    verdicts.sentence
FROM raw.verdicts
INNER JOIN core.submissions ON verdicts.submission_id = submissions.submission_id
LEFT JOIN core.recipients
    ON submissions.notice_id = recipients.notice_id AND submissions.recipient_code = recipients.recipient_code
WHERE submissions.state NOT IN ('duplicate', 'superseded')
ORDER BY submissions.notice_id, submissions.received_at, submissions.path, verdicts.sheet, verdicts.row_number;
COMMENT ON VIEW marts.verdicts IS '问题清单：每一处问题在哪里、写了什么、怎么改';
COMMENT ON COLUMN marts.verdicts.notice_id IS '通知代号';
COMMENT ON COLUMN marts.verdicts.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.verdicts.path IS '路径';
COMMENT ON COLUMN marts.verdicts.recipient_code IS '单位代码；认不出单位的为空';
COMMENT ON COLUMN marts.verdicts.recipient IS '单位名称；认不出单位的为空';
COMMENT ON COLUMN marts.verdicts.city_code IS '所在市代码；认不出单位的为空';
COMMENT ON COLUMN marts.verdicts.deliverable IS '报送事项';
COMMENT ON COLUMN marts.verdicts.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.verdicts.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.verdicts.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN marts.verdicts.row_number IS '行号';
COMMENT ON COLUMN marts.verdicts.fault_number IS '同一行内的先后次序';
COMMENT ON COLUMN marts.verdicts.column_name IS '列；没有的为空';
COMMENT ON COLUMN marts.verdicts.column_number IS '列号（从 1 起）；没有的为空';
COMMENT ON COLUMN marts.verdicts.header IS '表头原文；没有的为空';
COMMENT ON COLUMN marts.verdicts.value IS '单元格原文；个人信息列为空';
COMMENT ON COLUMN marts.verdicts.reason IS '原因代码；没有的为空';
COMMENT ON COLUMN marts.verdicts.severity IS 'error 退回、warning 提醒';
COMMENT ON COLUMN marts.verdicts.sentence IS '给报送单位的说明；没有的为空';
