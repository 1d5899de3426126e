-- One row a source: its last completed scan, and the last one that failed. Key: notice_id, source.
CREATE TABLE IF NOT EXISTS raw.scans (
    notice_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    scanned_at TIMESTAMP,
    failed_at TIMESTAMP,
    failure VARCHAR
);
COMMENT ON TABLE raw.scans IS '各来源最近一次完整扫描和最近一次失败';
COMMENT ON COLUMN raw.scans.notice_id IS '通知代号';
COMMENT ON COLUMN raw.scans.source IS '来源';
COMMENT ON COLUMN raw.scans.scanned_at IS '最近一次完整扫描的时间（通知所在时区）；从未完整扫描的为空';
COMMENT ON COLUMN raw.scans.failed_at IS '最近一次没能读全的时间；从未失败的为空';
COMMENT ON COLUMN raw.scans.failure IS '最近一次失败的说明';
