-- One row a unit that owes something overdue and cannot be reached as of the notice's last scan. Key: notice_id, recipient_code. Defined in unreached_as_of.
CREATE OR REPLACE VIEW marts.unreached AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.missing,
    latest.oldest_due_at,
    latest.reminders,
    latest.problem,
    latest.sentence
FROM core.last_scans
CROSS JOIN LATERAL marts.unreached_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.unreached IS '最新的联系不上的欠报单位';
COMMENT ON COLUMN marts.unreached.notice_id IS '通知代号';
COMMENT ON COLUMN marts.unreached.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.unreached.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.unreached.recipient IS '单位名称';
COMMENT ON COLUMN marts.unreached.city_code IS '所在市代码';
COMMENT ON COLUMN marts.unreached.missing IS '已到期而没有报来的项数';
COMMENT ON COLUMN marts.unreached.oldest_due_at IS '其中最早的截止时刻';
COMMENT ON COLUMN marts.unreached.reminders IS '此后发出的催报封数';
COMMENT ON COLUMN marts.unreached.problem IS '怎么联系不上：no_address 没有邮箱、silent 催过没有回音';
COMMENT ON COLUMN marts.unreached.sentence IS '说明';
