-- One row a unit that was looked up: whether it can be written to, and how it is known. No address. Key: recipient_code.
-- Noted whenever reminders are made, and copied at the next publication.
-- 示例 欠报而没有邮箱、催不到的单位
--   SELECT DISTINCT mailboxes.recipient
--   FROM marts.mailboxes INNER JOIN marts.obligation_status_as_of($notice, $t) AS owed USING (recipient_code)
--   WHERE mailboxes.notice_id = $notice AND NOT mailboxes.has_address AND owed.status = 'missing'
CREATE OR REPLACE VIEW marts.mailboxes AS
SELECT
    mailboxes.notice_id,
    mailboxes.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.line,
    recipients.city_code,
    mailboxes.address_from IS NOT NULL AS has_address,
    mailboxes.address_from,
    mailboxes.noted_at
FROM raw.mailboxes
INNER JOIN core.recipients
    ON mailboxes.notice_id = recipients.notice_id AND mailboxes.recipient_code = recipients.recipient_code
ORDER BY mailboxes.notice_id, recipients.position;
COMMENT ON VIEW marts.mailboxes IS '各单位能不能收到邮件（不含地址）';
COMMENT ON COLUMN marts.mailboxes.notice_id IS '通知代号';
COMMENT ON COLUMN marts.mailboxes.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.mailboxes.recipient IS '单位名称';
COMMENT ON COLUMN marts.mailboxes.kind IS '单位类别代码';
COMMENT ON COLUMN marts.mailboxes.line IS '报送条线';
COMMENT ON COLUMN marts.mailboxes.city_code IS '所在市代码';
COMMENT ON COLUMN marts.mailboxes.has_address IS '是否有可用的邮箱';
COMMENT ON COLUMN marts.mailboxes.address_from IS '地址取自：plan 方案、imported 数据人员导入、roster 名册；没有可用地址的为空';
COMMENT ON COLUMN marts.mailboxes.noted_at IS '何时看的（通知所在时区）';
