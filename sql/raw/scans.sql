-- One row a source: its last completed scan. Key: notice_id, source.
CREATE TABLE IF NOT EXISTS raw.scans (
    notice_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    scanned_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE raw.scans IS '各来源最近一次完整扫描的时间';
COMMENT ON COLUMN raw.scans.notice_id IS '通知代号';
COMMENT ON COLUMN raw.scans.source IS '来源';
COMMENT ON COLUMN raw.scans.scanned_at IS '最近一次完整扫描的时间（通知所在时区）';
