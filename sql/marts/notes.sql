-- One row a note: of whose file, where, what was seen, and what it means. Key: none. A note changes no state and no figure.
-- By path, sheet (in the file's order), row and column. What `notices notes` prints.
-- 示例 哪些列没有读，写的是什么
--   SELECT recipient, path, sheet, column_letters, value, sentence
--   FROM marts.notes WHERE notice_id = $notice AND code = 'unread_column'
-- 示例 各种提示各有多少
--   SELECT code, count(*) AS times, count(DISTINCT path) AS files FROM marts.notes WHERE notice_id = $notice GROUP BY code
CREATE OR REPLACE VIEW marts.notes AS
SELECT
    notes.notice_id,
    notes.submission_id,
    submissions.path,
    submissions.recipient_code,
    recipients.recipient,
    recipients.city_code,
    submissions.deliverable,
    submissions.received_at,
    notes.sheet,
    notes.sheet_number,
    notes.row_number,
    notes.column_number,
    core.column_letters(notes.column_number) AS column_letters,
    notes.code,
    notes.value,
    notes.sentence,
    notes.note_number
FROM core.notes
INNER JOIN core.submissions ON notes.submission_id = submissions.submission_id
LEFT JOIN core.recipients
    ON submissions.notice_id = recipients.notice_id AND submissions.recipient_code = recipients.recipient_code
ORDER BY
    notes.notice_id,
    submissions.path,
    submissions.received_at,
    notes.sheet_number,
    notes.row_number NULLS FIRST,
    notes.column_number NULLS FIRST,
    notes.code,
    notes.note_number;
COMMENT ON VIEW marts.notes IS '提示：凭判断读出的、没有读的、件内重复的、取代旧版的，每条在哪里、看到什么、是什么意思';
COMMENT ON COLUMN marts.notes.notice_id IS '通知代号';
COMMENT ON COLUMN marts.notes.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.notes.path IS '路径';
COMMENT ON COLUMN marts.notes.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.notes.recipient IS '单位名称；认不出的为空';
COMMENT ON COLUMN marts.notes.city_code IS '所在市代码；认不出的为空';
COMMENT ON COLUMN marts.notes.deliverable IS '事项代码；认不出的为空';
COMMENT ON COLUMN marts.notes.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.notes.sheet IS '工作表名；csv 和不指工作表的为空串';
COMMENT ON COLUMN marts.notes.sheet_number IS '第几个工作表；不指工作表的为 0';
COMMENT ON COLUMN marts.notes.row_number IS '行号；不指一行的为空';
COMMENT ON COLUMN marts.notes.column_number IS '列号（从 1 起）；不指一列的为空';
COMMENT ON COLUMN marts.notes.column_letters IS '列的字母；不指一列的为空';
COMMENT ON COLUMN marts.notes.code IS '提示代码';
COMMENT ON COLUMN marts.notes.value IS '看到的原文；可能涉及个人信息的为空';
COMMENT ON COLUMN marts.notes.sentence IS '给报送单位和数据人员的话；没有的为空';
COMMENT ON COLUMN marts.notes.note_number IS '读取环节的件内序号；入库后才知道的为 0';
