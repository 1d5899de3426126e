-- One row a notice: what its derived rows were made with. Key: notice_id.
-- Rows made with another version are stale and are rebuilt from the archive.
CREATE TABLE IF NOT EXISTS raw.versions (
    notice_id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL
);
COMMENT ON TABLE raw.versions IS '各通知的数据是按哪一版定义和程序算出的';
COMMENT ON COLUMN raw.versions.notice_id IS '通知代号';
COMMENT ON COLUMN raw.versions.fingerprint IS '通知定义、校验规则、统计口径和程序的指纹';
