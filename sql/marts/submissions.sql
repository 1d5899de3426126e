-- One row a submission: what a receipt turned out to hold. Ignored files and attachments are in marts.files alone. Key: submission_id.
-- 取值 state：accepted、partly accepted、rejected、duplicate
-- 示例 没有按规定的渠道报来的
--   SELECT recipient, deliverable_name, source, path FROM marts.submissions WHERE notice_id = $notice AND is_other_channel
-- 示例 部分收下的报送件，还有几行在计数
--   SELECT recipient, path, row_count, rejected_row_count, current_rows
--   FROM marts.submissions WHERE notice_id = $notice AND state = 'partly accepted'
CREATE OR REPLACE VIEW marts.submissions AS
WITH
counting AS (
    SELECT
        items.submission_id,
        count(*) AS current_rows
    FROM core.items
    WHERE items.current_until = TIMESTAMP '9999-12-31'
    GROUP BY ALL
)

SELECT
    submissions.notice_id,
    submissions.submission_id,
    submissions.path,
    receipts.source,
    submissions.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.line,
    recipients.city_code,
    submissions.deliverable,
    deliverables.deliverable_name,
    submissions.received_at,
    submissions.state,
    submissions.reason,
    submissions.sentence,
    submissions.format,
    submissions.size,
    submissions.row_count,
    submissions.rejected_row_count,
    coalesce(counting.current_rows, 0) AS current_rows,
    submissions.duplicate_of,
    submissions.submission_id IN (SELECT others.submission_id FROM core.other_channels AS others) AS is_other_channel
FROM core.submissions
LEFT JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
LEFT JOIN core.recipients
    ON submissions.notice_id = recipients.notice_id AND submissions.recipient_code = recipients.recipient_code
LEFT JOIN core.deliverables
    ON submissions.notice_id = deliverables.notice_id AND submissions.deliverable = deliverables.deliverable
LEFT JOIN counting ON submissions.submission_id = counting.submission_id
WHERE submissions.state NOT IN ('ignored', 'attachment', 'superseded')
ORDER BY submissions.notice_id, submissions.received_at, submissions.path, submissions.row_order;
COMMENT ON VIEW marts.submissions IS '报送件：每件是谁的、什么事项、结论如何、还有几行在计数';
COMMENT ON COLUMN marts.submissions.notice_id IS '通知代号';
COMMENT ON COLUMN marts.submissions.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.submissions.path IS '相对收件箱的路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN marts.submissions.source IS '收件渠道';
COMMENT ON COLUMN marts.submissions.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.submissions.recipient IS '单位名称；没有的为空';
COMMENT ON COLUMN marts.submissions.kind IS '单位类别代码；没有的为空';
COMMENT ON COLUMN marts.submissions.line IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.submissions.city_code IS '所在市代码；没有的为空';
COMMENT ON COLUMN marts.submissions.deliverable IS '事项代码；认不出的为空';
COMMENT ON COLUMN marts.submissions.deliverable_name IS '事项名称；没有的为空';
COMMENT ON COLUMN marts.submissions.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.submissions.state IS '结论：accepted 收下、partly accepted 部分收下、rejected 退回、duplicate 重复';
COMMENT ON COLUMN marts.submissions.reason IS '整件退回的原因代码；不是整件退回的为空';
COMMENT ON COLUMN marts.submissions.sentence IS '整件退回的说明；不是整件退回的为空';
COMMENT ON COLUMN marts.submissions.format IS '文件格式，按内容认；没有的为空';
COMMENT ON COLUMN marts.submissions.size IS '字节数';
COMMENT ON COLUMN marts.submissions.row_count IS '数据行数';
COMMENT ON COLUMN marts.submissions.rejected_row_count IS '被退回的行数';
COMMENT ON COLUMN marts.submissions.current_rows IS '目前还在计数的行数；退回的和被更正的不在内';
COMMENT ON COLUMN marts.submissions.duplicate_of IS '与哪个报送件内容相同（编号）；不重复的为空';
COMMENT ON COLUMN marts.submissions.is_other_channel IS '是否经规定以外的渠道报来；没有规定来源的、重复的为否';
