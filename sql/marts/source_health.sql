-- One row a source of a notice: whether its last scan was complete, and what came through it. Key: notice_id, source.
-- A source never scanned and never failed is a folder that nobody has made yet: neither healthy nor not (NULL).
-- 示例 哪个来源这次没有读全
--   SELECT source, failed_at, failure, last_received_at FROM marts.source_health WHERE notice_id = $notice AND NOT is_healthy
CREATE OR REPLACE VIEW marts.source_health AS
WITH received AS (
    SELECT
        receipts.notice_id,
        receipts.source,
        count(*) AS receipts,
        max(receipts.received_at) AS last_received_at
    FROM raw.receipts
    GROUP BY ALL
)

SELECT
    scans.notice_id,
    scans.source,
    CASE
        WHEN scans.failed_at IS NULL AND scans.scanned_at IS NULL THEN NULL
        ELSE scans.failed_at IS NULL OR coalesce(scans.scanned_at > scans.failed_at, FALSE)
    END AS is_healthy,
    scans.scanned_at,
    scans.failed_at,
    scans.failure,
    coalesce(received.receipts, 0) AS receipts,
    received.last_received_at
FROM raw.scans
LEFT JOIN received ON scans.notice_id = received.notice_id AND scans.source = received.source;
COMMENT ON VIEW marts.source_health IS '各来源是否正常：最近一次扫描是否读全，收到了多少';
COMMENT ON COLUMN marts.source_health.notice_id IS '通知代号';
COMMENT ON COLUMN marts.source_health.source IS '来源';
COMMENT ON COLUMN marts.source_health.is_healthy IS '最近一次扫描是否读全；还没有扫描过的为空';
COMMENT ON COLUMN marts.source_health.scanned_at IS '最近一次完整扫描的时间';
COMMENT ON COLUMN marts.source_health.failed_at IS '最近一次没能读全的时间；从未失败的为空';
COMMENT ON COLUMN marts.source_health.failure IS '最近一次失败的说明；没有的为空';
COMMENT ON COLUMN marts.source_health.receipts IS '收到的件数（同一文件内容变动后再收一次算两件）';
COMMENT ON COLUMN marts.source_health.last_received_at IS '最近一件收到的时间；一件也没有的为空';
