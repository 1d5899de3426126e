-- One row a notice that was scanned: the moment its latest figures are known for. Key: notice_id.
CREATE OR REPLACE VIEW core.last_scans AS
SELECT
    scans.notice_id,
    max(scans.scanned_at) AS as_of
FROM raw.scans
WHERE scans.scanned_at IS NOT NULL
GROUP BY scans.notice_id;
COMMENT ON VIEW core.last_scans IS '每个通知最近一次完整扫描';
COMMENT ON COLUMN core.last_scans.notice_id IS '通知代号';
COMMENT ON COLUMN core.last_scans.as_of IS '截至时间：最近一次完整扫描';
