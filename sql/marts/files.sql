-- One row a received file, archive member or version of a form answer, with its end. Key: submission_id.
-- Ordered by arrival, then path. What `notices files` prints.
-- 示例 退回的整件，为什么
--   SELECT path, recipient, received_at, reason, sentence FROM marts.files WHERE notice_id = $notice AND state = 'rejected'
CREATE OR REPLACE VIEW marts.files AS
SELECT
    submissions.notice_id,
    submissions.submission_id,
    submissions.path,
    submissions.recipient_code,
    recipients.recipient,
    recipients.city_code,
    submissions.deliverable,
    submissions.received_at,
    submissions.state,
    submissions.reason,
    submissions.sentence,
    submissions.row_count,
    submissions.rejected_row_count,
    submissions.rejected_rows,
    originals.path AS duplicate_of,
    submissions.sha256,
    submissions.submission_id IN (SELECT others.submission_id FROM core.other_channels AS others) AS is_other_channel
FROM core.submissions
LEFT JOIN core.recipients
    ON submissions.notice_id = recipients.notice_id AND submissions.recipient_code = recipients.recipient_code
LEFT JOIN core.submissions AS originals ON submissions.duplicate_of = originals.submission_id
WHERE submissions.state <> 'superseded'
ORDER BY submissions.notice_id, submissions.received_at, submissions.path, submissions.row_order;
COMMENT ON VIEW marts.files IS '收件清单：每个收到的文件及其结论';
COMMENT ON COLUMN marts.files.notice_id IS '通知代号';
COMMENT ON COLUMN marts.files.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.files.path IS '相对收件箱的路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN marts.files.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.files.recipient IS '单位名称；没有的为空';
COMMENT ON COLUMN marts.files.city_code IS '所在市代码；没有的为空';
COMMENT ON COLUMN marts.files.deliverable IS '报送事项；没有的为空';
COMMENT ON COLUMN marts.files.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.files.state IS '结论：accepted 收下、partly accepted 部分收下、rejected 退回、duplicate 重复、ignored 忽略、attachment 附件';
COMMENT ON COLUMN marts.files.reason IS '整件退回的原因代码；没有的为空';
COMMENT ON COLUMN marts.files.sentence IS '整件退回的说明；没有的为空';
COMMENT ON COLUMN marts.files.row_count IS '数据行数';
COMMENT ON COLUMN marts.files.rejected_row_count IS '被退回的行数';
COMMENT ON COLUMN marts.files.rejected_rows IS '各退回行的首个原因，按行序，以 | 连接；没有的为空';
COMMENT ON COLUMN marts.files.duplicate_of IS '与哪个文件内容相同（路径）；没有的为空';
COMMENT ON COLUMN marts.files.sha256 IS '内容的 SHA-256';
COMMENT ON COLUMN marts.files.is_other_channel IS '是否经规定以外的渠道报来；没有规定来源的、重复的为否';
