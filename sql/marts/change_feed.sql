-- One row a change of a published row, for other systems: ask for what lies behind the last number that was read. Key: seq.
-- Applied in order to nothing, the feed gives what is published; a number never changes, also when all is made anew.
-- 取值 relation：files、verdicts、counted_rows、obligations、decisions
-- 取值 change：added、changed、removed
-- 示例 上次读到第 1000 号，其后变了什么
--   SELECT seq, relation, change, row_key, row_before, row_after, receipt_id, decision_id
--   FROM marts.change_feed WHERE notice_id = $notice AND seq > 1000 ORDER BY seq
-- 示例 哪些决定改动了哪些行
--   SELECT decision_id, relation, change, count(*) AS rows FROM marts.change_feed
--   WHERE notice_id = $notice AND decision_id IS NOT NULL GROUP BY ALL
CREATE OR REPLACE VIEW marts.change_feed AS
SELECT
    feed.notice_id,
    feed.seq,
    feed.known_at,
    feed.relation,
    CASE
        WHEN feed.row_now IS NULL THEN 'removed'
        WHEN feed.previous_seq IS NULL THEN 'added'
        ELSE 'changed'
    END AS change,
    nullif(nullif(feed.recipient_code, ''), '*') AS recipient_code,
    recipients.city_code,
    feed.row_key,
    previous.row_now AS row_before,
    feed.row_now AS row_after,
    feed.receipt_id,
    feed.decision_id
FROM core.feed
LEFT JOIN core.feed AS previous ON feed.previous_seq = previous.seq
LEFT JOIN core.recipients ON feed.notice_id = recipients.notice_id AND feed.recipient_code = recipients.recipient_code;
COMMENT ON VIEW marts.change_feed IS '变更流水：发布出去的每一行的每一次变化，按序号接着读，不重不漏';
COMMENT ON COLUMN marts.change_feed.notice_id IS '通知代号';
COMMENT ON COLUMN marts.change_feed.seq IS '序号，从 1 起，各通知共用，只增不减，重算后不变';
COMMENT ON COLUMN marts.change_feed.known_at IS '截至哪一刻的状态里有了它：那次发布时最近的扫描或决定（通知所在时区）';
COMMENT ON COLUMN marts.change_feed.relation IS '哪一种行：files 收件、verdicts 问题、counted_rows 现在计入的行、obligations 应报、decisions 决定';
COMMENT ON COLUMN marts.change_feed.change IS 'added 新有的、changed 变了的、removed 不再有的';
COMMENT ON COLUMN marts.change_feed.recipient_code IS '单位代码；认不出单位和不属某一单位的为空';
COMMENT ON COLUMN marts.change_feed.city_code IS '所在市代码；没有的为空';
COMMENT ON COLUMN marts.change_feed.row_key IS '哪一行：键，JSON';
COMMENT ON COLUMN marts.change_feed.row_before IS '原来的行，JSON；新有的为空';
COMMENT ON COLUMN marts.change_feed.row_after IS '现在的行，JSON；不再有的为空';
COMMENT ON COLUMN marts.change_feed.receipt_id IS '由哪份收件；没有的为空';
COMMENT ON COLUMN marts.change_feed.decision_id IS '由哪个决定；没有的为空';
