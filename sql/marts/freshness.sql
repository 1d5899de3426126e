-- One row a source of a notice: until when what it gave is known, and with it its line's figures and all figures.
-- Key: notice_id, source. A source never scanned and never failed is a folder that nobody has made yet: it holds nothing
-- back (is_silent NULL). A source is silent where others were read, or tried, later than it was read completely.
-- 指标 complete_until：这个来源最近一次读全的时间，其后报来的还不知道 | 分母：不适用 | 空值：从未读全（或还没有建立）时为空
-- 指标 line_complete_until：这条线的数到何时为止是全的，即它各来源中最早的 | 分母：不适用 | 空值：有来源从未读全时为空
-- 指标 all_complete_until：全部数到何时为止是全的，即所有来源中最早的 | 分母：不适用 | 空值：有来源从未读全时为空
-- 指标 held_entries：看到了而没能收下的条目数（见 marts.held_entries） | 分母：不适用 | 空值：不会为空
-- 示例 数到何时为止是全的，哪个来源没有读到
--   SELECT source_path, line_name, complete_until, is_silent, failure, line_complete_until FROM marts.freshness($notice)
-- 示例 全部列
--   SELECT * FROM marts.freshness($notice)
CREATE OR REPLACE VIEW marts.freshness AS
WITH
known AS (
    SELECT
        scans.notice_id,
        scans.source,
        scans.scanned_at,
        scans.failed_at,
        scans.failure,
        scans.scanned_at IS NOT NULL OR scans.failed_at IS NOT NULL AS is_made,
        max(greatest(scans.scanned_at, scans.failed_at)) OVER (PARTITION BY scans.notice_id) AS newest_at
    FROM raw.scans
),

held AS (
    SELECT
        entries.notice_id,
        entries.source,
        count(*) AS held_entries
    FROM raw.held_entries AS entries
    GROUP BY ALL
),

told AS (
    SELECT
        known.*,
        coalesce(sources.source_path, known.source) AS source_path,
        sources.line,
        sources.position,
        coalesce(held.held_entries, 0) AS held_entries
    FROM known
    LEFT JOIN core.sources ON known.notice_id = sources.notice_id AND known.source = sources.source
    LEFT JOIN held ON known.notice_id = held.notice_id AND known.source = held.source
)

SELECT
    told.notice_id,
    told.source,
    told.source_path,
    told.line,
    lines.line_name,
    told.scanned_at AS complete_until,
    CASE WHEN told.is_made THEN told.scanned_at IS NULL OR told.scanned_at < told.newest_at END AS is_silent,
    told.failed_at,
    told.failure,
    CASE
        WHEN count(*) FILTER (told.is_made AND told.scanned_at IS NULL) OVER by_line = 0
            THEN min(told.scanned_at) OVER by_line
    END AS line_complete_until,
    CASE
        WHEN count(*) FILTER (told.is_made AND told.scanned_at IS NULL) OVER by_notice = 0
            THEN min(told.scanned_at) OVER by_notice
    END AS all_complete_until,
    max(told.scanned_at) OVER by_notice AS newest_scan,
    told.held_entries
FROM told
LEFT JOIN core.lines ON told.notice_id = lines.notice_id AND told.line = lines.line
WINDOW
    by_line AS (PARTITION BY told.notice_id, told.line),
    by_notice AS (PARTITION BY told.notice_id)
ORDER BY told.notice_id, told.position;
COMMENT ON VIEW marts.freshness IS '数到何时为止是全的：每个来源最近一次读全的时间，哪个来源没有读到';
COMMENT ON COLUMN marts.freshness.notice_id IS '通知代号';
COMMENT ON COLUMN marts.freshness.source IS '来源';
COMMENT ON COLUMN marts.freshness.source_path IS '来源的路径';
COMMENT ON COLUMN marts.freshness.line IS '报送条线代码';
COMMENT ON COLUMN marts.freshness.line_name IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.freshness.complete_until IS '最近一次读全的时间：到此为止报来的都已知道；从未读全的为空';
COMMENT ON COLUMN marts.freshness.is_silent IS '别的来源读到之后它还没有读全；还没有建立的来源为空';
COMMENT ON COLUMN marts.freshness.failed_at IS '最近一次没能读全的时间；从未失败的为空';
COMMENT ON COLUMN marts.freshness.failure IS '最近一次失败的说明；没有的为空';
COMMENT ON COLUMN marts.freshness.line_complete_until IS '这条线的数到此为止是全的；有来源从未读全的为空';
COMMENT ON COLUMN marts.freshness.all_complete_until IS '全部数到此为止是全的；有来源从未读全的为空';
COMMENT ON COLUMN marts.freshness.newest_scan IS '最近一次读全任一来源的时间：再往后的一概不知';
COMMENT ON COLUMN marts.freshness.held_entries IS '看到了而没能收下的条目数';

CREATE OR REPLACE MACRO marts.freshness(notice) AS TABLE
SELECT
    fresh.source,
    fresh.source_path,
    fresh.line,
    fresh.line_name,
    fresh.complete_until,
    fresh.is_silent,
    fresh.failed_at,
    fresh.failure,
    fresh.line_complete_until,
    fresh.all_complete_until,
    fresh.newest_scan,
    fresh.held_entries
FROM marts.freshness AS fresh
WHERE fresh.notice_id = notice;
COMMENT ON MACRO TABLE marts.freshness IS '数到何时为止是全的：每个来源最近一次读全的时间，哪个来源没有读到';
