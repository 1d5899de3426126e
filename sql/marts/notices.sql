-- One row a notice. Key: notice_id.
-- 示例 有哪些通知，数据截至何时
--   SELECT notice_id, title, as_of FROM marts.notices
CREATE OR REPLACE VIEW marts.notices AS
SELECT
    notices.notice_id,
    notices.title,
    notices.document_number,
    notices.issuer,
    notices.timezone,
    notices.opens,
    notices.closes,
    notices.event_first_day,
    notices.event_last_day,
    notices.event_days,
    last_scans.as_of
FROM core.notices
LEFT JOIN core.last_scans ON notices.notice_id = last_scans.notice_id
ORDER BY notices.notice_id;
COMMENT ON VIEW marts.notices IS '通知';
COMMENT ON COLUMN marts.notices.notice_id IS '通知代号';
COMMENT ON COLUMN marts.notices.title IS '标题';
COMMENT ON COLUMN marts.notices.document_number IS '文号';
COMMENT ON COLUMN marts.notices.issuer IS '发文机关';
COMMENT ON COLUMN marts.notices.timezone IS '时区：所有时间都按它';
COMMENT ON COLUMN marts.notices.opens IS '开始收件日';
COMMENT ON COLUMN marts.notices.closes IS '停止收件日';
COMMENT ON COLUMN marts.notices.event_first_day IS '活动首日；没有活动的为空';
COMMENT ON COLUMN marts.notices.event_last_day IS '活动末日；没有活动的为空';
COMMENT ON COLUMN marts.notices.event_days IS '活动天数；没有活动的为 0';
COMMENT ON COLUMN marts.notices.as_of IS '最近一次完整扫描：数据截至此刻；没有扫描过的为空';
