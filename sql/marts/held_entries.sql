-- One row an entry that was seen and could not be taken in yet: no verdict on its unit, and no part of any figure.
-- Key: notice_id, source, path.
-- 示例 哪些文件没能收下，为什么
--   SELECT path, sentence, held_at FROM marts.held_entries WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.held_entries AS
SELECT
    held.notice_id,
    held.source,
    held.path,
    held.sentence,
    held.held_at
FROM raw.held_entries AS held
ORDER BY held.notice_id, held.path, held.source;
COMMENT ON VIEW marts.held_entries IS '看到了而没能收下的条目：读不出、太大、路径太深；不影响其他条目，好了就自动收下';
COMMENT ON COLUMN marts.held_entries.notice_id IS '通知代号';
COMMENT ON COLUMN marts.held_entries.source IS '来源';
COMMENT ON COLUMN marts.held_entries.path IS '路径（相对收件箱）；以 / 结尾的是整个文件夹';
COMMENT ON COLUMN marts.held_entries.sentence IS '为什么收不下、怎么办；没有的为空';
COMMENT ON COLUMN marts.held_entries.held_at IS '最早一次收不下的扫描';
