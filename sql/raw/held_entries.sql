-- One row an entry that the last scan saw and could not take in. Key: notice_id, source, path.
CREATE TABLE IF NOT EXISTS raw.held_entries (
    notice_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    held_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE raw.held_entries IS '看到了而没能收下的条目';
COMMENT ON COLUMN raw.held_entries.notice_id IS '通知代号';
COMMENT ON COLUMN raw.held_entries.source IS '来源';
COMMENT ON COLUMN raw.held_entries.path IS '路径（相对收件箱）；以 / 结尾的是整个文件夹';
COMMENT ON COLUMN raw.held_entries.sentence IS '为什么收不下、怎么办';
COMMENT ON COLUMN raw.held_entries.held_at IS '最早一次收不下的扫描';
