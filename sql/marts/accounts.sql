-- One row a role that filled cells of a received sheet had: where every cell that shows something went.
-- Key: submission_id, sheet_number, role. Σ cells of a sheet = filled.
-- 示例 哪些文件有没读的单元格，各有几个
--   SELECT path, sheet, cells, filled FROM marts.accounts
--   WHERE notice_id = $notice AND role = 'unread' ORDER BY cells DESC
CREATE OR REPLACE VIEW marts.accounts AS
SELECT
    submissions.notice_id,
    accounts.submission_id,
    submissions.path,
    submissions.recipient_code,
    submissions.received_at,
    accounts.sheet,
    accounts.sheet_number,
    accounts.role,
    roles.role_name,
    accounts.cells,
    accounts.filled
FROM raw.accounts
INNER JOIN core.submissions
    ON accounts.submission_id = submissions.submission_id AND submissions.state <> 'superseded'
LEFT JOIN (
    VALUES
    ('title', '标题', 1),
    ('declaration', '填报单位', 2),
    ('header', '表头', 3),
    ('value', '读出的值', 4),
    ('number', '序号', 5),
    ('total', '合计', 6),
    ('example', '示例', 7),
    ('part', '其中行', 8),
    ('remark', '说明、落款', 9),
    ('ignored', '按通知不读的列', 10),
    ('printed', '表样印好的', 11),
    ('struck', '划去的', 12),
    ('unread', '没有读的', 13)
) AS roles (role, role_name, position) ON accounts.role = roles.role
ORDER BY
    submissions.notice_id,
    submissions.path,
    submissions.received_at,
    accounts.sheet_number,
    roles.position;
COMMENT ON VIEW marts.accounts IS '单元格的去处：收到的每个工作表里有内容的单元格各当作什么，一个也不少';
COMMENT ON COLUMN marts.accounts.notice_id IS '通知代号';
COMMENT ON COLUMN marts.accounts.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.accounts.path IS '路径';
COMMENT ON COLUMN marts.accounts.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.accounts.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.accounts.sheet IS '工作表名；csv 为空串';
COMMENT ON COLUMN marts.accounts.sheet_number IS '第几个工作表';
COMMENT ON COLUMN marts.accounts.role IS '当作什么（代码）';
COMMENT ON COLUMN marts.accounts.role_name IS '当作什么';
COMMENT ON COLUMN marts.accounts.cells IS '这样的单元格有几个';
COMMENT ON COLUMN marts.accounts.filled IS '这个工作表有内容的单元格总数';
